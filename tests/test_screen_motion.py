"""Meters rise at once, are held, and fall evenly, at any rate of frames."""

import numpy as np
import pytest

from livegenre.screen.meter import FLOOR_DBFS, Meter
from livegenre.screen.motion import Falling, Motion


def levels(*values: float) -> np.typing.NDArray[np.float32]:
    return np.array(values, np.float32)


@pytest.mark.parametrize("rate", [2, 10, 60])
def test_what_falls_rises_at_once_is_held_and_falls_evenly(rate: int) -> None:
    falling = Falling(20.0, hold_seconds=2.0)
    falling.follow(levels(-50), 0.0)
    assert falling.follow(levels(-10), 0.5) == -10
    shown = {}
    for frame in range(1, 4 * rate + 1):
        shown[frame / rate] = float(falling.follow(levels(-90), 0.5 + frame / rate)[0])
    assert shown[2.0] == pytest.approx(-10)
    assert shown[3.0] == pytest.approx(-30)
    assert shown[4.0] == pytest.approx(-50)


def test_another_number_of_bands_begins_anew() -> None:
    falling = Falling(40.0)
    falling.follow(levels(0, 0), 0.0)
    assert falling.follow(levels(-70, -60, -50), 0.1).tolist() == [-70, -60, -50]


def test_without_sound_everything_falls_to_the_floor() -> None:
    meter, motion = Meter(44_100), Motion()
    meter.push(np.full(44_100, 0.5, np.float32))
    loud, _, _ = motion.follow(meter, 34, 0.0, hearing=True)
    later, bands, held = motion.follow(meter, 34, 10.0, hearing=False)
    assert loud.rms_dbfs > -7
    assert later.rms_dbfs == later.peak_dbfs == FLOOR_DBFS
    assert (bands == FLOOR_DBFS).all()
    assert (held == FLOOR_DBFS).all()


def test_a_reset_forgets_what_is_held() -> None:
    meter, motion = Meter(44_100), Motion()
    meter.push(np.full(44_100, 0.5, np.float32))
    motion.follow(meter, 34, 0.0, hearing=True)
    motion.reset()
    _, _, held = motion.follow(meter, 34, 0.1, hearing=False)
    assert (held == FLOOR_DBFS).all()
