"""What a terminal sends for a key, turned into the key's name. Pure: bytes in, names out."""

import codecs
from typing import Literal

ESC = "\x1b"
NAMED = {
    " ": "space",
    "\t": "tab",
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\b": "backspace",
}
FINALS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
"""How the sequences of keys end: after ``ESC [`` and, in a terminal's other mode, ``ESC O``."""
TILDES = {"1": "home", "4": "end", "7": "home", "8": "end"}
"""Numbers of keys in ``ESC [ number ~``."""
TEXT_STARTS = "]PX^_"
"""After ESC: answers of the terminal, of any length, which end with BEL or ESC \\."""
BEL = "\x07"
LONGEST = 16
"""Characters of a sequence that are worth keeping; no key has more."""

State = Literal["ground", "escape", "csi", "linux", "ss3", "text"]


class KeyParser:
    """Names keys out of what was typed, however it was cut into pieces.

    A printable character is its own name; others are ``space``, ``enter``, ``tab``,
    ``backspace``, ``esc``, ``left``, ``right``, ``up``, ``down``, ``home`` and ``end``. All else,
    function keys and keys with Alt for instance, is dropped whole.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._state: State = "ground"
        self._kept = ""

    @property
    def in_doubt(self) -> bool:
        """Whether something began that may be over: an Esc alone, or a text that never ends."""
        return self._state in ("escape", "text")

    def feed(self, typed: bytes) -> list[str]:
        """Take what was typed and return the names of the keys that it completes."""
        characters = self._decoder.decode(typed)
        return [name for character in characters for name in self._take(character)]

    def settle(self) -> list[str]:
        """Take an Esc in doubt for a key, since nothing followed it in time."""
        if not self.in_doubt:
            return []
        found = ["esc"] if self._state == "escape" else []
        self._state = "ground"
        return found

    def _take(self, character: str) -> list[str]:
        if character == ESC:
            found = self.settle()
            self._state, self._kept = "escape", ""
            return found
        if self._state == "ground":
            return _plain(character)
        if self._state == "escape":
            self._state = _after_escape(character)
        elif self._state == "text":
            self._state = "ground" if character == BEL else "text"
        else:
            return self._continue(character)
        return []

    def _continue(self, character: str) -> list[str]:
        """Take a character of a sequence that ends by itself."""
        if self._state == "csi" and character == "[" and not self._kept:
            self._state = "linux"  # the console's function keys: one more character follows
        elif "@" <= character <= "~":
            name = TILDES.get(self._kept) if character == "~" else FINALS.get(character)
            unknown = name is None or self._state == "linux"
            self._state = "ground"
            return [] if unknown else [str(name)]
        elif " " <= character < "@":
            self._kept = (self._kept + character)[:LONGEST]
        else:
            self._state = "ground"  # no sequence holds such a character
        return []


def _after_escape(character: str) -> State:
    if character in TEXT_STARTS:
        return "text"
    return "csi" if character == "[" else "ss3" if character == "O" else "ground"


def _plain(character: str) -> list[str]:
    name = NAMED.get(character)
    if name is None and character.isprintable():
        name = character
    return [] if name is None else [name]
