"""Level and spectrum of the newest sound, before resampling.

Filled on the reader's thread, read on the screen's; the one lock is held for a short copy only.
"""

import threading
from collections.abc import Callable
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
"""Decibels that the shown peak loses in a second of sound, once it has been held."""
PEAK_HOLD_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud the newest sound is."""

    rms_dbfs: float
    """RMS over the last 0.1 s; a full-scale sine is -3.01, >= -120."""
    peak_dbfs: float
    """Largest sample, held for 1.5 s, then falling 20 dB a second, >= -120."""


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
        self._loudest = LoudestBands(self._n_fft, self._spectrum)
        self._lock = threading.Lock()
        self._n_samples = 0
        self._peak = 0.0
        self._peak_seconds = 0.0

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
        self._loudest.push(block)
        peak = float(np.abs(block).max())
        seconds = len(block) / self._sample_rate
        with self._lock:
            self._keep(block)
            self._n_samples += len(block)
            self._peak_seconds += seconds
            past_hold = min(max(self._peak_seconds - PEAK_HOLD_SECONDS, 0.0), seconds)
            self._peak *= 10 ** (-PEAK_FALL_DB * past_hold / 20)
            if peak >= self._peak:
                self._peak, self._peak_seconds = peak, 0.0

    def step_bands(self, n_bands: int) -> NDArray[np.int8]:
        """Return the largest level in each band since the last call; on the reader's thread.

        Parameters
        ----------
        n_bands : int > 0
            As for ``spectrum_dbfs``.

        Returns
        -------
        ndarray [shape=(n_bands,)], int8, in whole dBFS, >= -120
        """
        bands = _in_bands(self._loudest.take(), n_bands, self._sample_rate / self._n_fft)
        return np.rint(np.minimum(bands, 127)).astype(np.int8)

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
        spectrum = self._spectrum(self._newest(self._n_fft))
        bands = _in_bands(spectrum, n_bands, self._sample_rate / self._n_fft)
        return bands.astype(np.float32)

    def _spectrum(self, frames: FloatArray) -> FloatArray:
        """Return amplitudes of one or more frames [shape=(..., n_fft // 2 + 1)], float32."""
        spectrum = np.abs(np.fft.rfft(frames * self._taper)) * self._gain
        return spectrum.astype(np.float32)


class LoudestBands:
    """Largest amplitude in each bin over half-overlapping frames; used by one thread.

    Parameters
    ----------
    n_fft : int
        Length of a frame in samples, even.
    spectrum : callable
        Turns frames [shape=(n, n_fft)] into amplitudes [shape=(n, n_fft // 2 + 1)].
    """

    def __init__(self, n_fft: int, spectrum: Callable[[FloatArray], FloatArray]) -> None:
        self._n_fft = n_fft
        self._spectrum = spectrum
        self._waiting: FloatArray = np.zeros(0, np.float32)
        self._loudest: FloatArray = np.zeros(n_fft // 2 + 1, np.float32)
        self._is_taken = False

    def push(self, block: FloatArray) -> None:
        """Take the next samples, and look at each frame that is complete."""
        samples = np.concatenate((self._waiting, block), dtype=np.float32)
        hop = self._n_fft // 2
        n_frames = max(0, (len(samples) - self._n_fft) // hop + 1)
        self._waiting = samples[n_frames * hop :]
        if not n_frames:
            return
        frames = np.lib.stride_tricks.sliding_window_view(samples, self._n_fft)[::hop][:n_frames]
        loudest = self._spectrum(frames).max(axis=0)
        self._loudest = loudest if self._is_taken else np.maximum(self._loudest, loudest)
        self._is_taken = False

    def take(self) -> FloatArray:
        """Return the largest amplitudes since the last call, or those again if no frame is new."""
        self._is_taken = True
        return self._loudest


def _in_bands(spectrum: FloatArray, n_bands: int, bin_hz: float) -> NDArray[np.float64]:
    starts, stops, centres = _bands(n_bands, bin_hz)
    room = max(len(spectrum), stops[-1] + 1)
    bins = np.full(room, FLOOR_DBFS)
    bins[: len(spectrum)] = _dbfs(spectrum)
    largest = np.maximum.reduceat(bins, [*starts, stops[-1]])[:-1]
    between = np.interp(centres, np.arange(len(spectrum)), bins[: len(spectrum)], right=FLOOR_DBFS)
    wide = (stops > starts) & (starts < len(spectrum))
    return np.where(wide, largest, between)


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
