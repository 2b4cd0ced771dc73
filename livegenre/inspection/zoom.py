"""A stretch so short that single zero crossings are seen, where the sound is like most of it."""

from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.inspection.frames import Frames

N_CROSSINGS = 16
"""About as many are shown."""
SHORTEST_SECONDS, LONGEST_SECONDS = 0.002, 0.05


@dataclass(frozen=True, slots=True)
class Zoom:
    """A few samples, and where they change sign."""

    first: int
    """Index of the first sample."""
    samples: FloatArray
    crossings: NDArray[np.float64]
    """In samples from the first one, between the two that differ in sign, on a straight line."""


def zoom_in(samples: FloatArray, frames: Frames) -> Zoom:
    """Choose the frame whose rate of crossings is most usual, of those not quieter than most."""
    grid = frames.grid
    loud = np.flatnonzero(frames.rms >= np.median(frames.rms))
    usual = float(np.median(frames.crossing_rate[loud]))
    frame = loud[np.argmin(np.abs(frames.crossing_rate[loud] - usual))]
    seconds = np.clip(N_CROSSINGS / max(usual, 1.0), SHORTEST_SECONDS, LONGEST_SECONDS)
    length = min(len(samples), max(2, round(seconds * grid.sample_rate)))
    first = int(np.clip(frame * grid.hop_length - length // 2, 0, len(samples) - length))
    part = samples[first : first + length]
    return Zoom(first, part, _crossings(part))


def _crossings(samples: FloatArray) -> NDArray[np.float64]:
    after = np.flatnonzero(librosa.zero_crossings(samples, pad=False))
    before = after - 1
    left, right = np.abs(samples[before]), np.abs(samples[after])
    places: NDArray[np.float64] = before + left / np.maximum(left + right, 1e-12)
    return places
