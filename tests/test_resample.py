import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.resample import Resampler

RATES = [(44_100, 22_050), (48_000, 22_050), (44_100, 16_000), (8_000, 22_050), (44_101, 22_050)]
NOISE: FloatArray = np.random.default_rng(1).standard_normal(20_000, np.float32) * np.float32(0.2)


def resample_in_blocks(resampler: Resampler, samples: FloatArray, sizes: list[int]) -> FloatArray:
    converted, start = [], 0
    while start < len(samples):
        for size in sizes:
            converted.append(resampler.push(samples[start : start + size]))
            start += size
    return np.concatenate([*converted, resampler.flush()])


@pytest.mark.parametrize(("source_rate", "target_rate"), RATES)
@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(0, 5_000), min_size=1, max_size=6).filter(any))
def test_blocks_of_any_size_give_what_one_call_of_soxr_gives(
    source_rate: int, target_rate: int, sizes: list[int]
) -> None:
    whole = soxr.resample(NOISE, source_rate, target_rate, quality="HQ")
    resampler = Resampler(source_rate, target_rate)
    np.testing.assert_array_equal(resample_in_blocks(resampler, NOISE, sizes), whole)


@pytest.mark.parametrize(("source_rate", "target_rate"), RATES)
@pytest.mark.parametrize("n", [0, 1, 2, 999, 12_345])
def test_the_length_is_right_to_the_nearest_sample(
    source_rate: int, target_rate: int, n: int
) -> None:
    converted = resample_in_blocks(Resampler(source_rate, target_rate), NOISE[:n], [1_024])
    assert abs(len(converted) - n * target_rate / source_rate) <= 0.5


def test_a_block_of_one_sample_at_a_time() -> None:
    whole = soxr.resample(NOISE[:3_000], 48_000, 22_050, quality="HQ")
    converted = resample_in_blocks(Resampler(48_000, 22_050), NOISE[:3_000], [1, 0])
    np.testing.assert_array_equal(converted, whole)


def test_a_late_click_is_where_it_was() -> None:
    seconds = 300
    resampler = Resampler(48_000, 22_050)
    silence, click = np.zeros(48_000, np.float32), np.zeros(48_000, np.float32)
    click[0] = 1.0
    converted = [resampler.push(silence) for _ in range(seconds)]
    sound = np.concatenate([*converted, resampler.push(click), resampler.flush()])
    assert len(sound) == (seconds + 1) * 22_050
    assert np.argmax(sound) == seconds * 22_050


def test_equal_rates_pass_through_untouched() -> None:
    resampler = Resampler(22_050, 22_050)
    assert resampler.push(NOISE) is NOISE
    assert len(resampler.flush()) == 0


@pytest.mark.parametrize("how", ["reset", "flush"])
def test_nothing_is_left_of_the_sound_before(how: str) -> None:
    resampler = Resampler(44_100, 16_000)
    fresh = resample_in_blocks(resampler, NOISE, [700])
    resampler.push(NOISE[5_000:9_001])
    getattr(resampler, how)()
    np.testing.assert_array_equal(resample_in_blocks(resampler, NOISE, [700]), fresh)


def test_a_tone_above_the_new_half_rate_is_removed() -> None:
    tone = np.sin(2 * np.pi * 12_000 * np.arange(48_000) / 48_000).astype(np.float32)
    converted = resample_in_blocks(Resampler(48_000, 22_050), tone, [1_024])
    assert np.abs(converted[2_000:-2_000]).max() < 1e-5


def test_the_output_is_float32() -> None:
    assert Resampler(48_000, 22_050).push(NOISE).dtype == np.float32


@pytest.mark.parametrize(("source_rate", "target_rate"), [(0, 22_050), (44_100, 0), (-1, 5)])
def test_a_rate_must_be_positive(source_rate: int, target_rate: int) -> None:
    with pytest.raises(ValueError, match="Hz"):
        Resampler(source_rate, target_rate)
