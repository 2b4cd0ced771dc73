"""Keys have names, whatever a terminal sends for them and however it arrives."""

import os
import select
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.screen.escapes import NAMED, KeyParser
from livegenre.screen.keys import ESCAPE_SECONDS, Keys

KNOWN = {*NAMED.values(), "esc", "left", "right", "up", "down", "home", "end"}


def names(*pieces: bytes) -> list[str]:
    parser = KeyParser()
    found = [name for piece in pieces for name in parser.feed(piece)]
    return [*found, *parser.settle()]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"qL?+-<>,.1", ["q", "L", "?", "+", "-", "<", ">", ",", ".", "1"]),
        (b" \r\n\t\x7f\b", ["space", "enter", "enter", "tab", "backspace", "backspace"]),
        ("éж音".encode(), ["é", "ж", "音"]),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]),
        (b"\x1bOA\x1bOB\x1bOC\x1bOD", ["up", "down", "right", "left"]),
        (b"\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~", ["home", "end"] * 4),
        (b"\x1b[1;5D", ["left"]),
        (b"\x1b", ["esc"]),
        (b"\x1b\x1b", ["esc", "esc"]),
        (b"\x1b\x1b[D", ["esc", "left"]),
    ],
)
def test_keys_have_names(typed: bytes, expected: list[str]) -> None:
    assert names(typed) == expected
    assert names(*(typed[at : at + 1] for at in range(len(typed)))) == expected


@pytest.mark.parametrize(
    "unknown",
    [
        b"\x1b[15~",  # F5
        b"\x1bOP",  # F1
        b"\x1b[[A",  # F1 on the console
        b"\x1b[3~",  # delete
        b"\x1b[200~",  # a paste begins
        b"\x1bx",  # Alt and x
        "\x1bé".encode(),
        b"\x1b[?1;2c",  # what a terminal is
        b"\x1b]11;rgb:0d0d/0f0f/1414\x1b\\",  # its background
        b"\x1b]11;rgb:0d0d/0f0f/1414\x07",
        b"\x1bP1$r0m\x1b\\",
        b"\x1b[" + b"9" * 100 + b"m",
        b"\x00\x01\x1a",
        b"\xff\xfe",
        b"\xc3",  # half of a character
        "\x9b".encode(),
    ],
)
def test_what_is_no_key_is_dropped_whole(unknown: bytes) -> None:
    assert names(b"a" + unknown + b"z") == ["a", "z"]


def test_sequence_that_breaks_off_leaks_nothing() -> None:
    assert names(b"\x1b[1;", b"\x1b[D", b"q") == ["left", "q"]
    assert names(b"\x1b[1;\x18q") == ["q"]
    assert names("\x1b[1é".encode(), b"q") == ["q"]


def test_escape_in_doubt_is_settled_by_what_follows() -> None:
    parser = KeyParser()
    assert parser.feed(b"\x1b") == []
    assert parser.in_doubt
    assert parser.feed(b"[D") == ["left"]
    assert not parser.in_doubt
    assert parser.settle() == []


def test_text_that_never_ends_swallows_no_later_keys() -> None:
    parser = KeyParser()
    assert parser.feed(b"\x1b]") == []  # Alt and ]
    assert parser.in_doubt
    assert parser.settle() == []
    assert parser.feed(b"q") == ["q"]


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.sampled_from([b"\x1b[D", b"\x1bOC", b"\x1b[1~", b"\x1b[", b"\x1b]0;", b"\x1b", b"\xe9"]),
    ),
    max_size=12,
)


@given(PIECES)
def test_any_bytes_in_any_pieces_give_the_same_keys(pieces: list[bytes]) -> None:
    typed = b"".join(pieces)
    whole = names(typed)
    assert names(*pieces) == whole
    assert names(*(typed[at : at + 1] for at in range(len(typed)))) == whole
    assert all(name in KNOWN or (len(name) == 1 and name.isprintable()) for name in whole)


@given(st.binary(max_size=6).filter(lambda tail: not set(tail) & {0x1B}))
def test_no_part_of_a_known_sequence_comes_out_as_keys(tail: bytes) -> None:
    for sequence in (b"\x1b[D", b"\x1bOD", b"\x1b[1~", b"\x1b[1;5C", b"\x1b[24~"):
        for cut in range(len(sequence) + 1):
            found = names(sequence[:cut], sequence[cut:], tail)
            assert found[len(found) - len(names(tail)) :] == names(tail)
            assert len(found) - len(names(tail)) <= 1


@pytest.fixture
def keyboard() -> Iterator["Keyboard"]:
    keyboard = Keyboard()
    yield keyboard
    keyboard.close()


class Keyboard:
    """A pseudo-terminal with keys to press."""

    def __init__(self) -> None:
        self._controller, terminal = os.openpty()
        self._stream = os.fdopen(terminal)
        self.keys = Keys(self._stream)
        self.keys.start()

    @property
    def fd(self) -> int:
        return self._stream.fileno()

    def press(self, typed: bytes) -> None:
        os.write(self._controller, typed)

    def close(self) -> None:
        self.keys.stop()
        self._stream.close()
        os.close(self._controller)


needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@needs_pty
def test_keys_are_read_as_they_are_pressed(keyboard: Keyboard) -> None:
    keyboard.press(b"q\x1b[D")
    assert keyboard.keys.wait(5.0) == ["q", "left"]
    assert keyboard.keys.wait(0.0) == []


@needs_pty
def test_escape_alone_is_a_key_after_20_ms(keyboard: Keyboard) -> None:
    keyboard.press(b"\x1b")
    assert keyboard.keys.wait(5.0) == []
    began = time.monotonic()
    assert keyboard.keys.wait(5.0) == ["esc"]
    assert ESCAPE_SECONDS - 0.005 < time.monotonic() - began < 1.0


@needs_pty
def test_escape_is_not_settled_before_its_time(keyboard: Keyboard) -> None:
    keyboard.press(b"\x1b")
    assert keyboard.keys.wait(5.0) == []
    assert keyboard.keys.wait(0.0) == []
    keyboard.press(b"[C")
    assert keyboard.keys.wait(5.0) == ["right"]


@needs_pty
def test_what_another_program_has_taken_meanwhile_is_not_waited_for(
    keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program stopped between two calls, while its shell reads what is typed there."""
    look = select.select

    def look_and_be_stopped(*arguments: Any) -> Any:
        found = look(*arguments)
        assert os.read(keyboard.fd, 64) == b"fg"
        return found

    keyboard.press(b"fg")
    with monkeypatch.context() as patch:
        patch.setattr(select, "select", look_and_be_stopped)
        assert keyboard.keys.wait(5.0) == []
    keyboard.press(b"q")
    assert keyboard.keys.wait(5.0) == ["q"]
