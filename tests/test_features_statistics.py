"""The classic features equal librosa's on each window's samples, in blocks of any length."""

import csv
import warnings
from dataclasses import replace
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile as sf
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec, Window
from livegenre.features.statistics import STATISTICS_FEATURES, StatisticsExtractor
from tests.conftest import CLASSIC_SPEC as SPEC
from tests.conftest import DEMO, GTZAN

TOLERANCE = 1e-4
"""In units of each feature's spread between windows of music."""


def librosa_features(samples: FloatArray, sample_rate: int) -> NDArray[np.float64]:
    feature = librosa.feature
    rows = [
        feature.chroma_stft(y=samples, sr=sample_rate),
        feature.rms(y=samples),
        feature.spectral_centroid(y=samples, sr=sample_rate),
        feature.spectral_bandwidth(y=samples, sr=sample_rate),
        feature.spectral_rolloff(y=samples, sr=sample_rate),
        feature.zero_crossing_rate(samples),
        *feature.mfcc(y=samples, sr=sample_rate, n_mfcc=20),
    ]
    return np.array([statistic(row) for row in rows for statistic in (np.mean, np.var)])


def windows_of(samples: FloatArray, spec: FeatureSpec = SPEC) -> list[Window]:
    return list(StatisticsExtractor(spec).push(samples))


def samples_of(window: Window, samples: FloatArray) -> FloatArray:
    return samples[window.end - (window.n_frames - 1) * SPEC.hop_length : window.end]


def music(path: Path, seconds: float) -> FloatArray:
    samples, rate = sf.read(path, dtype="float32", always_2d=True)
    mono: FloatArray = soxr.resample(samples.mean(axis=1), rate, SPEC.sample_rate)
    return mono[: round(seconds * SPEC.sample_rate)]


def synthetic_music(seconds: float) -> FloatArray:
    """Mistuned chords that change, with noise bursts and fades."""
    rng = np.random.default_rng(7)
    time = np.arange(round(seconds * SPEC.sample_rate)) / SPEC.sample_rate
    samples = np.zeros_like(time)
    for start in np.arange(0.0, seconds, 0.4):
        age = time - start
        envelope = np.where(age >= 0.0, np.exp(-5.0 * np.maximum(age, 0.0)), 0.0)
        for note in rng.integers(30, 80, size=3):
            pitch_hz = 440.0 * 2.0 ** ((note - 69 + rng.uniform(-0.4, 0.4)) / 12.0)
            samples += 0.1 * envelope * np.sin(2.0 * np.pi * pitch_hz * time)
        samples += rng.uniform(0.001, 0.05) * envelope * rng.normal(size=len(time))
    return samples.astype(np.float32)


def assert_parity(clips: list[FloatArray], spec: FeatureSpec) -> None:
    actual, expected = [], []
    for clip in clips:
        for window in windows_of(clip, spec)[::3]:
            actual.append(window.features)
            expected.append(librosa_features(samples_of(window, clip), spec.sample_rate))
    assert len(actual) >= 10
    error = np.abs(np.array(actual) - np.array(expected)) / np.std(expected, axis=0)
    worst = dict(zip(STATISTICS_FEATURES, error.max(axis=0), strict=True))
    assert not {name: value for name, value in worst.items() if value > TOLERANCE}


def test_names_are_the_columns_of_the_published_tables() -> None:
    assert len(STATISTICS_FEATURES) == 52
    assert STATISTICS_FEATURES[:4] == (
        "chroma_stft_mean",
        "chroma_stft_var",
        "rms_mean",
        "rms_var",
    )
    assert STATISTICS_FEATURES[8:13] == (
        "rolloff_mean",
        "rolloff_var",
        "zero_crossing_rate_mean",
        "zero_crossing_rate_var",
        "mfcc1_mean",
    )
    assert STATISTICS_FEATURES[-1] == "mfcc20_var"


def test_parity_with_librosa_on_synthetic_music() -> None:
    assert_parity([synthetic_music(20.0)], SPEC)


def test_parity_with_librosa_on_the_demo() -> None:
    assert_parity([music(DEMO, seconds=30.0)], SPEC)


@pytest.mark.music
@pytest.mark.parametrize("window_frames", [44, 87, 130])
def test_parity_with_librosa_on_gtzan(window_frames: int) -> None:
    manifest = GTZAN / "manifest.csv"
    if not manifest.is_file():
        pytest.skip(f"no GTZAN music at {manifest.parent}")
    with manifest.open() as lines:
        long_clips = {
            row["genre"]: row for row in csv.DictReader(lines) if float(row["seconds"]) > 9
        }
    clips = [music(manifest.parent / row["path"], seconds=9.0) for row in long_clips.values()]
    assert len(clips) == 10
    assert_parity(clips, replace(SPEC, window_frames=window_frames))


