"""A session in a row: true to time, gaps included, and never longer than it may be."""

from livegenre.decision import State
from livegenre.screen.strip import MOST_CELLS, Strip
from tests.screen_scenes import decide

METAL, SILENCE, GAP = ("genre", "metal"), ("silence", None), ("gap", None)


def add(strip: Strip, state: State, times: range, *, step: float = 1.0, lost: int = 0) -> None:
    for time in times:
        strip.add(decide(state, time=float(time), lost=lost), step)


def test_each_part_shows_what_held_longest() -> None:
    strip = Strip(1.0)
    add(strip, "genre", range(1, 31))
    add(strip, "silence", range(31, 41))
    assert strip.row(4) == [METAL, METAL, METAL, SILENCE]
    assert strip.row(1) == [METAL]
    assert strip.row(80) == [METAL] * 60 + [SILENCE] * 20


def test_before_the_first_step_there_is_nothing() -> None:
    strip = Strip(1.0)
    add(strip, "genre", range(5, 11))
    assert strip.row(10) == [None] * 4 + [METAL] * 6
    assert Strip(1.0).row(3) == [None] * 3


def test_lost_time_is_a_gap() -> None:
    strip = Strip(1.0)
    add(strip, "genre", range(1, 5))
    add(strip, "genre", range(9, 13), lost=4)
    assert strip.row(3) == [METAL, GAP, METAL]


def test_time_until_a_new_window_is_no_gap() -> None:
    strip = Strip(1.0)
    add(strip, "genre", range(1, 5), lost=4)
    add(strip, "genre", range(9, 13), lost=4)
    assert strip.row(3) == [METAL, ("waiting", None), METAL]


def test_steps_of_another_length_are_no_gaps() -> None:
    strip = Strip(1.0)
    add(strip, "genre", range(1, 5))
    add(strip, "silence", range(6, 14, 2), step=2.0)
    assert strip.row(12) == [METAL] * 4 + [SILENCE] * 8


def test_a_day_takes_no_more_room_than_a_quarter_of_an_hour() -> None:
    strip = Strip(0.5)
    for step in range(1, 2 * 86_400):
        strip.add(decide("genre" if step < 86_400 else "silence", time=0.5 * step), 0.5)
    assert strip.row(4) == [METAL, METAL, SILENCE, SILENCE]
    assert len(strip._cells) <= MOST_CELLS


def test_a_gap_of_a_week_costs_nothing() -> None:
    strip = Strip(0.5)
    add(strip, "genre", range(1, 3))
    strip.add(decide("silence", time=7 * 86_400.0, lost=1), 0.5)
    assert strip.row(3) == [GAP, GAP, GAP]
