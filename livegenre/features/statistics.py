"""The classic features: mean and variance of librosa's frame features over a window.

Equal to librosa 0.11 called on exactly the window's samples, but every frame that lies wholly
inside the stream is computed once. Only the frames that reach beyond a window's ends are its own.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec, Window
from livegenre.features.filterbanks import (
    N_CHROMA,
    chroma_bank,
    cosine_basis,
    mel_bank,
    split_bank,
)
from livegenre.features.framing import FramedWindow, Framer
from livegenre.features.spectrum import chroma, log_mel_spectra, magnitude_spectra, spectral_shape
from livegenre.features.tuning import NO_PEAKS, estimate_tuning, find_peaks
from livegenre.features.waveform import frame_rms, hop_energies, level_dbfs, zero_crossing_rate

N_MFCC = 20
TOP_DB = 80.0
"""Mel bands farther than this below the loudest of the window are raised to it."""

STATISTICS_FEATURES: tuple[str, ...] = tuple(
    f"{feature}_{statistic}"
    for feature, statistic in product(
        (
            "chroma_stft",
            "rms",
            "spectral_centroid",
            "spectral_bandwidth",
            "rolloff",
            "zero_crossing_rate",
            *(f"mfcc{number}" for number in range(1, N_MFCC + 1)),
        ),
        ("mean", "var"),
    )
)
"""Names of the features in order, as in the columns of the published GTZAN tables."""


class StatisticsExtractor:
    """Compute mean and population variance of 26 frame features over every window.

    Frame features are kept in a ring, one row a frame: no statistic asks for their order, so the
    rows of any window are simply the first ``n_frames`` of the ring.

    Parameters
    ----------
    spec : FeatureSpec
        ``n_fft`` is a multiple of ``2 * hop_length``, so that padded and unpadded frames lie on
        one grid; the shortest window holds at least one frame; ``n_mels`` is at least 20.

    Raises
    ------
    ValueError
        If the specification is not of that kind.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        _check(spec)
        self._spec = spec
        self._n_edge = spec.n_fft // (2 * spec.hop_length)
        bank = mel_bank(spec.sample_rate, spec.n_fft, spec.n_mels)
        self._mel_bank = split_bank(bank, n_groups=4)
        self._cosine_basis = cosine_basis(N_MFCC, spec.n_mels)
        self._framer = Framer(spec)
        n_rows = spec.window_frames
        self._power = np.zeros((n_rows, spec.n_fft // 2 + 1), np.float32)
        self._log_mel = np.zeros((n_rows, spec.n_mels), np.float32)
        self._shape = np.zeros((n_rows, 3), np.float64)
        self._chroma = np.zeros((n_rows, N_CHROMA), np.float32)
        self._forget()

    @property
    def spec(self) -> FeatureSpec:
        """What this extractor computes."""
        return self._spec

    @property
    def feature_shape(self) -> tuple[int, ...]:
        """Shape of one window's features: ``len(STATISTICS_FEATURES)``."""
        return (len(STATISTICS_FEATURES),)

    def push(self, samples: FloatArray) -> Iterator[Window]:
        """Take samples and yield the windows that they complete.

        The iterator must be exhausted before the next push. All work is done window by window,
        so that features do not depend on the lengths of the blocks.

        Parameters
        ----------
        samples : ndarray [shape=(n,)], float32
            Mono sound at ``spec.sample_rate``; any length, also 0.
        """
        for window in self._framer.push(samples):
            energies = hop_energies(window.samples, self._spec.hop_length)
            yield Window(
                features=self._features(window, energies),
                end=window.end,
                n_frames=len(window.frames),
                level_dbfs=level_dbfs(energies, self._spec.hop_length),
            )

    def reset(self) -> None:
        """Forget all sound; the next sample is the first one."""
        self._framer.reset()
        self._forget()

    def _forget(self) -> None:
        self._known_end = 0
        self._peaks = NO_PEAKS
        self._tuning: float | None = None

    def _features(self, window: FramedWindow, energies: FloatArray) -> FloatArray:
        n_fft, hop_length = self._spec.n_fft, self._spec.hop_length
        n_frames = len(window.frames)
        self._update_spectra(window)
        log_mel = self._log_mel[:n_frames]
        values = np.empty((n_frames, 5 + N_MFCC))
        values[:, 0] = frame_rms(energies, hop_length, n_fft)
        values[:, 1:4] = self._shape[:n_frames]
        values[:, 4] = zero_crossing_rate(window.samples, hop_length, n_fft)
        values[:, 5:] = np.maximum(log_mel, log_mel.max() - TOP_DB) @ self._cosine_basis.T

        features = np.empty((1 + values.shape[1], 2), np.float32)
        features[0] = _mean_and_variance(self._chroma[:n_frames].reshape(-1))
        features[1:] = _mean_and_variance(values)
        return features.reshape(-1)

    def _update_spectra(self, window: FramedWindow) -> None:
        """Bring the ring up to date: the frames that are new, and those at the window's ends."""
        n_frames = len(window.frames)
        inner_first = window.first + self._n_edge
        inner_end = window.first + n_frames - self._n_edge
        n_known = max(self._known_end - window.first, self._n_edge)
        stale = np.concatenate((np.arange(self._n_edge), np.arange(n_known, n_frames)))
        numbers = window.first + stale
        rows = numbers % self._spec.window_frames

        magnitudes = magnitude_spectra(window.frames[stale])
        power = magnitudes**2
        self._power[rows] = power
        self._shape[rows] = spectral_shape(magnitudes, self._spec.sample_rate)
        self._log_mel[rows] = log_mel_spectra(power, self._mel_bank)
        known_peaks = self._peaks.within(inner_first, self._known_end)
        self._peaks = known_peaks + find_peaks(power, numbers, self._spec.sample_rate)
        self._known_end = inner_end
        self._update_chroma(power, rows, n_frames)

    def _update_chroma(self, power: FloatArray, rows: NDArray[np.int64], n_frames: int) -> None:
        tuning = estimate_tuning(self._peaks)
        bank = chroma_bank(self._spec.sample_rate, self._spec.n_fft, tuning)
        if tuning == self._tuning:
            self._chroma[rows] = chroma(power, bank)
        else:
            self._chroma[:n_frames] = chroma(self._power[:n_frames], bank)
            self._tuning = tuning


def _check(spec: FeatureSpec) -> None:
    if spec.n_fft % (2 * spec.hop_length):
        raise ValueError(f"n_fft: {spec.n_fft} is no multiple of twice hop_length")
    if (spec.min_frames - 1) * spec.hop_length < spec.n_fft:
        raise ValueError(f"min_frames: {spec.min_frames} frames are shorter than n_fft samples")
    if spec.n_mels < N_MFCC:
        raise ValueError(f"n_mels: {spec.n_mels} is too few for {N_MFCC} MFCCs")


def _mean_and_variance(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return both over the first axis [shape=(..., 2)]."""
    mean = values.mean(axis=0, dtype=np.float64)
    deviation = values - mean
    variance = np.einsum("f...,f...->...", deviation, deviation) / len(values)
    return np.stack((mean, variance), axis=-1)
