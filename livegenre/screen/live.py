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
from livegenre.screen.tally import Tally
from livegenre.screen.terminal import Terminal
from livegenre.screen.view import SourceStatus, View

FRAME_SECONDS = 0.1
REST_SECONDS = 0.02
"""Shortest wait for keys, however slow the terminal."""
SPECTRUM_FALL_DB = 40.0
"""Decibels that a band of the spectrum falls in a second; it rises at once."""
PATIENCE_SECONDS = 2.0
STDERR = 2
BROKEN = (OSError, ValueError, SystemExit)
"""What writing to a terminal that has gone raises; Rich turns a broken pipe into SystemExit."""


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
        source_status: Callable[[], SourceStatus],
        on_quit: Callable[[], None],
    ) -> None:
        self.error: BaseException | None = None
        """What ended the drawing too early; ``watch`` raises it."""
        self._facts = facts
        self._meter = meter
        self._console = console
        self._keys = Keys(keys_from)
        self._terminal = Terminal(console, self._keys)
        self._source_status = source_status
        self._on_quit = on_quit
        self._tally = Tally()
        self._decision: Decision | None = None
        self._spectrum: FloatArray | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._cleanup = ExitStack()

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
            deadline = time.monotonic()
            while not self._done.is_set():
                self._draw()
                deadline = max(deadline + FRAME_SECONDS, time.monotonic() + REST_SECONDS)
                self._listen(deadline)
        except BaseException as error:
            self.error = error  # carried over to the thread that can act on it

    def _listen(self, deadline: float) -> None:
        while (seconds := deadline - time.monotonic()) > 0 and not self._done.is_set():
            if "q" in self._keys.wait(seconds):
                self._on_quit()

    def _draw(self) -> None:
        size = self._terminal.size
        # Drawn before the terminal is locked: Ctrl-Z waits for it, and may hold the meter's lock.
        self._terminal.paint(draw(self._view(*size), *size).rows, size)

    def _view(self, width: int, height: int) -> View:
        source = self._source_status()
        bands = self._meter.spectrum_dbfs(n_bands(width, height))
        if not source.hearing:
            bands = np.full_like(bands, FLOOR_DBFS)
        if self._spectrum is not None and len(self._spectrum) == len(bands):
            fallen = self._spectrum - np.float32(SPECTRUM_FALL_DB * FRAME_SECONDS)
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
        if self._thread.is_alive():
            self.error = TimeoutError("the terminal takes no more output")
            return
        try:
            self._terminal.leave()
            self._console.out(self._tally.summary(self._source_status()), highlight=False)
        except BROKEN as error:
            self.error = self.error or error
