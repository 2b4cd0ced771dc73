"""Reads a manifest of recordings and has the package's own extractor turn them into rows."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import livegenre.features
from livegenre.arrays import FloatArray
from livegenre.errors import SourceError
from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import windows
from livegenre.training.dataset import DataError, Rows, Track
from livegenre.training.tables import read_csv

SPLITS = ("", "train", "valid", "test")


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of sound and the track it is of."""

    path: Path
    track: Track


def read_manifest(path: Path) -> list[Recording]:
    """Read a manifest: a CSV file with a line for each recording.

    Columns are ``path`` (relative to the manifest) and ``genre``; optional are ``artist``,
    ``split`` (``test`` keeps a recording out of training) and ``id`` (which table rows and other
    recordings of the same track share; by default the path).

    Raises
    ------
    DataError
        If it is not of that form.
    """
    rows = read_csv(path, ("path", "genre"))
    if wrong := sorted({row.get("split", "").strip() for row in rows}.difference(SPLITS)):
        raise DataError(f"{path}: split {wrong[0]!r} is none of train, valid, test")
    return [
        Recording(
            path.parent / row["path"].strip(),
            Track(
                id=row.get("id", "").strip() or row["path"].strip(),
                genre=row["genre"].strip(),
                artist=row.get("artist", "").strip(),
                is_test=row.get("split", "").strip() == "test",
            ),
        )
        for row in rows
    ]


class WindowReader:
    """Turn recordings into the features of their windows, remembering them on disk.

    Parameters
    ----------
    spec : FeatureSpec
        What to extract.
    cache : Path
        Folder of what was extracted before, by content of the file, specification, extractor and
        ``key``.
    further : callable
        Makes a row of each window's features; by default they are the row.
    key : bytes
        Tells this ``further`` from others.
    """

    def __init__(
        self,
        spec: FeatureSpec,
        cache: Path,
        *,
        further: Callable[[FloatArray], FloatArray] = lambda features: features,
        key: bytes = b"",
    ) -> None:
        self._extractor = create_extractor(spec)
        self._cache = cache
        self._further = further
        code = sorted(Path(livegenre.features.__file__).parent.glob("*.py"))
        self._key = b"".join(
            (
                json.dumps(spec.to_dict(), sort_keys=True).encode(),
                *(path.read_bytes() for path in code),
                key,
            )
        )

    def read(self, path: Path) -> FloatArray:
        """Return the features of all windows of a recording, early ones included.

        Returns
        -------
        ndarray [shape=(n_windows, n_features)], float32

        Raises
        ------
        SourceError
            If it cannot be read, or is too short for a window.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}") from error
        kept = self._cache / f"{hashlib.sha256(self._key + content).hexdigest()}.npy"
        if kept.exists():
            features: FloatArray = np.load(kept)
            return features
        features = self._extract(path)
        self._cache.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{os.getpid()}.npy")
        np.save(unfinished, features)
        unfinished.replace(kept)
        return features

    def _extract(self, path: Path) -> FloatArray:
        self._extractor.reset()
        with open_source(ReplayOptions(spec=str(path.resolve()), speed=math.inf)) as source:
            rows = [
                self._further(window.features) for _, window in windows(source, self._extractor)
            ]
        if not rows:
            seconds = self._extractor.spec.min_seconds
            raise SourceError(f"{path}: is shorter than the shortest window of {seconds:.1f} s")
        return np.stack(rows)


def extract_all(
    recordings: list[Recording], reader: WindowReader
) -> Iterator[tuple[Recording, FloatArray | SourceError]]:
    """Read recording after recording; one that cannot be read gives its error in place of rows."""
    for recording in recordings:
        try:
            yield recording, reader.read(recording.path)
        except SourceError as error:
            yield recording, error


def stack(extracted: list[tuple[Recording, FloatArray]]) -> Rows:
    """Join the rows of recordings."""
    return Rows(
        np.concatenate([features for _, features in extracted]),
        [recording.track for recording, features in extracted for _ in features],
    )
