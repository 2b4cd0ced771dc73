"""Values of every frame, by librosa; a stretch at a time, so that memory does not grow with them.

No spectrum of the whole sound is ever held. All values are those that librosa gives for the whole.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import librosa
import numpy as np

from livegenre.arrays import FloatArray
from livegenre.inspection.grid import Grid
from livegenre.inspection.pooling import SpectrumPool

N_MELS = 128
N_MFCC = 20
N_CHROMA = 12
ROLL_PERCENT = 0.85
POWERS = (2, 3, 4)
"""Orders p of the bandwidths."""
TOP_DB = 80.0
"""Range below the loudest that is told apart."""
N_TUNING_FRAMES = 1_300
"""Frames that tell the tuning, evenly chosen: all of 30 s."""
STRETCH_FRAMES = 1_300
"""Frames whose spectrum is held at once."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Values of every frame; arrays end in the axis of frames."""

    grid: Grid
    spectrogram: FloatArray
    """Power of a sine, 1 at full scale [shape=(n_bins, n_columns)]: the largest in each part."""
    rms: FloatArray
    """[shape=(n_frames,)], as are those that follow but for bandwidth."""
    crossing_rate: FloatArray
    """Zero crossings a second."""
    centroid: FloatArray
    """Hz"""
    rolloff: FloatArray
    """Hz, below which 85 % of the magnitude lie."""
    bandwidth: FloatArray
    """Hz [shape=(3, n_frames)], of the orders 2, 3 and 4."""
    mel: FloatArray
    """Power [shape=(n_mels, n_frames)]."""
    mfcc: FloatArray
    """[shape=(20, n_frames)]"""
    chroma: FloatArray
    """From C to B, 1 the strongest of a frame [shape=(12, n_frames)]."""
    tuning: float
    """Of a semitone, from A at 440 Hz, -0.5 to 0.5."""

    @property
    def mel_db(self) -> FloatArray:
        """The mel spectrogram in dB, at most 80 below its largest value; 0 is a power of 1."""
        decibels: FloatArray = librosa.power_to_db(self.mel, top_db=TOP_DB)
        return decibels

    @property
    def mfcc_scaled(self) -> FloatArray:
        """Each coefficient less its mean, over its standard deviation; 0 where that is 0."""
        centred = self.mfcc - self.mfcc.mean(axis=1, keepdims=True)
        deviation = self.mfcc.std(axis=1, keepdims=True)
        still = deviation < 1e-4  # what rounding leaves of a constant
        scaled: FloatArray = np.where(still, 0, centred / np.where(still, 1, deviation))
        return scaled


def measure(samples: FloatArray, pool: SpectrumPool) -> Frames:
    """Measure all frames of a sound.

    Parameters
    ----------
    samples : ndarray [shape=(n,)], float32
    pool : SpectrumPool
        Takes the spectra of all frames, one stretch after the other; says what the frames are.
    """
    grid = pool.grid
    tuning = _tuning(samples, grid)
    parts: dict[str, list[FloatArray]] = {}
    for padded, repeated in _stretches(samples, grid):
        power = _magnitude(padded, grid) ** 2
        pool.push(power)
        values = _of_samples(padded, repeated, grid) | _of_spectra(power, grid, tuning)
        for name, array in values.items():
            parts.setdefault(name, []).append(array.astype(np.float32))
    whole = {name: np.concatenate(arrays, axis=-1) for name, arrays in parts.items()}
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(whole["mel"]), n_mfcc=N_MFCC)
    return Frames(grid=grid, spectrogram=pool.result(), mfcc=mfcc, tuning=tuning, **whole)


def _stretches(samples: FloatArray, grid: Grid) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield samples with zeros, and with the outermost samples repeated, beyond both ends."""
    half = grid.n_fft // 2
    padded = np.pad(samples, half)
    repeated = np.pad(samples, half, mode="edge")
    for first in range(0, grid.n_frames, STRETCH_FRAMES):
        last = min(first + STRETCH_FRAMES, grid.n_frames) - 1
        part = slice(first * grid.hop_length, last * grid.hop_length + grid.n_fft)
        yield padded[part], repeated[part]


def _of_samples(padded: FloatArray, repeated: FloatArray, grid: Grid) -> dict[str, FloatArray]:
    framing: dict[str, Any] = {"frame_length": grid.n_fft, "hop_length": grid.hop_length}
    crossings = librosa.feature.zero_crossing_rate(repeated, center=False, **framing)[0]
    return {
        "rms": librosa.feature.rms(y=padded, center=False, **framing)[0],
        "crossing_rate": crossings * grid.sample_rate,
    }


def _of_spectra(power: FloatArray, grid: Grid, tuning: float) -> dict[str, FloatArray]:
    feature, magnitude = librosa.feature, np.sqrt(power)
    of: dict[str, Any] = {"sr": grid.sample_rate, "n_fft": grid.n_fft}
    centroid = feature.spectral_centroid(S=magnitude, **of)
    widths = [feature.spectral_bandwidth(S=magnitude, centroid=centroid, p=p, **of) for p in POWERS]
    return {
        "centroid": centroid[0],
        "rolloff": feature.spectral_rolloff(S=magnitude, roll_percent=ROLL_PERCENT, **of)[0],
        "bandwidth": np.concatenate(widths),
        "mel": feature.melspectrogram(S=power, n_mels=N_MELS, **of),
        "chroma": feature.chroma_stft(S=power, tuning=tuning, n_chroma=N_CHROMA, **of),
    }


def _magnitude(padded: FloatArray, grid: Grid, *, every: int = 1) -> FloatArray:
    hop_length = every * grid.hop_length
    spectrum = librosa.stft(padded, n_fft=grid.n_fft, hop_length=hop_length, center=False)
    magnitude: FloatArray = np.abs(spectrum)
    return magnitude


def _tuning(samples: FloatArray, grid: Grid) -> float:
    """Return how far the sound is from concert pitch; 0 where it has no pitch."""
    every = -(-grid.n_frames // N_TUNING_FRAMES)
    padded = np.pad(samples, grid.n_fft // 2)
    power = _magnitude(padded, grid, every=every) ** 2
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Trying to estimate tuning")
        return float(librosa.estimate_tuning(S=power, sr=grid.sample_rate))
