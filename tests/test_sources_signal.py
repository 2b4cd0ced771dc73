import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.signal import SAMPLE_RATE, SignalDecoder, is_signal

SPECS = ["tone:220", "tone:440.5", "sweep", "noise:pink", "noise:white", "silence"]


def signal(spec: str, n: int, *, start_seconds: float = 0.0) -> FloatArray:
    return SignalDecoder(spec, start_seconds=start_seconds).read(n)[:, 0]


@pytest.mark.parametrize("spec", SPECS)
@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(0, 3_000), min_size=1, max_size=8))
def test_a_signal_is_the_same_at_any_block_size(spec: str, sizes: list[int]) -> None:
    decoder = SignalDecoder(spec)
    blocks = np.concatenate([decoder.read(size)[:, 0] for size in sizes])
    np.testing.assert_array_equal(blocks, signal(spec, sum(sizes)))


@pytest.mark.parametrize("spec", SPECS)
def test_start_skips_the_beginning(spec: str) -> None:
    later = signal(spec, 1_000, start_seconds=0.5)
    np.testing.assert_array_equal(later, signal(spec, 30_000)[22_050:23_050])


@pytest.mark.parametrize("spec", SPECS)
def test_a_signal_is_finite_and_within_full_scale(spec: str) -> None:
    samples = signal(spec, 2 * SAMPLE_RATE)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1.0


def test_a_tone_has_its_frequency_and_level() -> None:
    spectrum = np.abs(np.fft.rfft(signal("tone:220", SAMPLE_RATE)))
    assert np.argmax(spectrum) == 220
    assert spectrum[220] / (SAMPLE_RATE / 2) == pytest.approx(0.5, abs=1e-4)


def test_a_tone_is_still_pure_after_a_day() -> None:
    spectrum = np.abs(np.fft.rfft(signal("tone:220", SAMPLE_RATE, start_seconds=86_400)))
    assert np.argmax(spectrum) == 220
    assert np.delete(spectrum, 220).max() < 1e-3 * spectrum[220]


def test_a_sweep_rises_and_begins_again_without_a_jump() -> None:
    samples = signal("sweep", 20 * SAMPLE_RATE)
    peaks_hz = [
        int(np.argmax(np.abs(np.fft.rfft(samples[k * SAMPLE_RATE : (k + 1) * SAMPLE_RATE]))))
        for k in range(10)
    ]
    assert peaks_hz == sorted(set(peaks_hz))
    around = samples[10 * SAMPLE_RATE - 1 : 10 * SAMPLE_RATE + 50]
    steepest_at_20_khz = 2 * math.pi * 20_000 / SAMPLE_RATE * 0.5
    assert np.abs(np.diff(around)[0]) <= steepest_at_20_khz
    assert np.abs(np.diff(around)[1:]).max() < 0.01


@pytest.mark.parametrize(("spec", "slope_db"), [("noise:white", 0.0), ("noise:pink", -3.0)])
def test_noise_falls_by_so_much_an_octave(spec: str, slope_db: float) -> None:
    power = np.abs(np.fft.rfft(signal(spec, 1 << 19))) ** 2
    octaves = [power[1 << k : 2 << k].mean() for k in range(8, 17)]
    slopes = np.diff(10 * np.log10(octaves))
    np.testing.assert_allclose(slopes, slope_db, atol=0.7)


def test_noise_repeats_after_twelve_seconds() -> None:
    samples = signal("noise:white", 1 << 20)
    np.testing.assert_array_equal(samples[: 1 << 19], samples[1 << 19 :])
    assert not np.array_equal(samples[:SAMPLE_RATE], samples[SAMPLE_RATE : 2 * SAMPLE_RATE])


def test_silence_is_zero() -> None:
    assert not signal("silence", 1_000).any()


def test_a_signal_ends_only_where_a_duration_says() -> None:
    options = ReplayOptions(spec="tone:220", duration_seconds=0.1, speed=math.inf)
    with open_source(options) as source:
        assert source.duration_seconds == pytest.approx(0.1)
        assert source.name == "tone:220"
        block = source.read(10_000)
        assert block is not None
        assert len(block) == 4_410
        assert source.read(1) is None
        assert source.state == "ended"


@pytest.mark.parametrize("spec", [*SPECS, "tone:", "noise:brown", "tone"])
def test_a_signal_is_told_from_a_file_by_its_first_word(spec: str) -> None:
    assert is_signal(spec)


@pytest.mark.parametrize("spec", ["song.wav", "./silence", "tones.wav", "-", "C:\\sweep", ""])
def test_all_else_is_a_file(spec: str) -> None:
    assert not is_signal(spec)


@pytest.mark.parametrize(
    "spec", ["tone", "tone:", "tone:high", "tone:-5", "tone:nan", "noise", "noise:brown", "sweep:1"]
)
def test_a_wrong_specification_lists_the_right_ones(spec: str) -> None:
    with pytest.raises(FileError, match=r"tone:HZ, sweep, noise:pink, noise:white or silence"):
        SignalDecoder(spec)


@pytest.mark.parametrize("spec", ["tone:0", "tone:22050", "tone:1e9", "tone:0.5"])
def test_a_tone_must_be_one_that_the_rate_can_carry(spec: str) -> None:
    with pytest.raises(FileError, match="tone"):
        SignalDecoder(spec)