@given(lengths=st.lists(st.integers(0, 30_000) | st.sampled_from([0, 1, 512]), max_size=12))
@settings(max_examples=20, deadline=None)
def test_stream_equals_batch_at_any_block_length(lengths: list[int]) -> None:
    samples = synthetic_music(5.0)
    extractor = StatisticsExtractor(SPEC)
    stream = [
        window
        for block in np.split(samples, np.minimum(np.cumsum(lengths, dtype=int), len(samples)))
        for window in extractor.push(block)
    ]
    batch = windows_of(samples)
    assert [w.end for w in stream] == [w.end for w in batch]
    for one, other in zip(stream, batch, strict=True):
        np.testing.assert_array_equal(one.features, other.features)
        assert (one.n_frames, one.level_dbfs) == (other.n_frames, other.level_dbfs)


@pytest.mark.parametrize("step_frames", [1, 3, 22, 60, 200])
def test_a_window_does_not_depend_on_the_windows_before_it(step_frames: int) -> None:
    samples = synthetic_music(7.0)
    spec = replace(SPEC, window_frames=87, min_frames=87, step_frames=step_frames)
    for window in windows_of(samples, spec)[:40]:
        (alone,) = windows_of(samples_of(window, samples), spec)
        np.testing.assert_allclose(window.features, alone.features, rtol=1e-4, atol=1e-6)


def test_reset_forgets_everything() -> None:
    extractor = StatisticsExtractor(SPEC)
    list(extractor.push(synthetic_music(4.3)[30_000:]))
    extractor.reset()
    samples = synthetic_music(4.0)
    again, fresh = list(extractor.push(samples)), windows_of(samples)
    assert [w.end for w in again] == [w.end for w in fresh]
    for one, other in zip(again, fresh, strict=True):
        np.testing.assert_array_equal(one.features, other.features)


def test_features_have_the_shape_that_is_announced() -> None:
    (window,) = windows_of(synthetic_music(1.0))
    assert window.features.shape == StatisticsExtractor(SPEC).feature_shape == (52,)
    assert window.features.dtype == np.float32


def second_of(name: str) -> FloatArray:
    n = SPEC.sample_rate
    time = np.arange(n) / n
    rng = np.random.default_rng(3)
    signals = {
        "sine": np.sin(2.0 * np.pi * 440.0 * time),
        "square": np.sign(np.sin(2.0 * np.pi * 441.0 * time + 0.01)),
        "silence": np.zeros(n),
        "constant": np.full(n, 0.5),
        "negative constant": np.full(n, -0.5),
        "impulse": np.eye(1, n, 5000)[0],
        "loud noise": 30.0 * rng.normal(size=n),
        "faint noise": 1e-7 * rng.normal(size=n),
        "nearly nothing": 1e-30 * rng.normal(size=n),
        "half silence": np.where(time < 0.5, 0.0, 0.3 * rng.normal(size=n)),
    }
    samples: FloatArray = signals[name].astype(np.float32)
    return samples


@pytest.mark.parametrize(
    "name",
    [
        "sine",
        "square",
        "silence",
        "constant",
        "negative constant",
        "impulse",
        "loud noise",
        "faint noise",
        "nearly nothing",
        "half silence",
    ],
)
def test_signals_that_are_no_music_agree_with_librosa(name: str) -> None:
    samples = second_of(name)
    (window,) = windows_of(samples)
    with warnings.catch_warnings():
        # librosa says that silence has no pitch; its answer is defined all the same.
        warnings.filterwarnings("ignore", message="Trying to estimate tuning")
        expected = librosa_features(samples_of(window, samples), SPEC.sample_rate)
    assert np.isfinite(window.features).all()
    np.testing.assert_allclose(window.features, expected, rtol=2e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "level_dbfs"),
    [("square", 0.0), ("sine", -3.01), ("silence", -120.0), ("constant", -6.02)],
)
def test_level_is_rms_below_full_scale(name: str, level_dbfs: float) -> None:
    (window,) = windows_of(second_of(name))
    assert window.level_dbfs == pytest.approx(level_dbfs, abs=0.02)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hop_length": 500}, "n_fft"),
        ({"hop_length": 2048}, "n_fft"),
        ({"min_frames": 4}, "min_frames"),
        ({"n_mels": 19}, "n_mels"),
        ({"n_mels": 1000}, "n_mels"),
    ],
)
def test_a_specification_that_cannot_be_met_is_refused(change: dict[str, int], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        StatisticsExtractor(replace(SPEC, **change))  # type: ignore[arg-type]
