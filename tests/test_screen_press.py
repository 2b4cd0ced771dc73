"""Every key, by what it does: a look and a situation before, a look and a request after."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import livegenre.screen.desk
from livegenre.screen.controls import Choice
from livegenre.screen.desk import Desk
from livegenre.screen.glyphs import MINUS
from livegenre.screen.keymap import COMMANDS
from livegenre.screen.look import Look
from livegenre.screen.press import press
from livegenre.screen.situation import ENTRY_KEYS, Situation
from tests.screen_controls import NotedControls

GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae")
TAGS = tuple(f"tag {number}" for number in range(1, 51))
INPUTS = (Choice("desk", "ALSA", True), Choice("line in", "PulseAudio", False))
LIVE = Situation(
    replay=False,
    labels=(*GENRES, "rock"),
    step_seconds=0.51,
    column_seconds=0.51,
    oldest=1.0,
    newest=61.0,
    choices=INPUTS,
)
REPLAY = replace(LIVE, replay=True)
EMPTY = replace(LIVE, oldest=None, newest=None)
FROZEN = Look(frozen_seconds=30.0)


def after(look: Look, key: str, situation: Situation = LIVE) -> Look:
    return press(look, key, situation).look


def asked(look: Look, key: str, situation: Situation) -> str:
    request = press(look, key, situation).request
    controls = NotedControls()
    if request is not None:
        request(controls)
    return "".join(controls.asked)


@pytest.mark.parametrize(
    ("before", "key", "changes", "note"),
    [
        (Look(), "space", {"frozen_seconds": 61.0}, "frozen: sound and log go on"),
        (FROZEN, "space", {"frozen_seconds": None}, "the picture moves again"),
        (FROZEN, "left", {"frozen_seconds": 25.0}, "frozen at 0:25.0"),
        (FROZEN, ",", {"frozen_seconds": 25.0}, "frozen at 0:25.0"),
        (FROZEN, "right", {"frozen_seconds": 35.0}, "frozen at 0:35.0"),
        (FROZEN, ".", {"frozen_seconds": 35.0}, "frozen at 0:35.0"),
        (Look(frozen_seconds=3.0), "left", {"frozen_seconds": 1.0}, "oldest that is kept"),
        (Look(frozen_seconds=59.0), "right", {"frozen_seconds": 61.0}, "frozen at 1:01.0"),
        (FROZEN, "home", {"frozen_seconds": 1.0}, "oldest that is kept"),
        (FROZEN, "end", {"frozen_seconds": 61.0}, "frozen at 1:01.0"),
        (Look(frozen_seconds=0.5), "left", {"frozen_seconds": 0.5}, "oldest that is kept"),
        (Look(), "left", {}, "space freezes the picture"),
        (Look(), "home", {}, "space freezes the picture"),
        (Look(), "p", {"palette": "tide"}, "palette tide"),
        (Look(palette="tide"), "p", {"palette": "bone"}, "palette bone"),
        (Look(palette="bone"), "p", {"palette": "ember"}, "palette ember"),
        (Look(), "w", {"picture": "spectrum"}, "spectrum alone"),
        (Look(picture="spectrum"), "w", {"picture": "waterfall"}, "waterfall alone"),
        (Look(picture="waterfall"), "w", {"picture": "both"}, "waterfall and spectrum"),
        (Look(), "+", {"floor_db": -75}, f"floor {MINUS}75 dBFS"),
        (Look(), "=", {"floor_db": -75}, f"floor {MINUS}75 dBFS"),
        (Look(), "-", {"floor_db": -85}, f"floor {MINUS}85 dBFS"),
        (Look(floor_db=-30), "+", {}, f"floor {MINUS}30 dBFS, and no further"),
        (Look(floor_db=-110), "-", {}, f"floor {MINUS}110 dBFS, and no further"),
        (Look(), "t", {"column_seconds": 1.0}, "a column is 1 s"),
        (Look(), "s", {"sorted_bars": True}, "by probability"),
        (Look(sorted_bars=True), "s", {"sorted_bars": False}, "in their fixed order"),
        (Look(), "r", {"peaks_from": 61.0}, "begin anew"),
        (Look(), "?", {"overlay": "help"}, ""),
        (Look(), "d", {"overlay": "devices"}, ""),
        (Look(overlay="devices"), "d", {"overlay": ""}, ""),
        (Look(), "e", {"overlay": "why"}, ""),
        (Look(overlay="why"), "e", {"overlay": ""}, ""),
        (Look(overlay="why"), "esc", {"overlay": ""}, ""),
        (Look(overlay="why"), "p", {"palette": "tide"}, "palette tide"),
        (Look(), "c", {"overlay": "labels"}, ""),
        (Look(), "<", {}, "only a replay has a speed"),
        (Look(), ">", {}, "only a replay has a speed"),
    ],
)
def test_key_changes_the_look(before: Look, key: str, changes: dict[str, Any], note: str) -> None:
    look = after(before, key)
    assert replace(look, note="") == replace(before, **changes)
    assert note in look.note
    assert look != before


def test_columns_get_longer_and_begin_again_with_what_a_step_allows() -> None:
    shown, seen = LIVE.column_seconds, []
    for _ in range(5):
        shown = after(Look(), "t", replace(LIVE, column_seconds=shown)).column_seconds or 0.0
        seen.append(shown)
    assert seen == [1.0, 2.0, 5.0, 0.5, 1.0]
    slow = replace(LIVE, step_seconds=1.6, column_seconds=5.0)
    assert after(Look(), "t", slow).column_seconds == 2.0
    slowest = after(Look(), "t", replace(LIVE, step_seconds=9.0, column_seconds=9.0))
    assert slowest.column_seconds is None
    assert slowest.note


@pytest.mark.parametrize(
    ("key", "situation", "request_"),
    [
        ("q", LIVE, "quit"),
        ("m", LIVE, "next model"),
        ("left", REPLAY, "seek -5.0"),
        (",", REPLAY, "seek -5.0"),
        ("right", REPLAY, "seek 5.0"),
        (".", REPLAY, "seek 5.0"),
        ("<", REPLAY, "slower"),
        (">", REPLAY, "faster"),
        ("1", LIVE, "correct blues"),
        ("9", LIVE, "correct reggae"),
        ("0", LIVE, "correct rock"),
    ],
)
def test_key_asks_something_of_the_session(key: str, situation: Situation, request_: str) -> None:
    pressed = press(Look(), key, situation)
    assert pressed.look == Look()
    assert asked(Look(), key, situation) == request_


def test_frozen_replay_scrolls_and_does_not_seek() -> None:
    assert asked(FROZEN, "left", REPLAY) == ""
    assert after(FROZEN, "left", REPLAY).frozen_seconds == 25.0


def test_mark_is_for_picture_and_log() -> None:
    assert press(Look(), "l", LIVE).marks
    assert not press(Look(), "l", EMPTY).marks
    assert after(Look(), "l", EMPTY).note == "nothing to mark yet"


def test_replay_has_no_device_and_nothing_can_be_frozen_before_the_first_column() -> None:
    assert after(Look(), "d", REPLAY) == Look(note="replay: no device")
    assert after(Look(), "space", EMPTY) == Look(note="nothing to freeze yet")
    assert after(FROZEN, "left", EMPTY).frozen_seconds == 30.0


def test_digit_without_a_label_says_so() -> None:
    three = replace(LIVE, labels=("calm", "happy", "sad"))
    assert asked(Look(), "3", three) == "correct sad"
    assert after(Look(), "4", three).note == "there is no label 4; the last is 3, sad"


@pytest.mark.parametrize("key", ["z", "Q", "up", "é", "tab", "enter", "backspace"])
def test_unknown_key_does_nothing(key: str) -> None:
    look = Look(note="still to be read")
    assert press(look, key, LIVE).look is look


@pytest.mark.parametrize("key", [*COMMANDS, "z", "up"])
def test_any_key_closes_help_and_does_nothing_else(key: str) -> None:
    pressed = press(Look(overlay="help"), key, REPLAY)
    assert (pressed.look, pressed.request, pressed.marks) == (Look(), None, False)


def test_device_is_chosen_by_its_digit() -> None:
    listed = Look(overlay="devices")
    assert asked(listed, "2", LIVE) == "open line in"
    assert after(listed, "2").overlay == ""
    assert after(listed, "esc").overlay == ""
    assert press(listed, "3", LIVE).look is listed
    assert press(listed, "1", replace(LIVE, choices="looking")).look is listed
    assert after(listed, "p").palette == "tide"
    assert asked(listed, "q", LIVE) == "quit"


def test_devices_that_find_no_room_are_on_the_next_page() -> None:
    many = tuple(Choice(f"input {number}", "", False) for number in range(1, 24))
    situation = replace(LIVE, choices=many, page_size=10)
    second = after(Look(overlay="devices"), "right", situation)
    assert asked(second, "1", situation) == "open input 11"
    third = after(second, "right", situation)
    assert asked(third, "3", situation) == "open input 23"
    assert press(third, "4", situation).look is third
    assert after(third, "right", situation).page == 0
    assert after(Look(overlay="devices"), "left", situation).page == 2


def test_label_is_chosen_by_its_key_fifty_tags_without_turning_a_page() -> None:
    listed = Look(overlay="labels")
    situation = replace(LIVE, labels=TAGS)
    chosen = [asked(listed, key, situation) for key in ENTRY_KEYS[:50]]
    assert chosen == [f"correct {tag}" for tag in TAGS]
    assert after(listed, "q", situation).overlay == ""
    assert asked(listed, "q", situation) == "correct tag 27"
    for nothing in ("Z", "?", "space", "left"):
        assert press(listed, nothing, situation).look is listed
    assert after(listed, "esc", situation).overlay == ""


def test_labels_of_a_small_screen_are_on_pages() -> None:
    situation = replace(LIVE, labels=TAGS, page_size=16)
    last = after(Look(overlay="labels"), "left", situation)
    assert last.page == 3
    assert asked(last, "2", situation) == "correct tag 50"
    assert press(last, "3", situation).look is last
    assert press(last, "k", situation).look is last


@given(
    st.lists(st.sampled_from([*COMMANDS, "z", "up", "tab", "Z"]), max_size=30),
    st.sampled_from([LIVE, REPLAY, EMPTY, replace(REPLAY, labels=("one",), page_size=1)]),
)
def test_any_keys_in_any_order_leave_a_look_that_can_be_drawn(
    keys: list[str], situation: Situation
) -> None:
    look = Look()
    for key in keys:
        look = after(look, key, situation)
        assert -110 <= look.floor_db <= -30
        assert look.frozen_seconds is None or 1.0 <= look.frozen_seconds <= 61.0
        assert look.page >= 0


class Clock:
    """Stands where ``time`` would."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(livegenre.screen.desk, "time", clock)
    return clock


