"""The live screen: a thread that draws frames on the alternate screen and listens for keys.

It never touches source or classifier; the reader's thread hands it decisions and sound.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self, TextIO

from rich.console import Console

from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.screen.cells import Row
from livegenre.screen.controls import Controls
from livegenre.screen.desk import Desk
from livegenre.screen.facts import Facts
from livegenre.screen.frame import Frame, draw
from livegenre.screen.held_stderr import held_stderr
from livegenre.screen.keys import Keys
from livegenre.screen.meter import Meter
from livegenre.screen.pace import Pace
from livegenre.screen.scene import Scene
from livegenre.screen.summary import summary
from livegenre.screen.tally import Tally
from livegenre.screen.terminal import Terminal
from livegenre.screen.variant import Variant
from livegenre.screen.view import SourceStatus

GLANCE_SECONDS = 0.1
"""Between two looks at the terminal's size and at whether all is to end."""
POLL_SECONDS = 0.01
"""The same while the terminal has not taken all of a frame."""
PATIENCE_SECONDS = 2.0
TRUECOLOR = Variant()
STDERR = 2
BROKEN = (OSError, ValueError)
"""What writing to a terminal that has gone raises, or to a stream that is closed."""


class LiveScreen:
    """A context manager; enter it on the main thread.

    Signals that end the program must reach it as exceptions (as Ctrl-C does): leaving the
    context is what gives the terminal back. Ctrl-Z and ``fg`` are taken care of.

    Parameters
    ----------
    facts : Facts
    meter : Meter
        Filled by the reader's thread.
    console : Console
        Of a terminal; no one else may write to it while the screen is up.
    keys_from : TextIO or None
        Where keys are read, if it is a terminal.
    source_status : callable
        Returns how the source fares; called on the screen's thread.
    controls : Controls
        What keys ask something of.
    variant : Variant
        What the terminal can show.
    pace : Pace, optional
        Ten frames a second by default.
    scroll_ops : bool
        As for ``Painter``.
    """

    def __init__(
        self,
        facts: Facts,
        meter: Meter,
        *,
        console: Console,
        keys_from: TextIO | None = None,
        source_status: Callable[[], SourceStatus],
        controls: Controls,
        variant: Variant = TRUECOLOR,
        pace: Pace | None = None,
        scroll_ops: bool = True,
    ) -> None:
        self.error: BaseException | None = None
        """What ended the drawing too early; ``watch`` raises it."""
        self._console = console
        self._keys = Keys(keys_from)
        self._terminal = Terminal(console, self._keys, scroll_ops=scroll_ops)
        self._pace = pace or Pace(time.monotonic())
        self._source_status = source_status
        self._variant = variant
        self._scene = Scene(facts, meter, source_status, variant)
        self._desk = Desk(controls, self._scene.mark)
        self._tally = Tally(facts)
        self._is_fluent = True
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._cleanup = ExitStack()

    @property
    def frames_per_second(self) -> float:
        """The rate at present: lower where the terminal is slow."""
        return self._pace.frames_per_second

    @property
    def is_fluent(self) -> bool:
        """Whether the terminal has taken all of the last frame."""
        return self._is_fluent

    def show(self, decision: Decision) -> None:
        """Take the newest decision; called on the reader's thread, never waits."""
        self._scene.add(decision)
        self._tally.add(decision)

    def inform(self, facts: Facts) -> None:
        """Take what the session is about from here on; called on the reader's thread."""
        self._scene.inform(facts)
        self._tally.facts = facts

    def watch(self) -> None:
        """See that the screen is well; called on the reader's thread, never waits.

        Raises
        ------
        OutputError
            If the drawing has ended too early.
        """
        if self.error is not None:
            raise OutputError(f"the screen ended: {self.error!r}; --plain needs none")

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            if self._console.file.fileno() != STDERR:
                cleanup.enter_context(held_stderr())
            cleanup.enter_context(self._terminal.suspendable())
            cleanup.callback(self._part)
            cleanup.callback(self._join)  # once more in _part: a second Ctrl-C may cut this short
            cleanup.callback(self._done.set)
            self._thread.start()
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._cleanup.close()

    def _run(self) -> None:
        """Draw until done; what goes wrong is kept for the reader's thread."""
        try:
            while not self._done.is_set():
                size = self._terminal.size
                # Drawn before the terminal is locked: Ctrl-Z waits for it, maybe in a meter's lock.
                self._terminal.paint(self._frame(size), size)
                self._pace.drawn(time.monotonic())
                self._listen(size)
        except BaseException as error:
            self.error = error  # carried over to the thread that can act on it

    def _listen(self, size: tuple[int, int]) -> None:
        """Heed keys until the next frame is due, and not before the last one is written."""
        began, self._is_fluent = time.monotonic(), False
        while not self._done.is_set():
            now = time.monotonic()
            if not self._is_fluent and self._terminal.push():
                self._is_fluent = True
                self._pace.written(now - began, now)
            if self._is_fluent and (now >= self._pace.deadline or self._terminal.size != size):
                return
            left = max(self._pace.deadline - now, 0.0)
            for key in self._keys.wait(
                min(left, GLANCE_SECONDS) if self._is_fluent else POLL_SECONDS
            ):
                self._press(key)

    def _frame(self, size: tuple[int, int]) -> Frame:
        desk = self._desk
        desk.tend()
        view = self._scene.view(
            desk.look,
            size,
            time.monotonic(),
            quit_key="q" if self._keys.active else "Ctrl-C",
            choices=desk.choices,
            why=desk.why,
        )
        return draw(view, *size)

    def _press(self, key: str) -> None:
        desk = self._desk
        situation = self._scene.situation(desk.look, desk.choices, self._terminal.size)
        desk.press(key, situation)
        self._pace.hurry()

    def _join(self) -> None:
        self._thread.join(PATIENCE_SECONDS)

    def _part(self) -> None:
        """Give the terminal back and say the last words, if it still takes any."""
        self._keys.stop()
        self._join()
        try:
            taken = not self._thread.is_alive() and self._terminal.leave()
            if not (taken and self._terminal.print(self._last_words())):
                self.error = self.error or TimeoutError("the terminal takes no more output")
        except BROKEN as error:
            self.error = self.error or error
        finally:
            self._terminal.close()

    def _last_words(self) -> list[Row]:
        width, _ = self._terminal.size
        return summary(self._tally, self._source_status(), width, self._variant)
