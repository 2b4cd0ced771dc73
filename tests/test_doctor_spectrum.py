import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.doctor.level import level_dbfs
from livegenre.doctor.spectrum import (
    N_BANDS,
    band_edges_hz,
    band_limit_hz,
    hum,
    long_term_bands_db,
    mean_spectrum,
)

RATES = (8_000, 16_000, 22_050, 44_100, 48_000, 96_000)
gains = st.floats(min_value=0.01, max_value=1.0)


def noise(rate: int, seconds: float = 3.0) -> NDArray[np.float64]:
    return 0.1 * np.random.default_rng(0).standard_normal(round(seconds * rate))


def tones(rate: int, *pairs: tuple[float, float], seconds: float = 3.0) -> NDArray[np.float64]:
    """Return sines of given Hz and amplitude."""
    time = np.arange(round(seconds * rate)) / rate
    return np.asarray(sum(a * np.sin(2 * np.pi * hz * time + hz) for hz, a in pairs))


def up_to(limit_hz: float, rate: int) -> FloatArray:
    """Return noise with nothing above a frequency but what 16 bits leave."""
    spectrum = np.fft.rfft(noise(rate))
    spectrum[np.fft.rfftfreq(3 * rate, 1 / rate) > limit_hz] = 0
    samples = np.fft.irfft(spectrum) + np.random.default_rng(1).uniform(-0.5, 0.5, 3 * rate) / 2**15
    return samples.astype(np.float32)


@pytest.mark.parametrize("length", [64, 1_001, 44_100])
def test_power_spectra_hold_the_power_of_the_sound(length: int) -> None:
    samples = noise(44_100).astype(np.float32)
    total = mean_spectrum(samples, length).sum()
    assert 10 * np.log10(total) == pytest.approx(level_dbfs(samples), abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("mains", [50, 60])
def test_hum_is_found_under_noise(mains: int, rate: int) -> None:
    lines = tones(rate, (mains, 0.01), (2 * mains, 0.02), (3 * mains, 0.01))
    found = hum((0.1 * noise(rate) + lines).astype(np.float32), rate)
    assert found is not None
    assert found[0] == mains
    assert found[1] == pytest.approx(level_dbfs(lines.astype(np.float32)), abs=1.5)


def test_mains_that_are_a_little_off_still_hum() -> None:
    lines = tones(48_000, (50.1, 0.01), (150.3, 0.01), (250.5, 0.01))
    found = hum((0.1 * noise(48_000) + lines).astype(np.float32), 48_000)
    assert found is not None
    assert found[0] == 50


@given(gains)
def test_hum_follows_the_gain(gain: float) -> None:
    samples = 0.1 * noise(8_000) + tones(8_000, (60, 0.05), (120, 0.05))
    louder, softer = (hum(s.astype(np.float32), 8_000) for s in (samples, gain * samples))
    assert louder is not None
    assert softer is not None
    assert softer[0] == louder[0]
    assert softer[1] == pytest.approx(louder[1] + 20 * np.log10(gain), abs=0.01)


def test_notes_that_come_and_go_do_not_hum() -> None:
    bass = tones(44_100, (50, 0.2), (100, 0.2), (150, 0.1))
    bass[44_100:] = 0
    assert hum((0.01 * noise(44_100) + bass).astype(np.float32), 44_100) is None
    assert hum(tones(44_100, (440, 0.5), (880, 0.2)).astype(np.float32), 44_100) is None
    assert hum(noise(44_100).astype(np.float32), 44_100) is None


def test_less_than_a_second_tells_no_hum() -> None:
    assert hum(tones(8_000, (50, 0.1), (100, 0.1), seconds=0.9).astype(np.float32), 8_000) is None


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("limit_hz", [3_400, 4_000, 7_000, 8_000, 15_000])
def test_band_limit_is_found(limit_hz: float, rate: int) -> None:
    assert band_limit_hz(up_to(limit_hz, rate), rate) == pytest.approx(limit_hz, rel=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_full_spectra_end_at_half_the_rate(rate: int) -> None:
    white = noise(rate).astype(np.float32)
    brown = np.cumsum(white) - np.linspace(0, white.sum(), len(white))
    assert band_limit_hz(white, rate) == rate / 2
    assert band_limit_hz((brown / np.abs(brown).max()).astype(np.float32), rate) == rate / 2


@given(gains)
def test_band_limit_does_not_depend_on_the_gain(gain: float) -> None:
    samples = up_to(4_000, 16_000)
    assert band_limit_hz(gain * samples, 16_000) == band_limit_hz(samples, 16_000)


def test_bands_are_equally_wide_in_mel_up_to_8_khz() -> None:
    edges = band_edges_hz()
    assert len(edges) == N_BANDS + 1
    assert edges[0] == 0
    assert edges[-1] == pytest.approx(8_000)
    np.testing.assert_allclose(np.diff(np.log(1 + edges / 700)), np.log(1 + 8_000 / 700) / N_BANDS)


@pytest.mark.parametrize("hz", [440.0, 1_000.0, 5_000.0])
def test_a_sine_lights_its_own_band(hz: float) -> None:
    bands = long_term_bands_db(tones(44_100, (hz, 0.5)).astype(np.float32), 44_100)
    edges = band_edges_hz()
    band = int(np.argmax(bands))
    assert edges[band] <= hz < edges[band + 1]


@given(gains)
def test_bands_do_not_depend_on_the_gain(gain: float) -> None:
    samples = noise(16_000).astype(np.float32)
    expected = long_term_bands_db(samples, 16_000)
    assert expected.mean() == pytest.approx(0)
    np.testing.assert_allclose(long_term_bands_db(gain * samples, 16_000), expected, atol=1e-3)


def test_bands_hardly_depend_on_the_rate_and_end_with_it() -> None:
    comb = [(float(hz), 0.01) for hz in range(50, 3_900, 50)]
    low, high = (
        long_term_bands_db(tones(rate, *comb).astype(np.float32), rate) for rate in (16_000, 48_000)
    )
    np.testing.assert_allclose(low[:17], high[:17], atol=1)
    telephone = long_term_bands_db(noise(8_000).astype(np.float32), 8_000)
    assert np.isnan(telephone[band_edges_hz()[1:] > 4_000]).all()
    assert np.isfinite(telephone[band_edges_hz()[1:] <= 4_000]).all()
