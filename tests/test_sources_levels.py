"""Clipping is counted, an offset goes, gain is applied; block sizes change nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.sources.levels import DcRemoval, LevelledSource
from livegenre.verify import Recording

RATE = 8_000


def hear(source: LevelledSource, n: int = 500) -> FloatArray:
    blocks = []
    while (block := source.read(n)) is not None:
        blocks.append(block)
    return np.concatenate(blocks)


def levelled(samples: FloatArray, **options: float) -> LevelledSource:
    return LevelledSource(Recording(samples, RATE, "sound"), **options)  # type: ignore[arg-type]


def sine(hertz: float, seconds: float, rate: int) -> FloatArray:
    time = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def noise(n: int) -> FloatArray:
    return np.random.default_rng(1).uniform(-0.9, 0.9, n).astype(np.float32)


def test_unless_asked_every_bit_stays() -> None:
    samples = noise(3_000)
    np.testing.assert_array_equal(hear(levelled(samples)), samples)


@pytest.mark.parametrize(("decibels", "factor"), [(-60, 0.001), (-6, 0.501187), (20, 10.0)])
def test_gain_is_in_decibels(decibels: float, factor: float) -> None:
    samples = noise(3_000)
    heard = hear(levelled(samples, gain_db=decibels))
    np.testing.assert_allclose(heard, factor * samples, rtol=1e-5)
    assert heard.dtype == np.float32


def test_clipped_samples_are_counted_before_the_gain_and_the_offset() -> None:
    samples = np.full(4_000, 0.9, np.float32)
    samples[[10, 11, 1_999]] = 1.0, -1.2, 32_767 / 32_768
    source = levelled(samples, gain_db=20.0, remove_dc=True)
    assert source.seconds_since_clip == np.inf
    hear(source)
    assert source.clipping.samples == 3
    assert source.seconds_since_clip == pytest.approx(0.25)


@pytest.mark.parametrize("n", [1, 37, 500, 4_000])
def test_tenths_of_a_second_that_are_clipped_are_counted_once(n: int) -> None:
    samples = np.zeros(4_000, np.float32)
    samples[[0, 1, 799, 800, 2_500, 3_999]] = 1.0
    source = levelled(samples)
    hear(source, n)
    assert source.clipping.tenths == 4


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_offset_goes_and_20_hertz_stays_within_a_tenth_of_a_decibel(rate: int) -> None:
    tone = sine(20.0, 2.0, rate)
    heard = DcRemoval(rate).push(tone + np.float32(0.25))[rate:]
    assert abs(heard.mean()) < 1e-4
    level = 20 * np.log10(np.sqrt(np.mean(heard**2) / np.mean(tone[rate:] ** 2)))
    assert -0.1 < level < 0


def test_offset_alone_is_60_db_down_after_55_hundredths_of_a_second() -> None:
    heard = DcRemoval(RATE).push(np.ones(RATE, np.float32))
    assert abs(heard[round(0.55 * RATE)]) < 1e-3
    assert np.all(np.diff(np.abs(heard)) <= 0)


def test_definition_is_met() -> None:
    samples = noise(5_000)
    ratio, mean = np.exp(-2 * np.pi * 2.0 / RATE), 0.0
    expected = np.empty(5_000)
    for k, sample in enumerate(samples.astype(np.float64)):
        mean = ratio * mean + (1 - ratio) * sample
        expected[k] = sample - mean
    np.testing.assert_allclose(DcRemoval(RATE).push(samples), expected, atol=1e-6)


@given(lengths=st.lists(st.integers(0, 3_000), max_size=20))
def test_block_sizes_change_not_a_bit(lengths: list[int]) -> None:
    samples = noise(sum(lengths))
    pieces, whole = DcRemoval(RATE), DcRemoval(RATE)
    heard = [pieces.push(piece) for piece in np.split(samples, np.cumsum(lengths, dtype=int))]
    np.testing.assert_array_equal(np.concatenate(heard), whole.push(samples))
