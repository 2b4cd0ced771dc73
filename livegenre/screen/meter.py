"""Level and spectrum of the newest sound, before resampling.

Filled on the reader's thread, read on the screen's; the one lock is held for a short copy only.
"""

import threading
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray

FLOOR_DBFS = -120.0
LOWEST_HZ = 50.0
HIGHEST_HZ = 10_000.0
LEVEL_SECONDS = 0.1
SPECTRUM_SECONDS = 0.093
PEAK_FALL_DB = 20.0
"""Decibels that the shown peak loses in a second of sound."""


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud the newest sound is."""

    rms_dbfs: float
    """RMS over the last 0.1 s; a full-scale sine is -3.01, >= -120."""
    peak_dbfs: float
    """Largest sample, falling 20 dB a second, >= -120."""


class Meter:
    """Keeps the last 0.2 s of a source.

    Parameters
    ----------
    sample_rate : int
        The source's own, in Hz, > 0.
    """

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._n_fft = 1 << max(4, round(np.log2(SPECTRUM_SECONDS * sample_rate)))
        self._taper = np.hanning(self._n_fft + 1)[:-1].astype(np.float32)
        self._gain = np.float32(2 / self._taper.sum())
        self._recent = np.zeros(max(self._n_fft, sample_rate // 5), dtype=np.float32)
        self._lock = threading.Lock()
        self._n_samples = 0
        self._peak = 0.0

    def push(self, block: FloatArray) -> None:
        """Take the next samples; called on the reader's thread.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
            At the source's own rate; any length, also 0. What is not finite counts as silence.
        """
        if not len(block):
            return
        block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        peak = float(np.abs(block).max())
        fall = 10 ** (-PEAK_FALL_DB * len(block) / self._sample_rate / 20)
        with self._lock:
            self._keep(block)
            self._n_samples += len(block)
            self._peak = max(peak, self._peak * fall)

    def _keep(self, block: FloatArray) -> None:
        size = len(self._recent)
        places = (self._n_samples + np.arange(len(block))[-size:]) % size
        self._recent[places] = block[-size:]

    def _newest(self, n: int) -> FloatArray:
        """Copy the last ``n`` samples, oldest first, zeros before the first one."""
        size = len(self._recent)
        with self._lock:
            places = np.arange(self._n_samples - n, self._n_samples) % size
            return self._recent[places]

    def levels(self) -> Levels:
        """Measure the newest sound; called on the screen's thread."""
        newest = self._newest(max(1, round(LEVEL_SECONDS * self._sample_rate)))
        rms = float(np.sqrt(np.mean(np.square(newest, dtype=np.float64))))
        return Levels(rms_dbfs=float(_dbfs(rms)), peak_dbfs=float(_dbfs(self._peak)))

    def spectrum_dbfs(self, n_bands: int) -> FloatArray:
        """Measure the newest 93 ms in bands; called on the screen's thread.

        The bands divide 50 Hz to 10 kHz evenly on a logarithmic axis. A band reads the largest
        bin in it, or the spectrum interpolated at its centre if it is narrower than a bin. Hann
        taper, coherent gain removed: a full-scale sine reads 0 dB.

        Parameters
        ----------
        n_bands : int > 0

        Returns
        -------
        ndarray [shape=(n_bands,)], float32, in dBFS, >= -120
        """
        spectrum = np.abs(np.fft.rfft(self._newest(self._n_fft) * self._taper)) * self._gain
        bins = _dbfs(spectrum)
        starts, stops, centres = _bands(n_bands, self._sample_rate / self._n_fft)
        bands = np.interp(centres, np.arange(len(bins)), bins, right=FLOOR_DBFS)
        for band in np.flatnonzero((stops > starts) & (starts < len(bins))):
            bands[band] = bins[starts[band] : stops[band]].max()
        return bands.astype(np.float32)


@cache
def _bands(
    n_bands: int, bin_hz: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return first bin, bin after the last one, and centre in bins of each band."""
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, n_bands + 1) / bin_hz
    whole = np.ceil(edges).astype(np.int64)
    return whole[:-1], whole[1:], np.sqrt(edges[:-1] * edges[1:])


def _dbfs(amplitude: NDArray[np.floating] | float) -> NDArray[np.float64]:
    smallest = 10 ** (FLOOR_DBFS / 20)
    decibels: NDArray[np.float64] = 20 * np.log10(np.maximum(amplitude, smallest, dtype=np.float64))
    return decibels
