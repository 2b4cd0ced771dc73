"""Makes spectra and curves as coarse as a picture of them is, without losing a peak."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.inspection.grid import Grid

MOST_COLUMNS = 1_300
"""Of a picture: all frames of 30 s."""
MOST_ROWS = 512
"""Of a picture with a linear frequency axis."""
ROWS_PER_OCTAVE = 36
"""Of a picture with a logarithmic one, where there are as many bins."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Frames put together into columns of equal length, but for the last one."""

    n_frames: int
    length: int
    """Frames in a column."""

    @classmethod
    def of(cls, n_frames: int) -> Self:
        """Return the finest that a picture can show."""
        return cls(n_frames, -(-n_frames // MOST_COLUMNS))

    @property
    def starts(self) -> NDArray[np.int64]:
        """First frame of each column."""
        return np.arange(0, self.n_frames, self.length)

    def largest(self, values: FloatArray) -> FloatArray:
        """Return the largest value in each column.

        Parameters
        ----------
        values : ndarray [shape=(..., n_frames)]
        """
        return np.maximum.reduceat(values, self.starts, axis=-1)

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the mean of each column, as ``largest`` does the largest value."""
        counts = np.diff(np.append(self.starts, self.n_frames))
        sums = np.add.reduceat(values, self.starts, axis=-1, dtype=np.float64)
        return (sums / counts).astype(np.float32)

    def edges(self, grid: Grid) -> NDArray[np.float64]:
        """Return where columns begin and end: half a hop before their first frame, in seconds."""
        frames = np.append(self.starts, self.n_frames) - 0.5
        return frames * grid.hop_length / grid.sample_rate


class SpectrumPool:
    """Collects the largest power of every bin in every column.

    Parameters
    ----------
    grid : Grid
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.columns = Columns.of(grid.n_frames)
        self._pooled = np.zeros((1 + grid.n_fft // 2, len(self.columns.starts)), np.float32)
        self._n_pushed = 0
        self._full_scale = np.float32((grid.n_fft / 4) ** 2)

    def push(self, power: FloatArray) -> None:
        """Take the spectra that follow.

        Parameters
        ----------
        power : ndarray [shape=(n_bins, n)]
            Squared magnitudes of frames under a Hann window.
        """
        numbers = (self._n_pushed + np.arange(power.shape[1])) // self.columns.length
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        part = self._pooled[:, numbers[0] : numbers[-1] + 1]
        np.maximum(part, np.maximum.reduceat(power, starts, axis=1), out=part)
        self._n_pushed += power.shape[1]

    def result(self) -> FloatArray:
        """Return what was collected, 1 for a sine at full scale [shape=(n_bins, n_columns)].

        A Hann window of n samples sums to n / 2, of which a sine has half at its frequency.
        """
        return self._pooled / self._full_scale


@dataclass(frozen=True, slots=True)
class Rows:
    """Bins of a spectrum put together into rows of a picture."""

    edges: NDArray[np.float64]
    """In Hz, ascending [shape=(n + 1,)]."""
    starts: NDArray[np.int64]
    """First bin of each row [shape=(n,)]."""

    @classmethod
    def linear(cls, frequencies: NDArray[np.float64]) -> Self:
        """Return rows of equal height."""
        length = -(-len(frequencies) // MOST_ROWS)
        return cls._from(np.arange(0, len(frequencies), length), frequencies)

    @classmethod
    def logarithmic(cls, frequencies: NDArray[np.float64]) -> Self:
        """Return rows of about equal ratio; where bins are further apart than that, one each.

        The bin of 0 Hz, which such an axis has no place for, is left out.
        """
        octaves = np.log2(frequencies[1:] / frequencies[1])
        numbers = np.floor(octaves * ROWS_PER_OCTAVE).astype(np.int64)
        return cls._from(1 + np.flatnonzero(np.diff(numbers, prepend=-1)), frequencies)

    @classmethod
    def _from(cls, starts: NDArray[np.int64], frequencies: NDArray[np.float64]) -> Self:
        half = frequencies[1] / 2
        edges = np.append(frequencies[starts] - half, frequencies[-1] + half)
        return cls(np.maximum(edges, 0), starts)

    def largest(self, spectrogram: FloatArray) -> FloatArray:
        """Return the largest value in each row [shape=(n, n_columns)]."""
        return np.maximum.reduceat(spectrogram, self.starts, axis=0)


def envelope(samples: FloatArray) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Return the smallest and the largest sample of each part, and where the parts begin."""
    length = max(1, -(-len(samples) // (2 * MOST_COLUMNS)))
    starts = np.arange(0, len(samples), length)
    return np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts), starts
