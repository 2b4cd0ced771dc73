"""Values as CSV: of every frame, and of every decision."""

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.inspection.findings import Findings
from livegenre.inspection.frames import N_MFCC, POWERS

PITCH_NAMES = ("c", "cis", "d", "dis", "e", "f", "fis", "g", "gis", "a", "ais", "b")
FRAME_COLUMNS = (
    *("time", "rms", "zero_crossings_per_second", "centroid_hz", "rolloff_hz"),
    *(f"bandwidth_p{power}_hz" for power in POWERS),
    "onset_strength_db",
    *(f"mfcc_{number}" for number in range(N_MFCC)),
    *(f"chroma_{name}" for name in PITCH_NAMES),
    *("state", "label"),
)
SIGNIFICANT = "%.6g"
"""Digits: about those of float32."""


def frames_csv(findings: Findings) -> str:
    """Return a row for every frame; its answer is the newest one at that time."""
    frames, rhythm = findings.frames, findings.rhythm
    single = (frames.rms, frames.crossing_rate, frames.centroid, frames.rolloff)
    values = np.vstack([*single, frames.bandwidth, rhythm.onset, frames.mfcc, frames.chroma])
    answers = _answers(findings)
    rows = (
        [f"{time:.6f}", *_numbers(column), *answer]
        for time, column, answer in zip(findings.times, values.T, answers, strict=True)
    )
    return _csv(FRAME_COLUMNS, rows)


def decisions_csv(findings: Findings) -> str:
    """Return a row for every decision, with all smoothed posteriors; these are empty in silence."""
    heard = findings.heard
    labels = heard.answers.labels
    head = ["time", "state", "label", "not_music", *(f"posterior_{label}" for label in labels)]
    rows = (
        [
            f"{heard.start_seconds + decision.time:.6f}",
            decision.state,
            decision.label or "",
            SIGNIFICANT % decision.not_music,
            *(_number(decision.posterior.get(label)) for label in labels),
        ]
        for decision in heard.answers.decisions
    )
    return _csv(head, rows)


def _answers(findings: Findings) -> Iterable[tuple[str, str]]:
    decisions = findings.heard.answers.decisions
    told = [("", ""), *((decision.state, decision.label or "") for decision in decisions)]
    ends = [decision.time for decision in decisions]
    newest = np.searchsorted(ends, findings.frames.grid.times, side="right")
    return [told[index] for index in newest]


def _number(value: float | None) -> str:
    return "" if value is None else SIGNIFICANT % value


def _numbers(values: FloatArray) -> list[str]:
    return [SIGNIFICANT % value for value in values]


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return file.getvalue()
