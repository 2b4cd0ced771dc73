"""A real broker knows the present answer, its changes, and whether livegenre is there."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from livegenre.outputs.address import Address
from livegenre.outputs.base import Change, DeviceChange, End, Event
from livegenre.outputs.detached import Detached
from livegenre.outputs.home_assistant import discovery
from livegenre.outputs.mqtt import Mqtt
from livegenre.outputs.mqtt_address import Broker
from livegenre.outputs.mqtt_connection import Connection, Will
from tests.broker import Listener, Mosquitto, free_port, listener, mosquitto
from tests.test_outputs_jsonl import DECISION, HEADER
from tests.waiting import wait_until

pytestmark = pytest.mark.broker

CHANGE = Change(1.0, None, "a", "genre", 0.123456789, 1.0)
END = End("end", 2.5, 0)
STATE, AVAILABILITY = "livegenre/state", "livegenre/availability"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def someone(broker: Mosquitto) -> Iterator[Listener]:
    with listener(broker.port) as someone:
        yield someone


def at(port: int, prefix: str = "livegenre") -> Broker:
    return Broker(Address("127.0.0.1", port), tls=False, user=None, password=None, prefix=prefix)


class Session:
    """A sink on its thread, as in a session, with what it says."""

    def __init__(self, port: int, prefix: str = "livegenre") -> None:
        self.said: list[str] = []
        mqtt = Mqtt(at(port, prefix))
        self.name = mqtt.name
        self.sink = Detached(mqtt, self.said.append, idle=mqtt.idle)
        self.sink.start(HEADER)
        self._has_ended = False

    def end(self) -> None:
        if not self._has_ended:
            self.sink.end(END)
            self._has_ended = True


@pytest.fixture
def start(broker: Mosquitto) -> Iterator[Callable[..., Session]]:
    """Begin sessions that end with the test."""
    sessions: list[Session] = []

    def start(port: int = 0, prefix: str = "livegenre") -> Session:
        sessions.append(Session(port or broker.port, prefix))
        return sessions[-1]

    yield start
    for session in sessions:
        session.end()


def state_of(someone: Listener) -> dict[str, Any]:
    found = someone.newest(STATE)
    return dict(json.loads(found)) if found else {}


def wait_for_label(someone: Listener, label: str | None) -> None:
    someone.wait_until(
        lambda: state_of(someone).get("label", "none yet") == label, f"label {label}"
    )


def test_present_answer_is_kept_and_all_else_that_a_newcomer_needs(
    broker: Mosquitto, someone: Listener, start: Callable[..., Session]
) -> None:
    start().sink.show(DECISION)
    wait_for_label(someone, "a")
    with listener(broker.port) as newcomer:
        newcomer.wait_until(lambda: len(newcomer.kept) == 5, "all that is kept")
        assert json.loads(newcomer.kept[STATE]) == {
            "state": "genre",
            "label": "a",
            "posterior": 0.8,
            "since": 1.0,
            "source": HEADER.source,
            "model": "tiny",
            "start_time": HEADER.start_time,
        }
        assert newcomer.kept[AVAILABILITY] == "online"
        for topic, sensor in discovery("livegenre"):
            assert json.loads(newcomer.kept[topic]) == sensor


def test_before_the_first_decision_there_is_no_answer_from_yesterday(
    someone: Listener, start: Callable[..., Session]
) -> None:
    someone.send(STATE, '{"label": "rock"}')
    start()
    someone.wait_for(AVAILABILITY, "online")
    assert (state_of(someone)["state"], state_of(someone)["label"]) == (None, None)


def test_change_is_told_once_after_the_answer_and_not_kept(
    broker: Mosquitto, someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    session.sink.show(DECISION)
    session.sink.change(CHANGE)
    someone.wait_until(lambda: bool(someone.payloads("livegenre/change")), "a change")
    assert state_of(someone)["label"] == "a"
    [told] = someone.payloads("livegenre/change")
    assert json.loads(told) == {
        "time": 1.0,
        "from": None,
        "to": "a",
        "state": "genre",
        "posterior": 0.123457,
        "duration": 1.0,
    }
    with listener(broker.port) as newcomer:
        newcomer.wait_for(AVAILABILITY, "online")
        assert "livegenre/change" not in newcomer.kept


def test_answer_that_stays_the_same_is_published_once(
    someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    for number in range(20):
        session.sink.show(replace(DECISION, time=float(number), level_dbfs=-float(number)))
    session.end()
    someone.wait_for(AVAILABILITY, "offline")
    assert [json.loads(state)["label"] for state in someone.payloads(STATE)] == [None, "a"]


def test_silence_has_no_label_and_no_posterior(
    someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    session.sink.show(replace(DECISION, state="silence", label=None, posterior={}))
    someone.wait_until(lambda: state_of(someone).get("state") == "silence", "silence")
    assert (state_of(someone)["label"], state_of(someone)["posterior"]) == (None, 0.0)


@pytest.mark.parametrize("state", ["stalled", "reconnecting"])
def test_without_sound_there_is_no_answer_until_there_is_sound_again(
    someone: Listener, start: Callable[..., Session], state: str
) -> None:
    session = start()
    session.sink.show(DECISION)
    wait_for_label(someone, "a")
    session.sink.device(DeviceChange(2.0, state, "unplugged", "mic", 0, 0))
    someone.wait_until(lambda: state_of(someone)["state"] is None, "no answer")
    session.sink.device(DeviceChange(4.0, "live", "", "mic", 0, 0))
    session.sink.show(DECISION)
    wait_for_label(someone, "a")


def test_another_model_is_named_from_then_on(
    broker: Mosquitto, someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    session.sink.event(Event("mark", 1.0, {}))
    session.sink.event(Event("model", 2.0, {"model": "other", "labels": ("a", "b")}))
    someone.wait_until(lambda: state_of(someone).get("model") == "other", "another model")
    broker.stop()
    broker.start()
    with listener(broker.port) as newcomer:
        newcomer.wait_for(AVAILABILITY, "online")
        assert state_of(newcomer)["model"] == "other"


def test_end_leaves_the_last_answer_and_says_offline(
    broker: Mosquitto, someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    session.sink.show(DECISION)
    session.end()
    someone.wait_for(AVAILABILITY, "offline")
    assert someone.payloads(AVAILABILITY) == ["online", "offline"]
    assert state_of(someone)["label"] == "a"
    assert session.said == []


def test_all_is_there_again_after_the_broker_began_anew_though_nothing_happens(
    broker: Mosquitto, someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    session.sink.show(DECISION)
    wait_for_label(someone, "a")
    broker.stop()
    wait_until(lambda: bool(session.said), "a line on the loss")
    session.sink.change(CHANGE)
    broker.start()
    with listener(broker.port) as newcomer:
        newcomer.wait_for(AVAILABILITY, "online")
        wait_for_label(newcomer, "a")
        assert {topic for topic, _ in discovery("livegenre")} <= dict(newcomer.heard).keys()
    wait_until(lambda: "goes on" in session.said[-1], "a line on the cure")
    assert broker.n_received("livegenre/change") == 1


def test_of_what_came_while_the_broker_was_away_the_changes_are_told(
    broker: Mosquitto, start: Callable[..., Session]
) -> None:
    broker.stop()
    session = start()
    wait_until(lambda: bool(session.said), "a line on the broker")
    for number in range(200):
        session.sink.show(replace(DECISION, time=float(number), label="b"))
        if number % 50 == 0:
            session.sink.change(replace(CHANGE, time=float(number)))
    broker.start()
    wait_until(lambda: broker.n_received("livegenre/change") == 4, "all changes")
    with listener(broker.port) as newcomer:
        wait_for_label(newcomer, "b")
    assert session.sink.dropped == 204 - 64


def test_frozen_broker_holds_nothing_up_and_is_told_once_it_thaws(
    broker: Mosquitto, someone: Listener, start: Callable[..., Session]
) -> None:
    session = start()
    someone.wait_for(AVAILABILITY, "online")
    broker.freeze()
    session.sink.show(DECISION)
    wait_until(lambda: bool(session.said), "a line on the broker")
    assert session.said == [f"MQTT to {at(broker.port)}: the broker does not answer; trying again"]
    broker.thaw()
    wait_for_label(someone, "a")
    someone.wait_for(AVAILABILITY, "online")


def test_connection_that_died_unseen_does_not_bury_the_next(
    broker: Mosquitto, someone: Listener
) -> None:
    will = Will(AVAILABILITY, "offline")
    old, new = (
        Connection(at(broker.port), client_id="livegenre1", will=will, tls=None) for _ in range(2)
    )
    old.open()
    new.open()
    new.publish(AVAILABILITY, "online", retain=True)
    someone.wait_for(AVAILABILITY, "online")
    assert someone.payloads(AVAILABILITY) == ["offline", "online"]
    new.end()
    old.close()


def test_who_is_there_does_not_stay_offline(
    someone: Listener, start: Callable[..., Session]
) -> None:
    start()
    someone.wait_for(AVAILABILITY, "online")
    someone.send(AVAILABILITY, "offline")
    someone.wait_until(
        lambda: someone.payloads(AVAILABILITY) == ["online", "offline", "online"], "online again"
    )


def test_each_prefix_is_a_livegenre_of_its_own(
    someone: Listener, start: Callable[..., Session]
) -> None:
    start(prefix="home/kitchen")
    start(prefix="home/attic")
    for prefix in ("home/kitchen", "home/attic"):
        someone.wait_for(f"{prefix}/availability", "online")
        assert {topic for topic, _ in discovery(prefix)} <= dict(someone.heard).keys()


def test_broker_that_is_not_there_is_said_once(start: Callable[..., Session]) -> None:
    port = free_port()
    session = start(port)
    session.sink.show(DECISION)
    wait_until(lambda: bool(session.said), "a line on the broker")
    session.end()
    assert session.said == [
        f"MQTT to {at(port)}: the broker cannot be reached (Connection refused); trying again",
        f"MQTT to {at(port)}: 2 messages were dropped "
        "(the broker cannot be reached (Connection refused))",
    ]


def test_no_thread_outlives_its_session(someone: Listener, start: Callable[..., Session]) -> None:
    def n_threads() -> int:
        return [thread.name for thread in threading.enumerate()].count(session.name)

    session = start()
    someone.wait_for(AVAILABILITY, "online")
    assert n_threads() == 1
    session.end()
    wait_until(lambda: n_threads() == 0, "the thread's end")
