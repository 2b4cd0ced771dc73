"""Frame features taken from the samples of a window, without a spectrum."""

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray

LEVEL_FLOOR_DBFS = -120.0

ZERO_CROSSING_THRESHOLD = 1e-10
"""Samples no farther from zero than this count as zero, and zero as positive."""


def hop_energies(samples: FloatArray, hop_length: int) -> FloatArray:
    """Return the sum of squares of each hop.

    Parameters
    ----------
    samples : ndarray [shape=(n_hops * hop_length,)], float32
        A window of sound.
    hop_length : int > 0
        Samples from frame to frame.

    Returns
    -------
    ndarray [shape=(n_hops,)], float32, >= 0
    """
    hops = samples.reshape(-1, hop_length)
    energies: FloatArray = np.vecdot(hops, hops)
    return energies


def frame_rms(energies: FloatArray, hop_length: int, n_fft: int) -> NDArray[np.float64]:
    """Return the root mean square of each centred frame, with zeros beyond the window.

    Parameters
    ----------
    energies : ndarray [shape=(n_frames - 1,)], float32
        Of each hop of the window.
    hop_length : int > 0
        Samples from frame to frame.
    n_fft : int > 0, a multiple of ``2 * hop_length``
        Samples in a frame.

    Returns
    -------
    ndarray [shape=(n_frames,)], float64, >= 0
    """
    rms: NDArray[np.float64] = np.sqrt(_frame_sums(energies, n_fft // hop_length) / n_fft)
    return rms


def level_dbfs(energies: FloatArray, hop_length: int) -> float:
    """Return the level of a window in dB below full scale, at least -120.

    A full-scale square wave is 0 dBFS, a full-scale sine -3.
    """
    power = float(energies.sum(dtype=np.float64)) / (len(energies) * hop_length)
    floor = 10.0 ** (LEVEL_FLOOR_DBFS / 10.0)
    return float(10.0 * np.log10(max(power, floor)))


def zero_crossing_rate(samples: FloatArray, hop_length: int, n_fft: int) -> NDArray[np.float64]:
    """Return the share of samples in each centred frame that change sign.

    Beyond the window its first and last sample go on, and so add no crossing.

    Parameters
    ----------
    samples : ndarray [shape=((n_frames - 1) * hop_length,)], float32
        A window of sound.
    hop_length : int > 0
        Samples from frame to frame.
    n_fft : int > 0, a multiple of ``2 * hop_length``
        Samples in a frame.

    Returns
    -------
    ndarray [shape=(n_frames,)], float64, in [0, 1]
    """
    negative = samples < -ZERO_CROSSING_THRESHOLD
    crosses_next = np.zeros(len(samples), np.float32)
    crosses_next[:-1] = negative[1:] != negative[:-1]
    hops = crosses_next.reshape(-1, hop_length)
    n_hops = n_fft // hop_length
    counts = _frame_sums(hops @ np.ones(hop_length, np.float32), n_hops)
    # What follows the last sample of a frame is not in the frame.
    n_inside = len(counts) - n_hops // 2
    counts[:n_inside] -= hops[-n_inside:, -1]
    return counts / n_fft


def _frame_sums(hop_values: FloatArray, n_hops: int) -> NDArray[np.float64]:
    """Sum over the ``n_hops`` hops of each centred frame, with zeros beyond the window."""
    first = n_hops // 2 - 1
    return np.convolve(hop_values, np.ones(n_hops))[first : first + len(hop_values) + 1]
