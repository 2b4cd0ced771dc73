"""How noise and rooms move the rows of a clip, and what heads pay for following such moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.training.recordings import Recording, WindowReader
from tools.evaluation.listening import read_sound
from tools.musicnn.degraded import DEGRADATIONS

PRICE: Mapping[str, float] = {"noise": 0.1, "room": 0.2}
"""Of a squared move, beside 1 for the squared weight itself (features of spread 1)."""
SHIFT_PRICE = 0.5
"""Of the move that all clips share."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of the same windows of a clip as they are and degraded in one way."""

    kind: str
    """Key of ``PRICE``."""
    clean: FloatArray
    """[shape=(n_rows, n_features)]"""
    degraded: FloatArray
    """[shape=(n_rows, n_features)]"""
    track: str
    """Identity of the track that they are of."""


def move(recordings: Sequence[Recording], reader: WindowReader, kind: str) -> Iterator[Moved]:
    """Degrade recording after recording, each by a seed of its own, and extract both forms.

    Raises
    ------
    SourceError
        If one cannot be read, or is too short for a window.
    """
    for number, recording in enumerate(recordings):
        rng = np.random.default_rng([number, sorted(PRICE).index(kind)])
        with TemporaryDirectory() as folder:
            path = Path(folder) / "degraded.wav"
            sound = read_sound(recording.path)
            heard = DEGRADATIONS[kind](sound.samples, sound.sample_rate, rng)
            soundfile.write(path, heard, sound.sample_rate, subtype="FLOAT")
            degraded = reader.read(path)
        clean = reader.read(recording.path)
        n = min(len(clean), len(degraded))
        yield Moved(kind, clean[:n], degraded[:n], recording.track.id)


def directions(
    moved: Sequence[Moved], scale: NDArray[np.float64], weight: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return M of the penalty tr(W' M W) that makes weights along common moves expensive.

    M = 1 + the moves' second moments by kind, each at its price, + the square of their mean. With
    M = 1 alone it is the usual squared norm.

    Parameters
    ----------
    moved : sequence of Moved
    scale : ndarray [shape=(n_features,)]
        Spread of the features, by which moves are divided.
    weight : mapping
        Of each track that counts, by identity; others are left out.

    Returns
    -------
    ndarray [shape=(n_features, n_features)]
    """
    matrix = np.eye(len(scale))
    for kind, price in PRICE.items():
        parts = [part for part in moved if part.kind == kind and part.track in weight]
        if not parts:
            continue
        moves = np.concatenate([(part.degraded - part.clean) / scale for part in parts])
        weights = np.concatenate(
            [np.full(len(part.clean), weight[part.track] / len(part.clean)) for part in parts]
        )
        weights /= weights.sum()
        mean = weights @ moves
        matrix += price * (moves.T * weights) @ moves + SHIFT_PRICE * np.outer(mean, mean)
    return matrix
