"""The meter against closed forms."""

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.screen.meter import FLOOR_DBFS, Meter

RATES = (8_000, 22_050, 44_100, 48_000, 192_000)


def sine(rate: int, hertz: float, dbfs: float, seconds: float = 0.5) -> FloatArray:
    time = np.arange(int(seconds * rate)) / rate
    return (10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def band_of(hertz: float, n_bands: int) -> int:
    return int(np.log(hertz / 50) / np.log(200) * n_bands)


@pytest.mark.parametrize("rate", RATES)
def test_a_sine_reads_3_db_below_its_peak(rate: int) -> None:
    meter = Meter(rate)
    meter.push(sine(rate, 440, -6.02))
    levels = meter.levels()
    assert levels.rms_dbfs == pytest.approx(-6.02 - 3.01, abs=0.02)
    assert levels.peak_dbfs == pytest.approx(-6.02, abs=0.02)


def test_nothing_heard_reads_the_floor() -> None:
    levels = Meter(44_100).levels()
    assert levels.rms_dbfs == levels.peak_dbfs == FLOOR_DBFS


def test_the_peak_is_held_and_then_falls_20_db_in_a_second_of_sound() -> None:
    meter = Meter(1_000)
    meter.push(np.array([0.5], dtype=np.float32))
    for _ in range(15):
        meter.push(np.zeros(100, dtype=np.float32))
    assert meter.levels().peak_dbfs == pytest.approx(-6.02, abs=0.01)
    for _ in range(10):
        meter.push(np.zeros(100, dtype=np.float32))
    assert meter.levels().peak_dbfs == pytest.approx(-26.02, abs=0.01)
    meter.push(np.array([0.25], dtype=np.float32))
    assert meter.levels().peak_dbfs == pytest.approx(-12.04, abs=0.01)


def test_a_step_keeps_the_loudest_moment_of_each_band() -> None:
    meter = Meter(44_100)
    meter.push(sine(44_100, 2_000, -6, seconds=0.2))
    meter.push(np.zeros(22_050, np.float32))
    bands = meter.step_bands(64)
    assert bands.dtype == np.int8
    assert abs(int(bands.argmax()) - band_of(2_000, 64)) <= 1
    assert -8 <= bands.max() <= -6
    meter.push(np.zeros(22_050, np.float32))
    assert (meter.step_bands(64) == FLOOR_DBFS).all()


def test_a_step_without_a_new_frame_repeats_the_last_one() -> None:
    meter = Meter(44_100)
    meter.push(sine(44_100, 440, -20))
    first = meter.step_bands(64)
    meter.push(np.zeros(100, np.float32))
    np.testing.assert_array_equal(meter.step_bands(64), first)


def test_the_loudest_bands_do_not_depend_on_the_size_of_blocks() -> None:
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.1, 44_100).astype(np.float32)
    whole, pieces = Meter(44_100), Meter(44_100)
    whole.push(sound)
    for piece in np.split(sound, np.sort(rng.integers(0, len(sound), 40))):
        pieces.push(piece)
    np.testing.assert_array_equal(pieces.step_bands(64), whole.step_bands(64))


def test_the_size_of_blocks_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    sound = sine(44_100, 440, -10) + rng.normal(0, 0.01, 22_050).astype(np.float32)
    whole, pieces = Meter(44_100), Meter(44_100)
    whole.push(sound)
    for piece in np.split(sound, np.sort(rng.integers(0, len(sound), 40))):
        pieces.push(piece)
    assert pieces.levels().rms_dbfs == whole.levels().rms_dbfs
    np.testing.assert_array_equal(pieces.spectrum_dbfs(64), whole.spectrum_dbfs(64))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hertz", [110.0, 440.0, 3_000.0])
@pytest.mark.parametrize("n_bands", [30, 73, 194])
def test_a_sine_lights_its_band_at_its_level(rate: int, hertz: float, n_bands: int) -> None:
    meter = Meter(rate)
    meter.push(sine(rate, hertz, -6))
    bands = meter.spectrum_dbfs(n_bands)
    assert abs(int(bands.argmax()) - band_of(hertz, n_bands)) <= 1
    # Between two bins a Hann taper loses 1.42 dB; interpolation in narrow bands loses as much.
    assert -6 - 3 < bands.max() < -6 + 0.1


def test_away_from_a_sine_the_spectrum_is_dark() -> None:
    meter = Meter(44_100)
    meter.push(sine(44_100, 440, 0))
    bands = meter.spectrum_dbfs(113)
    assert bands[band_of(2_000, 113) :].max() < -60


def test_above_half_the_sample_rate_the_spectrum_is_at_the_floor() -> None:
    meter = Meter(8_000)
    meter.push(np.random.default_rng(0).normal(0, 0.1, 8_000).astype(np.float32))
    bands = meter.spectrum_dbfs(100)
    assert (bands[band_of(4_000, 100) + 1 :] == FLOOR_DBFS).all()
    assert (bands[: band_of(4_000, 100)] > FLOOR_DBFS).all()


@pytest.mark.parametrize("rate", [1, 768_000])
def test_odd_rates_are_measured_too(rate: int) -> None:
    meter = Meter(rate)
    meter.push(np.full(10, 0.5, dtype=np.float32))
    assert np.isfinite(meter.levels().rms_dbfs)
    assert np.isfinite(meter.spectrum_dbfs(40)).all()


def test_what_is_not_finite_counts_as_silence() -> None:
    meter = Meter(44_100)
    meter.push(np.array([np.nan, np.inf, -np.inf] * 5_000, dtype=np.float32))
    assert meter.levels().peak_dbfs == FLOOR_DBFS
    assert (meter.spectrum_dbfs(10) == FLOOR_DBFS).all()
