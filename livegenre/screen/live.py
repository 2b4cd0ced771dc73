"""The live screen: a thread that draws frames on the alternate screen and listens for keys.

It never touches source or classifier; the reader's thread hands it decisions and sound.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TextIO

import numpy as np
from rich.console import Console

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.screen.facts import Facts
from livegenre.screen.frame import draw, n_bands
from livegenre.screen.held_stderr import held_stderr
from livegenre.screen.keys import Keys
from livegenre.screen.meter import FLOOR_DBFS, Meter
from livegenre.screen.pace import FRAMES_PER_SECOND, Pace
from livegenre.screen.tally import Tally
from livegenre.screen.terminal import Terminal
from livegenre.screen.view import SourceStatus, View

GLANCE_SECONDS = 0.1
"""Between two looks at the terminal's size and at whether all is to end."""
POLL_SECONDS = 0.01
"""The same while the terminal has not taken all of a frame."""
SPECTRUM_FALL_DB = 40.0
"""Decibels that a band of the spectrum falls in a second; it rises at once."""
PATIENCE_SECONDS = 2.0
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
    scroll_ops : bool
        As for ``Painter``.
    frames_per_second : float > 0
        The highest rate.
    source_status : callable
        Returns how the source fares; called on the screen's thread.
    on_quit : callable
        Called on the screen's thread when q is pressed.
    """

    def __init__(
        self,
        facts: Facts,
        meter: Meter,
        *,
        console: Console,
        keys_from: TextIO | None = None,
        scroll_ops: bool = True,
        frames_per_second: float = FRAMES_PER_SECOND,
        source_status: Callable[[], SourceStatus],
        on_quit: Callable[[], None],
    ) -> None:
        self.error: BaseException | None = None
        """What ended the drawing too early; ``watch`` raises it."""
        self._facts = facts
        self._meter = meter
        self._console = console
        self._keys = Keys(keys_from)
        self._terminal = Terminal(console, self._keys, scroll_ops=scroll_ops)
        self._pace = Pace(time.monotonic(), frames_per_second)
        self._source_status = source_status
        self._on_quit = on_quit
        self._tally = Tally()
        self._decision: Decision | None = None
        self._spectrum: FloatArray | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._is_fluent = True
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
        self._decision = decision
        self._tally.add(decision)

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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    def _run(self) -> None:
        """Draw until done; what goes wrong is kept for the reader's thread."""
        try:
            while not self._done.is_set():
                size = self._terminal.size
                # Drawn before the terminal is locked: Ctrl-Z waits for it, maybe in a meter's lock.
                self._terminal.paint(draw(self._view(*size), *size), size)
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

    def _press(self, key: str) -> None:
        if key == "q":
            self._on_quit()
        self._pace.hurry()

    def _view(self, width: int, height: int) -> View:
        source = self._source_status()
        bands = self._meter.spectrum_dbfs(n_bands(width, height))
        if not source.hearing:
            bands = np.full_like(bands, FLOOR_DBFS)
        if self._spectrum is not None and len(self._spectrum) == len(bands):
            fallen = self._spectrum - np.float32(SPECTRUM_FALL_DB * 0.1)
            bands = np.maximum(bands, fallen)
        self._spectrum = bands
        return View(
            facts=self._facts,
            decision=self._decision,
            levels=self._meter.levels(),
            spectrum_dbfs=bands,
            source=source,
            quit_key="q" if self._keys.active else "Ctrl-C",
        )

    def _join(self) -> None:
        self._thread.join(PATIENCE_SECONDS)

    def _part(self) -> None:
        """Give the terminal back and say the last words, if it still takes any."""
        self._keys.stop()
        self._join()
        try:
            taken = not self._thread.is_alive() and self._terminal.leave()
            if not (taken and self._terminal.say(self._last_words())):
                self.error = self.error or TimeoutError("the terminal takes no more output")
        except BROKEN as error:
            self.error = self.error or error
        finally:
            self._terminal.close()

    def _last_words(self) -> str:
        return self._tally.summary(self._source_status()) + "\n"
