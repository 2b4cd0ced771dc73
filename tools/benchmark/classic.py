"""A step of the classic features: against librosa, and against its own transforms alone."""

from collections.abc import Callable

import librosa
import numpy as np

from livegenre.arrays import FloatArray
from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec
from tools.benchmark.live import N_STEPS, full_windows
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Pair, Side, Watch

SPEC = FeatureSpec(
    extractor="statistics",
    sample_rate=22_050,
    n_fft=2048,
    hop_length=512,
    n_mels=128,
    window_frames=130,
    min_frames=130,
    step_frames=22,
)
N_WINDOWS = 6
"""Windows of a round that librosa computes: they cost alike."""


def against_naive(material: Material) -> Pair:
    """Compare with the features as tutorials compute them, one call after the other."""
    return Pair(steps(material, SPEC), whole_windows(material, naive_features))


def against_shared(material: Material) -> Pair:
    """Compare with librosa used well: one transform for all that takes one."""
    return Pair(steps(material, SPEC), whole_windows(material, shared_features))


def against_transforms(material: Material) -> Pair:
    """Compare with the transforms of the frames that are new in a step, and nothing else."""
    frames = np.random.default_rng(0).normal(size=(SPEC.step_frames, SPEC.n_fft))

    def transforms() -> Cost:
        watch = Watch()
        for _ in range(N_STEPS):
            np.fft.rfft(frames)
        return watch.cost(N_STEPS)

    return Pair(steps(material, SPEC), transforms)


def another_step(step_seconds: float) -> Callable[[Material], Pair]:
    """Compare a step of another length with one of half a second."""
    spec = full_windows(SPEC, step_seconds=step_seconds)
    return lambda material: Pair(steps(material, spec), steps(material, SPEC))


def another_window(seconds: float) -> Callable[[Material], Pair]:
    """Compare a step of a longer window with one of three seconds."""
    spec = full_windows(SPEC, window_seconds=seconds)
    return lambda material: Pair(steps(material, spec), steps(material, SPEC))


def steps(material: Material, spec: FeatureSpec) -> Side:
    """Return what measures a step of a stream whose window is full."""
    n_window = (spec.window_frames - 1) * spec.hop_length
    n_step = spec.step_frames * spec.hop_length
    samples = material.samples(spec.sample_rate, n_window + N_STEPS * n_step)
    extractor = create_extractor(spec)

    def side() -> Cost:
        extractor.reset()
        list(extractor.push(samples[:n_window]))
        watch = Watch()
        for end in range(n_window + n_step, len(samples) + 1, n_step):
            list(extractor.push(samples[end - n_step : end]))
        return watch.cost(N_STEPS)

    return side


def whole_windows(material: Material, features: Callable[[FloatArray], FloatArray]) -> Side:
    """Return what measures a window from its samples alone."""
    n_window = (SPEC.window_frames - 1) * SPEC.hop_length
    n_step = SPEC.step_frames * SPEC.hop_length
    samples = material.samples(SPEC.sample_rate, n_window + N_WINDOWS * n_step)

    def side() -> Cost:
        watch = Watch()
        for number in range(N_WINDOWS):
            features(samples[number * n_step :][:n_window])
        return watch.cost(N_WINDOWS)

    return side


def naive_features(samples: FloatArray) -> FloatArray:
    """Return mean and variance of every feature, each from the samples."""
    feature, sample_rate = librosa.feature, SPEC.sample_rate
    return statistics(
        feature.chroma_stft(y=samples, sr=sample_rate),
        feature.rms(y=samples),
        feature.spectral_centroid(y=samples, sr=sample_rate),
        feature.spectral_bandwidth(y=samples, sr=sample_rate),
        feature.spectral_rolloff(y=samples, sr=sample_rate),
        feature.zero_crossing_rate(samples),
        feature.mfcc(y=samples, sr=sample_rate, n_mfcc=20),
    )


def shared_features(samples: FloatArray) -> FloatArray:
    """Return the same from one transform."""
    feature, sample_rate = librosa.feature, SPEC.sample_rate
    magnitudes = np.abs(librosa.stft(samples))
    power = magnitudes**2
    mel = librosa.power_to_db(feature.melspectrogram(S=power, sr=sample_rate))
    return statistics(
        feature.chroma_stft(S=power, sr=sample_rate),
        feature.rms(y=samples),
        feature.spectral_centroid(S=magnitudes, sr=sample_rate),
        feature.spectral_bandwidth(S=magnitudes, sr=sample_rate),
        feature.spectral_rolloff(S=magnitudes, sr=sample_rate),
        feature.zero_crossing_rate(samples),
        feature.mfcc(S=mel, n_mfcc=20),
    )


def statistics(chroma: FloatArray, *others: FloatArray) -> FloatArray:
    """Return mean and variance of each feature, those of chroma over all of its classes."""
    rows = [chroma.reshape(-1), *(row for values in others for row in values)]
    return np.array([(np.mean(row), np.var(row)) for row in rows], np.float32).reshape(-1)
