"""The spectrum that pages are told: copied on one thread, measured on another."""

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.outputs.web.bands import N_BANDS, Bands
from livegenre.screen import Meter

RATE = 44_100


def tone(hz: float, seconds: float = 0.2) -> FloatArray:
    phase = 2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE
    return np.sin(phase).astype(np.float32)


def test_a_tone_lights_its_band() -> None:
    bands = Bands(RATE, Meter)
    bands.hear(tone(1_000))
    levels = bands.newest()
    assert levels is not None
    expected = int(N_BANDS * np.log(1_000 / 50) / np.log(10_000 / 50))
    assert len(levels) == N_BANDS
    assert abs(int(np.argmax(levels)) - expected) <= 1
    assert -2 <= max(levels) <= 0


def test_without_new_sound_there_is_nothing_to_tell() -> None:
    bands = Bands(RATE, Meter)
    assert bands.newest() is None
    bands.hear(tone(1_000))
    assert bands.newest() is not None
    bands.hear(tone(1_000)[:0])
    assert bands.newest() is None


def test_of_much_sound_the_newest_second_is_heard() -> None:
    bands = Bands(RATE, Meter)
    for hz in (200, 5_000):
        bands.hear(tone(hz, 1.5))
    levels = bands.newest()
    assert levels is not None
    assert int(np.argmax(levels)) > N_BANDS // 2
