"""Reads CSV files: rows as dictionaries, and tables of features in the published GTZAN layout."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from livegenre.features.statistics import STATISTICS_FEATURES
from livegenre.training.dataset import DataError, Rows, Track


def read_csv(path: Path, required: Iterable[str]) -> list[dict[str, str]]:
    """Read a CSV file with a header.

    Raises
    ------
    DataError
        If it cannot be read, is empty, or lacks a column or a cell that is required.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            header, rows = reader.fieldnames or (), list(reader)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; check the path") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: is no CSV file in UTF-8 ({error})") from error
    if missing := [name for name in required if name not in header]:
        raise DataError(f"{path}: has no column {', '.join(missing)}")
    if not rows:
        raise DataError(f"{path}: has no rows")
    for number, row in enumerate(rows, start=1):
        if empty := [name for name in required if not row[name].strip()]:
            raise DataError(f"{path}: row {number} has no {empty[0]}")
    return rows


def read_table(path: Path) -> Rows:
    """Read a table of features, as published with GTZAN.

    Columns are ``label``, the names in ``STATISTICS_FEATURES`` and whatever else; ``id`` tells the
    track, or else ``filename`` does by its first two parts (``blues.00000.1.wav``); ``artist`` is
    optional.

    Raises
    ------
    DataError
        If it is not of that layout, or a feature is no number.
    """
    cells = read_csv(path, ("label", *STATISTICS_FEATURES))
    if not {"id", "filename"} & cells[0].keys():
        raise DataError(f"{path}: has no column id or filename to tell the tracks by")
    features = np.array([_features(row, path, n) for n, row in enumerate(cells, start=1)], "f4")
    return Rows(features, [_track(row) for row in cells])


def _features(row: dict[str, str], path: Path, number: int) -> list[float]:
    values = []
    for name in STATISTICS_FEATURES:
        try:
            value = float(row[name])
        except ValueError:
            value = np.nan
        if not np.isfinite(value) or (value < 0 and name.endswith("_var")):
            raise DataError(f"{path}: row {number}: {name}: {row[name]!r} is no value for it")
        values.append(value)
    return values


def _track(row: dict[str, str]) -> Track:
    identity = row["id"] if "id" in row else ".".join(row["filename"].split(".")[:2])
    # pandas writes numbers as 7.0 in a column with gaps, where a manifest has 7.
    artist = row.get("artist", "").strip().removesuffix(".0")
    return Track(identity, row["label"].strip(), artist)
