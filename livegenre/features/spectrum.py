"""Frame features taken from magnitude and power spectra, each frame by itself."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.features.filterbanks import SplitBank, hann_taper

ROLLOFF_SHARE = 0.85
MEL_POWER_FLOOR = 1e-10
TINY = float(np.finfo(np.float32).tiny)


def magnitude_spectra(frames: FloatArray) -> FloatArray:
    """Return the magnitudes of tapered frames.

    The transform runs in double precision and is rounded to single before the magnitude is
    taken, step by step as in librosa: the choice of spectral peaks hangs on the last bit.

    Parameters
    ----------
    frames : ndarray [shape=(n_frames, n_fft)], float32
        Samples.

    Returns
    -------
    ndarray [shape=(n_frames, n_fft // 2 + 1)], float32, >= 0
    """
    spectra = np.fft.rfft(frames * hann_taper(frames.shape[1]))
    return np.abs(spectra.astype(np.complex64))


def spectral_shape(magnitudes: FloatArray, sample_rate: int) -> NDArray[np.float64]:
    """Return centroid, bandwidth and roll-off of each frame.

    Parameters
    ----------
    magnitudes : ndarray [shape=(n_frames, n_bins)], float32, >= 0
        Magnitude spectra.
    sample_rate : int > 0 [Hz]
        Of the sound.

    Returns
    -------
    ndarray [shape=(n_frames, 3)], float64 [Hz]
        The mean frequency, the standard deviation about it, and the lowest bin at or below
        which 0.85 of the magnitude lies; all 0 for a frame without sound.
    """
    n_bins = magnitudes.shape[1]
    bin_hz = sample_rate / 2 / (n_bins - 1)
    moments = magnitudes.astype(np.float64) @ _bin_powers(n_bins)
    total, first, second = moments.T
    total = np.where(total < TINY, 1.0, total)
    centroid = first / total
    bandwidth = np.sqrt(np.maximum(second / total - centroid**2, 0.0))
    # Summed bin after bin in single precision: another order may choose the next bin.
    cumulative = np.cumsum(magnitudes, axis=1)
    below = cumulative < np.float32(ROLLOFF_SHARE) * cumulative[:, -1:]
    rolloff = below.argmin(axis=1)
    shape: NDArray[np.float64] = np.stack((centroid, bandwidth, rolloff), axis=1) * bin_hz
    return shape


def mel_spectra(power: FloatArray, bank: SplitBank) -> FloatArray:
    """Return the power in mel bands.

    Parameters
    ----------
    power : ndarray [shape=(n_frames, n_bins)], float32, >= 0
        Power spectra.
    bank : SplitBank
        Mel bank.

    Returns
    -------
    ndarray [shape=(n_frames, n_mels)], float32, >= 0
    """
    return np.concatenate([power[:, bins] @ weights for bins, weights in bank], axis=1)


def log_mel_spectra(power: FloatArray, bank: SplitBank) -> FloatArray:
    """Return mel spectra in dB, at least -100.

    Parameters
    ----------
    power : ndarray [shape=(n_frames, n_bins)], float32, >= 0
        Power spectra.
    bank : SplitBank
        Mel bank.

    Returns
    -------
    ndarray [shape=(n_frames, n_mels)], float32
    """
    mel = np.maximum(mel_spectra(power, bank), np.float32(MEL_POWER_FLOOR))
    return np.float32(10.0) * np.log10(mel)


def chroma(power: FloatArray, bank: FloatArray) -> FloatArray:
    """Return pitch-class profiles, each scaled to a largest value of 1.

    Parameters
    ----------
    power : ndarray [shape=(n_frames, n_bins)], float32, >= 0
        Power spectra.
    bank : ndarray [shape=(12, n_bins)], float32, >= 0
        Chroma bank.

    Returns
    -------
    ndarray [shape=(n_frames, 12)], float32, in [0, 1]
        All 0 for a frame without sound.
    """
    profiles = power @ bank.T
    peaks = profiles.max(axis=1, keepdims=True)
    peaks[peaks < TINY] = 1.0
    profiles /= peaks
    return profiles


@lru_cache(maxsize=8)
def _bin_powers(n_bins: int) -> NDArray[np.float64]:
    """Return the number of each bin to the powers 0, 1 and 2 [shape=(n_bins, 3)]."""
    return np.vander(np.arange(n_bins, dtype=np.float64), 3, increasing=True)
