"""The last words fit the terminal, whatever it is, and show the whole session as a ribbon."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from livegenre.decision import State
from livegenre.screen.cells import Row
from livegenre.screen.summary import summary
from livegenre.screen.tally import Tally
from livegenre.screen.variant import Variant
from livegenre.screen.view import SourceStatus
from tests.screen_scenes import decide
from tests.screen_session import FACTS

EVENING: Sequence[tuple[State, int]] = (("genre", 60), ("silence", 20), ("unsure", 40))


def heard(parts: Sequence[tuple[State, int]] = EVENING) -> Tally:
    tally, step = Tally(replace(FACTS, log="evening.jsonl")), 0
    for state, n_steps in parts:
        for _ in range(n_steps):
            step += 1
            tally.add(decide(state, time=0.5 * step))
    return tally


def text(rows: list[Row]) -> list[str]:
    return ["".join(segment.text for segment in row) for row in rows]


def test_words_come_before_and_after_a_ribbon_with_its_times() -> None:
    rows = summary(heard(), SourceStatus(), 60, Variant())
    assert text(rows) == [
        "heard 1:00: metal 50 %, unsure 33 %, silence 17 %; 2 changes",
        " metal" + " " * 24 + "·" * 10 + " ?" + " " * 18,
        "0:00" + " " * 52 + "1:00",
        "no sample lost; 4.0 ms of CPU a step; log evening.jsonl",
    ]
    metal = rows[1][0].style
    assert metal is not None
    assert metal.bgcolor is not None
    assert metal.bgcolor.name == "#fe1258"


def test_without_colours_it_says_the_same() -> None:
    ribbon = text(summary(heard(), SourceStatus(), 60, Variant("none")))[1]
    assert ribbon == "▏metal" + "━" * 24 + " " * 10 + "▏?" + "?" * 18
    assert all(line.isascii() for line in text(summary(heard(), SourceStatus(), 60, ASCII)))


ASCII = Variant("none", ascii=True)


@pytest.mark.parametrize("width", [1, 9, 10, 11, 30, 80, 300])
@pytest.mark.parametrize("variant", [Variant(), ASCII])
def test_no_row_is_wider_than_the_terminal(width: int, variant: Variant) -> None:
    lines = text(summary(heard(), SourceStatus(missing_seconds=2.0), width, variant))
    assert max(map(len, lines)) <= width


def test_words_are_not_broken_where_no_terminal_breaks_them() -> None:
    lines = text(summary(heard(), SourceStatus(), 20, ASCII, fold=False))
    assert lines[0].endswith("; 2 changes")


def test_where_nothing_was_heard_there_is_no_ribbon() -> None:
    lines = text(summary(heard([]), SourceStatus(), 80, Variant()))
    assert lines == [
        "nothing heard: it ended before the first answer",
        "no sample lost; log evening.jsonl",
    ]


def test_labels_of_a_model_that_is_no_longer_there_have_their_place_too() -> None:
    tally = heard()
    tally.facts = replace(FACTS, labels=("drone", "noise"))
    assert "metal" in text(summary(tally, SourceStatus(), 60, Variant()))[1]
