"""Noise and rooms to train against: seeded, of the length and level of the music."""

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from tools.musicnn.degraded import DEGRADATIONS, MADE_RATE, babble, coloured, made_noise

RATE = 16_000


@pytest.fixture(scope="module")
def music() -> FloatArray:
    time = np.arange(2 * RATE) / RATE
    return (0.2 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


@pytest.mark.parametrize("kind", DEGRADATIONS)
@pytest.mark.parametrize("seed", range(4))
def test_length_stays_and_the_seed_decides(music: FloatArray, kind: str, seed: int) -> None:
    before = music.copy()
    heard, again, other = (
        DEGRADATIONS[kind](music, RATE, np.random.default_rng(n)) for n in (seed, seed, seed + 9)
    )
    assert heard.dtype == np.float32
    assert heard.shape == music.shape
    np.testing.assert_array_equal(heard, again)
    assert not np.array_equal(heard, other)
    np.testing.assert_array_equal(music, before)


@pytest.mark.parametrize("seed", range(4))
def test_a_room_keeps_the_level_and_noise_is_below_the_music(music: FloatArray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    level = np.sqrt(np.mean(music**2))
    room = DEGRADATIONS["room"](music, RATE, rng)
    assert np.sqrt(np.mean(room**2)) == pytest.approx(level, rel=1e-3)
    noise = DEGRADATIONS["noise"](music, RATE, rng) - music
    assert -18.1 < 20 * np.log10(np.sqrt(np.mean(noise**2)) / level) < -5.9


def test_colour_is_the_slope_of_the_power() -> None:
    spectrum = np.abs(np.fft.rfft(coloured(RATE * 20, RATE, 2.0, np.random.default_rng(0)))) ** 2
    low, high = (spectrum[20 * f : 20 * f + 400].mean() for f in (200, 2000))
    assert 10 * np.log10(low / high) == pytest.approx(20, abs=1.5)


@pytest.mark.parametrize("seed", range(20))
def test_made_noise_is_finite_and_heard(seed: int) -> None:
    noise = made_noise(np.random.default_rng(seed))
    assert np.isfinite(noise).all()
    assert len(noise) == 4 * MADE_RATE
    assert -56 < 20 * np.log10(np.sqrt(np.mean(noise**2))) < -9


@pytest.mark.parametrize("seed", range(5))
def test_a_crowd_is_made_of_its_voices_at_a_usual_level(seed: int) -> None:
    time = np.arange(RATE) / RATE
    voices = [np.sin(2 * np.pi * hertz * time).astype(np.float32) for hertz in (300, 1_000)]
    crowd = babble(voices, np.random.default_rng(seed))
    assert len(crowd) == 4 * MADE_RATE
    assert -40.1 < 20 * np.log10(np.sqrt(np.mean(crowd**2))) < -9.9
    power = np.abs(np.fft.rfft(crowd)) ** 2
    hertz = np.fft.rfftfreq(len(crowd), 1 / RATE)
    near = [abs(hertz - voice) < 0.25 * voice for voice in (300, 1_000)]
    assert power[near[0] | near[1]].sum() > 0.99 * power.sum()
