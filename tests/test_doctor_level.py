import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.doctor.level import (
    clipped_share,
    dc_offset,
    level_dbfs,
    longest_zeros_seconds,
    noise_floor_dbfs,
    peak_dbfs,
)

RATE = 44_100
gains = st.floats(min_value=0.05, max_value=0.9)


def tone(hz: float, amplitude: float, seconds: float = 1.0) -> FloatArray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def music_like(seconds: float = 2.0) -> FloatArray:
    """Noise that swells and fades, its peak at 1."""
    samples = np.random.default_rng(1).standard_normal(round(seconds * RATE))
    samples *= np.linspace(0.01, 1, len(samples))
    return np.asarray(samples / np.abs(samples).max(), np.float32)


def test_full_scale_square_wave_is_0_dbfs_and_a_sine_3_below() -> None:
    assert level_dbfs(np.sign(tone(100, 1) + 1e-9)) == pytest.approx(0)
    assert level_dbfs(tone(1000, 1)) == pytest.approx(-3.01, abs=0.01)
    assert peak_dbfs(tone(997, 0.5)) == pytest.approx(-6.02, abs=0.01)


def test_silence_is_120_below() -> None:
    silence = np.zeros(RATE, np.float32)
    assert level_dbfs(silence) == peak_dbfs(silence) == noise_floor_dbfs(silence, RATE) == -120


@given(gains)
def test_levels_follow_the_gain(gain: float) -> None:
    samples = music_like()
    louder = 20 * np.log10(gain)
    for measure in (
        level_dbfs,
        peak_dbfs,
        lambda samples: noise_floor_dbfs(samples, RATE),
    ):
        assert measure(gain * samples) == pytest.approx(measure(samples) + louder, abs=0.01)


def test_noise_floor_is_what_is_left_between_the_notes() -> None:
    samples = 0.001 * np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
    samples[:RATE] += tone(440, 0.5)
    assert noise_floor_dbfs(samples, RATE) == pytest.approx(-60, abs=1)
    assert level_dbfs(samples) > -13


def test_sound_shorter_than_a_frame_has_a_noise_floor() -> None:
    assert noise_floor_dbfs(tone(440, 0.5, 0.01), RATE) == pytest.approx(-9, abs=0.5)


def test_samples_at_full_scale_are_clipped() -> None:
    samples = music_like() * 0.5
    samples[100:200] = -1
    assert clipped_share(samples) == pytest.approx(100 / len(samples), rel=0.05)


@given(gains, st.floats(min_value=0.3, max_value=0.9))
def test_flat_tops_are_clipped_however_low_they_lie(gain: float, ceiling: float) -> None:
    samples = tone(97.3, 1)
    clipped = gain * np.clip(samples, -ceiling, ceiling)
    assert clipped_share(clipped) > 0.5 * np.mean(np.abs(samples) > ceiling)


@given(gains, st.floats(min_value=50, max_value=5_000))
def test_neither_a_sine_nor_noise_has_flat_tops(gain: float, hz: float) -> None:
    assert clipped_share(gain * tone(hz, 1)) == 0
    assert clipped_share(gain * music_like()) == 0


@given(st.floats(min_value=1e-4, max_value=0.1))
def test_coarse_steps_of_a_converter_are_no_flat_tops(amplitude: float) -> None:
    samples = np.round(tone(97.3, amplitude) * 32_768) / 32_768
    assert clipped_share(samples.astype(np.float32)) == 0


@given(st.floats(min_value=-0.5, max_value=0.5))
def test_offset_is_found_whatever_the_sound(offset: float) -> None:
    samples = tone(100, 0.3) + np.float32(offset)
    assert dc_offset(samples) == pytest.approx(offset, abs=1e-5)


def test_longest_run_of_zeros_is_found_at_both_ends_and_within() -> None:
    samples = np.ones(10 * 100, np.float32)
    assert longest_zeros_seconds(samples, 100) == 0
    samples[:50] = samples[300:400] = samples[-70:] = 0
    assert longest_zeros_seconds(samples, 100) == 1.0
    assert longest_zeros_seconds(np.zeros(250, np.float32), 100) == 2.5
