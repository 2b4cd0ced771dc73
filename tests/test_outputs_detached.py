"""A sink on a thread of its own: never waited for, tried again, told all that can wait."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header
from livegenre.outputs.detached import PATIENCE_SECONDS, Detached
from tests.test_outputs_jsonl import DECISION, HEADER
from tests.waiting import wait_until

END = End("end", 1.0, 0)
CHANGE = Change(1.0, None, "a", "genre", 0.8, 1.0)


class Place:
    """A remote sink that can be away, break or hang."""

    name = "a place"
    wants = frozenset({"start", "show", "change", "end"})

    def __init__(
        self,
        *,
        n_away: int = 0,
        troubles: Sequence[str] = (),
        breaks_at: int | None = None,
        n_refused: int = 0,
    ) -> None:
        self.told: list[object] = []
        self.n_connected = self.n_closed = 0
        self.hang = threading.Event()
        self.hang.set()
        self.troubles = iter([*troubles, *["nobody is there"] * n_away])
        self._breaks_at = breaks_at
        self._n_refused = n_refused

    def connect(self) -> None:
        if trouble := next(self.troubles, ""):
            raise OutputError(trouble)
        self.n_connected += 1

    def start(self, header: Header) -> None:
        self.told.append(header)

    def show(self, decision: Decision) -> None:
        self.hang.wait()
        if self._n_refused:
            self._n_refused -= 1
            raise OutputError("no room")
        if self._breaks_at == len(self.told):
            self._breaks_at = None
            raise OutputError("broken pipe")
        self.told.append(decision.time)

    def change(self, change: Change) -> None:
        self.told.append(change)

    def device(self, change: DeviceChange) -> None:
        raise AssertionError("not wanted")

    def event(self, event: Event) -> None:
        raise AssertionError("not wanted")

    def end(self, end: End) -> None:
        self.told.append(end)

    def close(self) -> None:
        self.n_closed += 1


@pytest.fixture
def said() -> list[str]:
    return []


def decisions(n: int) -> list[Decision]:
    return [replace(DECISION, time=float(number)) for number in range(n)]


def tell(detached: Detached, n: int) -> None:
    detached.start(HEADER)
    for decision in decisions(n):
        detached.show(decision)


def show_slowly(detached: Detached, n: int) -> None:
    for decision in decisions(n):
        detached.show(decision)
        time.sleep(0.01)


def test_all_is_told_in_order(said: list[str]) -> None:
    place = Place()
    detached = Detached(place, said.append)
    tell(detached, 5)
    detached.device(DeviceChange(1.0, "live", "", "mic", 0, 0))
    detached.end(END)
    assert place.told == [HEADER, 0.0, 1.0, 2.0, 3.0, 4.0, END]
    assert (place.n_connected, place.n_closed, said, detached.dropped) == (1, 1, [], 0)


def test_one_that_is_away_is_tried_again_and_told_what_waits(said: list[str]) -> None:
    place = Place(n_away=1)
    detached = Detached(place, said.append)
    tell(detached, 3)
    wait_until(lambda: len(place.told) == 4, "what waited")
    detached.end(END)
    assert place.told == [HEADER, 0.0, 1.0, 2.0, END]
    assert said == ["a place: nobody is there; trying again", "a place: goes on"]


def test_what_broke_is_told_again_after_the_beginning(said: list[str]) -> None:
    place = Place(breaks_at=2)
    detached = Detached(place, said.append)
    tell(detached, 3)
    wait_until(lambda: len(place.told) == 5, "what waited")
    detached.end(END)
    assert place.told == [HEADER, 0.0, HEADER, 1.0, 2.0, END]


def test_one_that_hangs_holds_nothing_up_and_loses_the_oldest(said: list[str]) -> None:
    place = Place()
    place.hang.clear()
    detached = Detached(place, said.append, n_waiting=4)
    began = time.monotonic()
    tell(detached, 200)
    assert time.monotonic() - began < 1
    detached.end(END)
    assert time.monotonic() - began < 4
    assert detached.dropped >= 196
    assert said == [f"a place: {detached.dropped} messages were dropped"]
    place.hang.set()


def test_one_that_is_away_for_good_does_not_hold_up_the_end(said: list[str]) -> None:
    detached = Detached(Place(n_away=1_000), said.append)
    tell(detached, 3)
    time.sleep(0.1)
    began = time.monotonic()
    detached.end(END)
    assert time.monotonic() - began < 1
    assert said[-1] == "a place: 4 messages were dropped (nobody is there)"


def test_one_that_is_there_again_at_the_end_is_told_what_waits(said: list[str]) -> None:
    place = Place(n_away=1_000)
    detached = Detached(place, said.append)
    tell(detached, 3)
    wait_until(lambda: bool(said), "a line on the trouble")
    place.troubles = iter([])
    detached.end(END)
    assert place.told == [HEADER, 0.0, 1.0, 2.0, END]
    assert said == ["a place: nobody is there; trying again", "a place: goes on"]


def test_new_trouble_is_said_and_old_trouble_is_not_repeated(said: list[str]) -> None:
    place = Place(troubles=["nobody is there", "nobody may in", "nobody is there"])
    detached = Detached(place, said.append)
    tell(detached, 1)
    wait_until(lambda: len(said) == 3, "three lines")
    detached.end(END)
    assert said == [
        "a place: nobody is there; trying again",
        "a place: nobody may in; trying again",
        "a place: goes on",
    ]


def test_one_that_takes_nothing_is_not_said_to_go_on(said: list[str]) -> None:
    place = Place(n_refused=1_000)
    detached = Detached(place, said.append)
    tell(detached, 1)
    wait_until(lambda: place.n_connected == 2, "a second attempt")
    detached.end(END)
    assert said[0] == "a place: no room; trying again"
    assert not any("goes on" in line for line in said)


def test_decisions_make_room_for_what_no_newer_one_outdates(said: list[str]) -> None:
    place = Place(n_away=1)
    detached = Detached(place, said.append, n_waiting=4)
    detached.start(HEADER)
    detached.change(CHANGE)
    for decision in decisions(6):
        detached.show(decision)
    wait_until(lambda: len(place.told) == 5, "what waited")
    detached.end(END)
    assert place.told == [HEADER, CHANGE, 3.0, 4.0, 5.0, END]
    assert detached.dropped == 3


def test_idle_one_is_called_once_all_is_told_and_may_break(said: list[str]) -> None:
    place = Place()
    called_after: list[list[object]] = []

    def idle() -> None:
        called_after.append(list(place.told))
        if len(called_after) == 2:
            raise OutputError("it broke while nobody spoke")

    detached = Detached(place, said.append, idle=idle)
    tell(detached, 3)
    wait_until(lambda: len(called_after) == 3, "three calls")
    detached.end(END)
    assert called_after[0] == [HEADER, 0.0, 1.0, 2.0]
    assert said[0] == "a place: it broke while nobody spoke; trying again"
    assert (place.n_connected, place.told[4]) == (2, HEADER)


def test_it_goes_on_only_when_a_message_got_through(said: list[str]) -> None:
    place = Place(n_refused=2)
    detached = Detached(place, said.append)
    tell(detached, 1)
    wait_until(lambda: place.n_connected == 3, "a third attempt")
    detached.end(END)
    assert place.told == [HEADER, HEADER, HEADER, 0.0, END]
    assert said == ["a place: no room; trying again", "a place: goes on"]


def test_when_a_message_came_is_told_before_it(said: list[str]) -> None:
    place, times = Place(), list[float]()
    place.hang.clear()
    detached = Detached(place, said.append, stamp=times.append)
    before = time.time()
    tell(detached, 2)
    after = time.time()
    time.sleep(0.05)
    place.hang.set()
    detached.end(END)
    assert [before <= told_at <= after for told_at in times] == [True, True, False]


def test_patient_one_has_nothing_dropped_and_waits_for_room(said: list[str]) -> None:
    place = Place()
    place.hang.clear()
    detached = Detached(place, said.append, n_waiting=3, patient=True)
    teller = threading.Thread(target=tell, args=(detached, 20))
    teller.start()
    teller.join(0.2)
    assert teller.is_alive()
    place.hang.set()
    teller.join()
    detached.end(END)
    assert place.told == [HEADER, *map(float, range(20)), END]
    assert detached.dropped == 0


def test_patient_one_that_hangs_does_not_hold_up_the_end_of_what_was_stopped(
    said: list[str],
) -> None:
    place = Place()
    place.hang.clear()
    detached = Detached(place, said.append, n_waiting=3, patient=True)
    tell(detached, 3)
    detached.end(End("terminated", 1.0, 0))
    assert said == ["a place: 4 messages were dropped"]


def test_vital_one_ends_the_session_with_its_trouble(said: list[str]) -> None:
    detached = Detached(Place(breaks_at=3), said.append, vital=True)
    tell(detached, 3)
    with pytest.raises(OutputError, match="a place: broken pipe"):
        show_slowly(detached, 500)
    with pytest.raises(OutputError, match="a place: broken pipe"):
        detached.end(END)
    assert said == []


def test_vital_one_that_breaks_at_the_last_message_says_so_at_the_end(said: list[str]) -> None:
    detached = Detached(Place(breaks_at=3), said.append, vital=True)
    tell(detached, 3)
    with pytest.raises(OutputError, match="a place: broken pipe"):
        detached.end(END)


def test_vital_one_is_waited_for_by_a_session_that_ends_by_itself(said: list[str]) -> None:
    place = Place()
    place.hang.clear()
    detached = Detached(place, said.append, vital=True)
    tell(detached, 3)
    threading.Timer(PATIENCE_SECONDS + 0.5, place.hang.set).start()
    detached.end(END)
    assert place.told == [HEADER, 0.0, 1.0, 2.0, END]
