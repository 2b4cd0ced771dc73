"""How close a table of features is to another one of the same recordings, feature by feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from livegenre.training.dataset import DataError
from livegenre.training.tables import read_csv


@dataclass(frozen=True, slots=True)
class Closeness:
    """Of a feature, over all recordings that both tables have."""

    feature: str
    median_absolute: float
    median_relative: float
    largest_relative: float
    largest_in_spreads: float
    """Largest difference over the standard deviation between recordings."""


def compare(
    rows: Sequence[Mapping[str, str]], other: Path, features: Sequence[str]
) -> tuple[int, list[Closeness]]:
    """Return how many recordings two tables share, and how close they are.

    Parameters
    ----------
    rows : sequence of mapping
        Of the first table.
    other : Path
        A CSV file; the same recordings have the same name, but for its ending.
    features : sequence of str

    Raises
    ------
    DataError
        If they share fewer than two recordings, or it has not these features.
    """
    theirs = {_identity(row["filename"]): row for row in read_csv(other, ("filename", *features))}
    ours = {_identity(row["filename"]): row for row in rows}
    shared = sorted(
        name
        for name in ours.keys() & theirs.keys()
        if float(ours[name]["length"]) == float(theirs[name].get("length") or ours[name]["length"])
    )
    if len(shared) < 2:
        raise DataError(f"{other}: shares no recordings of the same length with this table")
    spreads = {name: np.std([float(row[name]) for row in theirs.values()]) for name in features}
    found = []
    for feature in features:
        our, their = (
            np.array([float(table[name][feature]) for name in shared]) for table in (ours, theirs)
        )
        absolute = np.abs(our - their)
        relative = absolute / np.maximum(np.abs(their), 1e-12)
        found.append(
            Closeness(
                feature,
                float(np.median(absolute)),
                float(np.median(relative)),
                float(relative.max()),
                float(absolute.max() / max(float(spreads[feature]), 1e-12)),
            )
        )
    return len(shared), found


def _identity(filename: str) -> str:
    return Path(filename).name.rpartition(".")[0]
