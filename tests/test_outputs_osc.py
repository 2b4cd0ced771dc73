"""Decisions and changes arrive as OSC at a real socket, whoever else listens or does not."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from livegenre.outputs.address import Address, parse_address
from livegenre.outputs.base import Change, End
from livegenre.outputs.detached import Detached
from livegenre.outputs.osc import DATAGRAM_BYTES, Osc, safe_names
from tests.test_outputs_jsonl import DECISION, HEADER
from tests.waiting import PATIENCE_SECONDS, wait_until

CHANGE = Change(1.0, None, "a", "genre", 0.75, 1.0)


class Receiver:
    """A program that hears OSC."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self._socket.settimeout(PATIENCE_SECONDS)
        self.address = Address(host, self._socket.getsockname()[1])

    def take(self) -> dict[str, list[object]]:
        """Return the values at each address in the next datagram."""
        return {message.address: list(message.params) for message in self.take_bundle()}

    def take_bundle(self) -> Iterator[OscMessage]:
        datagram = self._socket.recv(65_536)
        assert len(datagram) <= DATAGRAM_BYTES
        for message in OscBundle(datagram):
            assert isinstance(message, OscMessage)
            yield message

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with closing(Receiver()) as receiver:
        yield receiver


def connected(address: Address) -> Osc:
    osc = Osc(address)
    osc.connect()
    osc.start(HEADER)
    return osc


def test_decision_is_one_bundle(receiver: Receiver) -> None:
    with closing(connected(receiver.address)) as osc:
        osc.show(DECISION)
    assert receiver.take() == {
        "/livegenre/state": ["genre"],
        "/livegenre/label": ["a"],
        "/livegenre/posterior/a": [pytest.approx(0.8)],
        "/livegenre/posterior/b": [pytest.approx(0.2)],
    }


def test_in_silence_there_is_no_label_and_every_posterior_is_0(receiver: Receiver) -> None:
    with closing(connected(receiver.address)) as osc:
        osc.show(replace(DECISION, state="silence", label=None, posterior={}))
    assert receiver.take() == {
        "/livegenre/state": ["silence"],
        "/livegenre/label": [""],
        "/livegenre/posterior/a": [0.0],
        "/livegenre/posterior/b": [0.0],
    }


def test_labels_are_those_of_the_model_in_use(receiver: Receiver) -> None:
    with closing(connected(receiver.address)) as osc:
        osc.show(replace(DECISION, label="hip hop", posterior={"hip hop": 1.0}))
    taken = receiver.take()
    assert taken["/livegenre/label"] == ["hip hop"]
    assert taken["/livegenre/posterior/hip_hop"] == [1.0]
    assert "/livegenre/posterior/a" not in taken


def test_change_says_from_to_and_posterior(receiver: Receiver) -> None:
    with closing(connected(receiver.address)) as osc:
        osc.change(CHANGE)
        osc.change(replace(CHANGE, before="a", after="unsure", posterior=0.0))
    assert receiver.take() == {"/livegenre/change": ["", "a", 0.75]}
    assert receiver.take() == {"/livegenre/change": ["a", "unsure", 0.0]}


def test_label_that_is_no_text_is_sent_as_far_as_it_is(receiver: Receiver) -> None:
    with closing(connected(receiver.address)) as osc:
        osc.show(replace(DECISION, label="caf\udce9", posterior={"caf\udce9": 1.0}))
        osc.change(replace(CHANGE, before="caf\udce9"))
    assert receiver.take()["/livegenre/label"] == ["caf?"]
    assert receiver.take() == {"/livegenre/change": ["caf?", "a", 0.75]}


def test_many_labels_take_several_datagrams(receiver: Receiver) -> None:
    posterior = {f"a genre of the {number}th kind": number / 100 for number in range(100)}
    with closing(connected(receiver.address)) as osc:
        osc.show(replace(DECISION, posterior=posterior))
    taken: dict[str, list[object]] = {}
    n_datagrams = 0
    while len(taken) < 102:
        taken |= receiver.take()
        n_datagrams += 1
    assert 2 < n_datagrams < 6
    assert taken["/livegenre/posterior/a_genre_of_the_99th_kind"] == [pytest.approx(0.99)]


@pytest.mark.parametrize("text", ["[::1]:{}", "127.0.0.1:{}", "localhost:{}"])
def test_numbers_of_both_kinds_and_names_are_addresses(text: str) -> None:
    try:
        receiver = Receiver("::1" if "[" in text else "127.0.0.1")
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with closing(receiver):
        with closing(connected(parse_address(text.format(receiver.address.port)))) as osc:
            osc.show(DECISION)
        assert receiver.take()["/livegenre/label"] == ["a"]


def test_nobody_there_is_no_trouble_and_who_comes_later_hears_the_next() -> None:
    with closing(Receiver()) as gone:
        address = gone.address
    with closing(connected(address)) as osc:
        for _ in range(20):
            osc.show(DECISION)
        with closing(Receiver(port=address.port)) as receiver:
            osc.change(CHANGE)
            assert receiver.take() == {"/livegenre/change": ["", "a", 0.75]}


def test_name_that_nobody_knows_is_said_once_and_tried_again() -> None:
    said: list[str] = []
    detached = Detached(Osc(Address("nowhere.invalid", 9000)), said.append)
    detached.start(HEADER)
    detached.show(DECISION)
    wait_until(lambda: bool(said), "a line about the name")
    detached.end(End("end", 1.0, 0))
    assert re.fullmatch(
        r"OSC to nowhere\.invalid:9000: this address does not work \(.+\); trying again", said[0]
    )
    assert [line for line in said if "trying again" in line] == said[:1]


def test_place_to_which_nothing_may_be_sent_is_said_once() -> None:
    said: list[str] = []
    detached = Detached(Osc(Address("127.0.0.1", 0)), said.append)
    detached.start(HEADER)
    for _ in range(5):
        detached.show(DECISION)
    wait_until(lambda: bool(said), "a line about the place")
    detached.end(End("end", 1.0, 0))
    tried, dropped = said
    assert re.fullmatch(
        r"OSC to 127.0.0.1:0: nothing can be sent there \(.+\); trying again", tried
    )
    assert re.match(r"OSC to 127.0.0.1:0: 5 messages were dropped \(nothing can be sent", dropped)


def test_replay_sends_osc(receiver: Receiver) -> None:
    words = ["replay", "--speed", "max", "--duration", "5", "--headless"]
    done = subprocess.run(
        [sys.executable, "-m", "livegenre", *words, "--osc", str(receiver.address)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first = receiver.take()
    assert first["/livegenre/state"] == ["genre"]
    assert len(first) == 12
    while "/livegenre/change" not in (taken := receiver.take()):
        assert len(taken) == 12
    assert taken["/livegenre/change"][:2] == ["", "metal"]


LABELS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), unique=True)


@settings(deadline=None)
@given(LABELS)
def test_names_are_safe_in_an_address_and_differ_as_the_labels_do(labels: list[str]) -> None:
    names = safe_names(labels)
    assert list(names) == labels
    assert len(set(names.values())) == len(labels)
    for name in names.values():
        assert re.fullmatch(r"[!-~]+", name)
        assert not set("#*,/?[]{} ") & set(name)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#*,/?[]{}")))
def test_safe_labels_stay_as_they_are(label: str) -> None:
    assert safe_names([label]) == {label: label or "_"}
