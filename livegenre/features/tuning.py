"""How far music is tuned from A = 440 Hz, by the spectral peaks of a window.

Follows librosa's piptrack and pitch_tuning (parabolic interpolation: J. O. Smith, Spectral Audio
Signal Processing, 2011) down to its rounding, since the answer is a choice between histogram bins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray

PEAK_MIN_HZ = 150.0
PEAK_MAX_HZ = 4000.0
PEAK_THRESHOLD = 0.1
"""Share of a frame's largest power that a peak must exceed."""

A0_HZ = 27.5
SEMITONES = 12
TUNING_EDGES = np.linspace(-0.5, 0.5, 101)
"""Edges of the histogram of tunings, in semitones."""
N_TUNINGS = len(TUNING_EDGES) - 1


@dataclass(frozen=True, slots=True)
class Peaks:
    """Spectral peaks of some frames, one entry a peak in each array."""

    frame: NDArray[np.int64]
    """Number of the frame."""
    power: FloatArray
    """Interpolated height."""
    tuning_bin: NDArray[np.int64]
    """Where its distance from the nearest semitone lies among ``TUNING_EDGES``."""

    def within(self, first: int, end: int) -> "Peaks":
        """Return the peaks of frames ``first`` to ``end - 1``."""
        kept = (self.frame >= first) & (self.frame < end)
        return Peaks(self.frame[kept], self.power[kept], self.tuning_bin[kept])

    def __add__(self, other: "Peaks") -> "Peaks":
        return Peaks(
            np.concatenate((self.frame, other.frame)),
            np.concatenate((self.power, other.power)),
            np.concatenate((self.tuning_bin, other.tuning_bin)),
        )


NO_PEAKS = Peaks(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int64))


def find_peaks(power: FloatArray, frame_numbers: NDArray[np.int64], sample_rate: int) -> Peaks:
    """Find the peaks of power spectra between 150 and 4000 Hz.

    Parameters
    ----------
    power : ndarray [shape=(n_frames, n_bins)], float32, >= 0
        Power spectra.
    frame_numbers : ndarray [shape=(n_frames,)], int64
        What to call the frames.
    sample_rate : int > 0 [Hz]
        Of the sound.
    """
    n_fft = 2 * (power.shape[1] - 1)
    low = int(np.ceil(PEAK_MIN_HZ * n_fft / sample_rate))
    high = int(np.ceil(min(PEAK_MAX_HZ, sample_rate / 2) * n_fft / sample_rate))
    inside = power[:, low:high]
    is_peak = inside > PEAK_THRESHOLD * power.max(axis=1, keepdims=True)
    is_peak &= inside > power[:, low - 1 : high - 1]
    is_peak &= inside >= power[:, low + 1 : high + 1]
    row, column = np.divmod(np.flatnonzero(is_peak), high - low)
    column += low

    below, height, above = (power[row, column + offset] for offset in (-1, 0, 1))
    shift = _parabolic_shift(below, height, above)
    peak_power = height + 0.5 * ((above - below) / 2.0) * shift
    pitch_hz = ((column + shift) * float(sample_rate) / n_fft).astype(np.float32)
    return Peaks(frame_numbers[row], peak_power, _tuning_bins(pitch_hz))


def estimate_tuning(peaks: Peaks) -> float:
    """Return the commonest tuning among the stronger half of peaks.

    Returns
    -------
    float in [-0.5, 0.5)
        Deviation from A = 440 Hz in semitones, in steps of 0.01; 0 without any peak.
    """
    if not len(peaks.power):
        return 0.0
    middle = len(peaks.power) // 2
    strong = peaks.power >= np.partition(peaks.power, middle)[middle]
    counts = np.bincount(peaks.tuning_bin[strong], minlength=N_TUNINGS)
    return float(TUNING_EDGES[np.argmax(counts)])


def _parabolic_shift(below: FloatArray, height: FloatArray, above: FloatArray) -> FloatArray:
    """Return where the parabola through three bins has its top, in bins from the middle one."""
    curvature = (above + below) - 2.0 * height.astype(np.float64)
    slope = (above - below) / np.float64(2.0)
    inside = np.abs(slope) < np.abs(curvature)
    shift = np.divide(-slope, curvature, out=np.zeros_like(curvature), where=inside)
    return shift.astype(np.float32)


def _tuning_bins(pitch_hz: FloatArray) -> NDArray[np.int64]:
    semitones = SEMITONES * np.log2(pitch_hz / np.float32(A0_HZ))
    residual = np.mod(semitones, np.float32(1.0))
    residual[residual >= 0.5] -= 1.0
    bins: NDArray[np.int64] = np.searchsorted(TUNING_EDGES, residual, side="right") - 1
    return bins
