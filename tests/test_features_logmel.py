"""Log-mel patches equal librosa's on each window's samples, in blocks of any length."""

from dataclasses import replace

import librosa
import numpy as np
import pytest
import soundfile as sf
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec, Window
from livegenre.features.logmel import LogMelExtractor
from tests.conftest import DEMO

SPEC = FeatureSpec(
    extractor="logmel",
    sample_rate=16_000,
    n_fft=512,
    hop_length=256,
    n_mels=96,
    window_frames=187,
    min_frames=62,
    step_frames=31,
)
TOLERANCE = 1e-5
NOISE = 0.1 * np.random.default_rng(4).normal(size=5 * SPEC.sample_rate).astype(np.float32)


def windows_of(samples: FloatArray, spec: FeatureSpec = SPEC) -> list[Window]:
    return list(LogMelExtractor(spec).push(samples))


def samples_of(window: Window, samples: FloatArray) -> FloatArray:
    n_samples = (window.n_frames - 1) * SPEC.hop_length + SPEC.n_fft
    return samples[window.end - n_samples : window.end]


def librosa_patch(samples: FloatArray) -> FloatArray:
    mel = librosa.feature.melspectrogram(
        y=samples,
        sr=SPEC.sample_rate,
        n_fft=SPEC.n_fft,
        hop_length=SPEC.hop_length,
        n_mels=SPEC.n_mels,
        center=False,
    )
    patch: FloatArray = np.log10(1 + 10_000 * mel).T
    return patch


def assert_parity(samples: FloatArray) -> None:
    windows = windows_of(samples)
    assert windows
    for window in windows:
        expected = librosa_patch(samples_of(window, samples))
        np.testing.assert_allclose(window.features, expected, rtol=0, atol=TOLERANCE)


def assert_equal(some: list[Window], others: list[Window]) -> None:
    assert [w.end for w in some] == [w.end for w in others]
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one.features, other.features)
        assert (one.n_frames, one.level_dbfs) == (other.n_frames, other.level_dbfs)


def test_parity_with_librosa_on_the_demo() -> None:
    samples, rate = sf.read(DEMO, dtype="float32", always_2d=True)
    assert_parity(soxr.resample(samples.mean(axis=1), rate, SPEC.sample_rate))


def sound(name: str) -> FloatArray:
    time = np.arange(len(NOISE)) / SPEC.sample_rate
    signals = {
        "silence": np.zeros_like(time),
        "sine": np.sin(2.0 * np.pi * 440.0 * time),
        "square": np.sign(np.sin(2.0 * np.pi * 441.0 * time + 0.01)),
        "constant": np.full_like(time, 0.5),
        "impulse": np.eye(1, len(time), 5000)[0],
        "noise": NOISE,
        "loud noise": 300.0 * NOISE,
        "faint noise": 1e-6 * NOISE,
        "nearly nothing": 1e-29 * NOISE,
        "half silence": np.where(time < 2.0, 0.0, NOISE),
    }
    samples: FloatArray = signals[name].astype(np.float32)
    return samples


@pytest.mark.parametrize(
    "name",
    [
        "silence",
        "sine",
        "square",
        "constant",
        "impulse",
        "noise",
        "loud noise",
        "faint noise",
        "nearly nothing",
        "half silence",
    ],
)
def test_parity_with_librosa_on_made_signals(name: str) -> None:
    assert_parity(sound(name))


def test_silence_is_zero() -> None:
    assert not any(window.features.any() for window in windows_of(sound("silence")))


def test_windows_grow_by_a_step_and_then_slide() -> None:
    windows = windows_of(NOISE)
    assert [w.n_frames for w in windows] == [62, 93, 124, 155, 186, 187, 187, 187, 187]
    assert [w.end for w in windows] == [16_128 + step * 31 * 256 for step in range(9)]


def test_no_window_comes_before_its_last_sample() -> None:
    extractor = LogMelExtractor(SPEC)
    assert not list(extractor.push(NOISE[:16_127]))
    assert len(list(extractor.push(NOISE[16_127:16_128]))) == 1


def test_early_patches_are_as_long_as_their_windows() -> None:
    extractor = LogMelExtractor(SPEC)
    assert extractor.feature_shape == (None, 96)
    for window in extractor.push(NOISE):
        assert window.features.shape == (window.n_frames, 96)
        assert window.features.dtype == np.float32
        assert window.features.flags.c_contiguous


def test_patches_outlive_the_windows_after_them() -> None:
    kept = [(w.features, w.features.copy()) for w in LogMelExtractor(SPEC).push(NOISE)]
    for patch, then in kept:
        np.testing.assert_array_equal(patch, then)


def test_patches_cannot_be_written_as_the_next_is_made_of_them() -> None:
    window = windows_of(NOISE)[0]
    with pytest.raises(ValueError, match="read-only"):
        window.features[0, 0] = 1.0


def test_a_frame_is_the_same_in_every_window_that_holds_it() -> None:
    *_, one, other = windows_of(NOISE)
    np.testing.assert_array_equal(one.features[31:], other.features[:-31])


@given(lengths=st.lists(st.integers(0, 20_000) | st.sampled_from([0, 1, 256]), max_size=12))
@settings(max_examples=25, deadline=None)
def test_stream_equals_batch_at_any_block_length(lengths: list[int]) -> None:
    extractor = LogMelExtractor(SPEC)
    blocks = np.split(NOISE, np.minimum(np.cumsum(lengths, dtype=int), len(NOISE)))
    stream = [window for block in blocks for window in extractor.push(block)]
    assert_equal(stream, windows_of(NOISE))


@pytest.mark.parametrize("step_frames", [1, 40, 62, 63, 100])
def test_a_window_does_not_depend_on_the_windows_before_it(step_frames: int) -> None:
    spec = replace(SPEC, window_frames=62, step_frames=step_frames)
    for window in windows_of(NOISE, spec)[:20]:
        (alone,) = windows_of(samples_of(window, NOISE), spec)
        np.testing.assert_allclose(window.features, alone.features, rtol=0, atol=1e-6)
        assert window.level_dbfs == alone.level_dbfs


def test_reset_forgets_everything() -> None:
    extractor = LogMelExtractor(SPEC)
    list(extractor.push(NOISE[::-1][:70_001]))
    extractor.reset()
    assert_equal(list(extractor.push(NOISE)), windows_of(NOISE))


@pytest.mark.parametrize(
    ("name", "level_dbfs"),
    [("square", 0.0), ("sine", -3.01), ("silence", -120.0), ("constant", -6.02)],
)
def test_level_is_rms_below_full_scale(name: str, level_dbfs: float) -> None:
    for window in windows_of(sound(name)):
        assert window.level_dbfs == pytest.approx(level_dbfs, abs=0.02)


def test_level_is_of_the_windows_samples_alone() -> None:
    samples = np.zeros_like(NOISE)
    samples[16_128 + 31 * 256 :] = 0.5
    levels = [window.level_dbfs for window in windows_of(samples)]
    assert levels[:2] == [-120.0, -120.0]
    assert levels[2] == pytest.approx(20.0 * np.log10(0.5 * np.sqrt(31 / 125)), abs=0.01)
    assert levels[-1] == pytest.approx(20.0 * np.log10(0.5), abs=0.01)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"hop_length": 200}, "n_fft"), ({"hop_length": 1024}, "n_fft"), ({"n_mels": 400}, "n_mels")],
)
def test_a_specification_that_cannot_be_met_is_refused(change: dict[str, int], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        LogMelExtractor(replace(SPEC, **change))  # type: ignore[arg-type]