def desk(controls: NotedControls) -> Desk:
    return Desk(controls, lambda: 61.0)


def test_answer_stands_for_some_seconds(clock: Clock) -> None:
    at_desk = desk(NotedControls())
    at_desk.press("m", LIVE)
    at_desk.tend()
    assert at_desk.look.note == "next model"
    at_desk.press("z", LIVE)
    clock.now += 2.9
    at_desk.tend()
    assert at_desk.look.note == "next model"
    clock.now += 0.2
    at_desk.tend()
    assert at_desk.look.note == ""


def test_what_comes_of_a_request_is_told_when_it_comes(clock: Clock) -> None:
    controls = NotedControls()
    at_desk = desk(controls)
    at_desk.press("m", LIVE)
    clock.now += 2.0
    controls.news.append("model tags")
    at_desk.tend()
    clock.now += 2.0
    at_desk.tend()
    assert at_desk.look.note == "model tags"


def test_mark_is_put_into_the_picture_and_its_time_into_the_log() -> None:
    controls = NotedControls()
    at_desk = desk(controls)
    at_desk.press("l", LIVE)
    assert controls.asked == ["mark 61.0"]
    assert at_desk.look.note == "mark 61.0"


def test_list_of_devices_stays_as_it_came_while_it_is_up() -> None:
    controls = NotedControls()
    controls.choices = "looking"
    at_desk = desk(controls)
    at_desk.press("d", LIVE)
    seen = []
    for controls.choices in ("looking", INPUTS, INPUTS[1:]):
        at_desk.tend()
        seen.append(at_desk.choices)
    assert seen == ["looking", INPUTS, INPUTS]
    at_desk.press("esc", LIVE)
    assert not at_desk.choices


def test_why_is_asked_for_only_while_somebody_wants_to_know() -> None:
    at_desk = desk(NotedControls())
    at_desk.tend()
    assert at_desk.why == ""
    at_desk.press("e", LIVE)
    at_desk.tend()
    assert at_desk.why == "not known yet"
