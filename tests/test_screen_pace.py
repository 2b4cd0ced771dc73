"""Frames come at even times; slow terminals get fewer, and late ones are never made up for."""

import pytest

from livegenre.screen.pace import Pace

QUICK, SLOW = 0.001, 0.06


def draw(pace: Pace, n: int, *, late: float = 0.0) -> list[float]:
    times = []
    for _ in range(n):
        times.append(pace.deadline + late)
        pace.drawn(times[-1])
    return times


def test_frames_come_ten_times_a_second_and_do_not_drift() -> None:
    assert draw(Pace(100.0), 30, late=0.004)[-1] == pytest.approx(100.0 + 29 * 0.1 + 0.004)


def test_late_frames_are_dropped_not_queued() -> None:
    pace = Pace(0.0)
    draw(pace, 10)
    pace.drawn(1.33)
    assert pace.deadline == pytest.approx(1.4)


def test_two_slow_writes_in_a_row_lower_the_rate_to_five_and_to_two() -> None:
    pace = Pace(0.0)
    rates = []
    for seconds in (SLOW, QUICK, SLOW, SLOW, QUICK, SLOW, SLOW, SLOW, SLOW, SLOW):
        pace.written(seconds, 1.0)
        rates.append(pace.frames_per_second)
    assert rates == [10, 10, 10, 5, 5, 5, 2, 2, 2, 2]


def test_after_ten_seconds_the_next_higher_rate_is_tried() -> None:
    pace = Pace(0.0)
    for _ in range(4):
        pace.written(SLOW, 5.0)
    rates = []
    for now in (14.9, 15.0, 24.9, 25.0, 40.0):
        pace.written(QUICK, now)
        rates.append(pace.frames_per_second)
    assert rates == [2, 5, 5, 10, 10]


def test_a_rate_that_was_asked_for_is_the_highest() -> None:
    pace = Pace(0.0, 4.0)
    assert draw(pace, 3)[-1] == pytest.approx(0.5)
    for _ in range(4):
        pace.written(SLOW, 1.0)
    assert pace.frames_per_second == 2
    assert Pace(0.0, 1.0).frames_per_second == 1


def test_over_a_network_it_starts_at_five() -> None:
    pace = Pace(0.0, start=5.0)
    assert pace.frames_per_second == 5
    pace.written(QUICK, 10.0)
    assert pace.frames_per_second == 10


def test_a_key_is_answered_at_once_but_keys_held_down_do_not_flood() -> None:
    pace = Pace(0.0, 1.0)
    pace.drawn(0.0)
    pace.hurry()
    assert pace.deadline == pytest.approx(0.02)
    pace.drawn(0.02)
    assert pace.deadline > 0.5
