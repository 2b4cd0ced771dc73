"""Made clips and decisions for the tests of what measures models."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import soundfile

from livegenre.decision import Decision, State
from tools.evaluation.answers import Heard

LABELS = ("blues", "jazz")
RATE = 22_050


def decision(
    time: float, blues: float | None, state: State = "unsure", *, since: float = 0.0
) -> Decision:
    """Return a decision; no posterior where the probability of blues is None."""
    raw = {} if blues is None else {"blues": blues, "jazz": 1 - blues}
    label = None
    if state == "genre" and blues is not None:
        label = "blues" if blues > 0.5 else "jazz"
    return Decision(
        time=time,
        state=state,
        label=label,
        since=since,
        posterior=raw,
        raw_posterior=raw,
        early=False,
        level_dbfs=-20.0,
        lost=0,
        not_music=0.0,
        tags={},
        compute_seconds=0.01 * time,
    )


def heard(label: str, *decisions: Decision, seconds: float = 3.0) -> Heard:
    return Heard(label, seconds, decisions)


def write_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    rows = list(rows)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_noise(path: Path, level: float, seconds: float = 4.0) -> None:
    samples = np.random.default_rng(0).standard_normal(round(seconds * RATE)) * level
    soundfile.write(path, samples, RATE, subtype="FLOAT")
