"""The desk at which a person sits: what the keys have made of the look, and what was answered."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from livegenre.screen.controls import Choice, Controls, Why
from livegenre.screen.look import Look
from livegenre.screen.press import press
from livegenre.screen.situation import Situation

NOTE_SECONDS = 3.0
"""How long an answer stands."""


class Desk:
    """Takes keys, passes requests on, and keeps their answers; used on the screen's thread.

    Parameters
    ----------
    controls : Controls
        What requests are made of.
    mark : callable
        Marks the newest column of the picture and returns its time; None if there is none.
    """

    def __init__(self, controls: Controls, mark: Callable[[], float | None]) -> None:
        self.look = Look()
        self.choices: Sequence[Choice] | str = ()
        """What the list of devices offers, or why it offers nothing; the same while it is up."""
        self.why: Why | str = ""
        """What pushed the newest decision, while somebody wants to know."""
        self._controls = controls
        self._mark = mark
        self._noted_at = 0.0

    def press(self, key: str, situation: Situation) -> None:
        """Do what a key asks for, and note what is answered."""
        before = self.look
        pressed = press(before, key, situation)
        answer = pressed.request(self._controls) if pressed.request else ""
        if pressed.marks and (marked_at := self._mark()) is not None:
            answer = self._controls.mark(marked_at)
        self.look = replace(pressed.look, note=answer) if answer else pressed.look
        if self.look is not before:
            self._noted_at = time.monotonic()
        if self.look.overlay != before.overlay:
            self.choices, self.why = (), ""

    def tend(self) -> None:
        """See what has come meanwhile: to be called before each frame."""
        if self.look.note and time.monotonic() - self._noted_at > NOTE_SECONDS:
            self.look = replace(self.look, note="")
        if news := self._controls.answer():
            self.look = replace(self.look, note=news)
            self._noted_at = time.monotonic()
        if self.look.overlay == "devices" and (isinstance(self.choices, str) or not self.choices):
            self.choices = self._controls.devices()
        if self.look.overlay == "why":
            self.why = self._controls.why()
