"""The live screen: a thread that draws frames on the alternate screen and listens for keys.

It never touches source or classifier; the reader's thread hands it decisions and sound.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType, TracebackType
from typing import Self, TextIO

import numpy as np
from rich.console import Console
from rich.control import Control

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen.cells import Row
from livegenre.screen.facts import Facts
from livegenre.screen.frame import draw, n_bands
from livegenre.screen.held_stderr import held_stderr
from livegenre.screen.keys import Keys, in_background
from livegenre.screen.meter import FLOOR_DBFS, Meter
from livegenre.screen.tally import Tally
from livegenre.screen.view import View

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
    source_state : callable
        Returns the source's state; called on the screen's thread.
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
        source_state: Callable[[], str],
        on_quit: Callable[[], None],
    ) -> None:
        self.error: BaseException | None = None
        """What ended the drawing too early; the caller is to look at it after each ``show``."""
        self._facts = facts
        self._meter = meter
        self._console = console
        self._keys = Keys(keys_from)
        self._source_state = source_state
        self._on_quit = on_quit
        self._tally = Tally(facts.sample_rate)
        self._decision: Decision | None = None
        self._spectrum: FloatArray | None = None
        self._painted: list[Row] = []
        self._size = (0, 0)
        self._up = False
        self._terminal = threading.RLock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._cleanup = ExitStack()

    def show(self, decision: Decision) -> None:
        """Take the newest decision; called on the reader's thread, never waits."""
        self._decision = decision
        self._tally.add(decision)

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            if self._console.file.fileno() != STDERR:
                cleanup.enter_context(held_stderr())
            if sys.platform != "win32":
                before = signal.signal(signal.SIGTSTP, self._suspend)
                cleanup.callback(signal.signal, signal.SIGTSTP, before)
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
                self._draw_in_foreground()
                deadline = max(deadline + FRAME_SECONDS, time.monotonic() + REST_SECONDS)
                self._listen(deadline)
        except BaseException as error:
            self.error = error  # carried over to the thread that can act on it

    def _listen(self, deadline: float) -> None:
        while (seconds := deadline - time.monotonic()) > 0 and not self._done.is_set():
            if "q" in self._keys.wait(seconds):
                self._on_quit()

    def _draw_in_foreground(self) -> None:
        size = _terminal_size(self._console)
        # Drawn before the lock is taken: Ctrl-Z waits for the lock, and may hold the meter's.
        rows = draw(self._view(*size), *size).rows
        with self._terminal:
            if in_background(self._console.file):
                return
            if not self._up:
                self._enter()
            if size != self._size:
                self._console.control(Control.clear(), Control.home())
                self._painted, self._size = [], size
            self._paint(rows)

    def _view(self, width: int, height: int) -> View:
        state = self._source_state()
        bands = self._meter.spectrum_dbfs(n_bands(width, height))
        if state != "live":
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
            source_state=state,
            quit_key="q" if self._keys.active else "Ctrl-C",
        )

    def _paint(self, rows: list[Row]) -> None:
        """Write the rows that differ from what the terminal shows, all at once."""
        with self._console:
            for y, row in enumerate(rows):
                if y >= len(self._painted) or row != self._painted[y]:
                    self._console.update_screen_lines([row], 0, y)
        self._painted = rows

    def _enter(self) -> None:
        self._keys.start()
        self._console.set_alt_screen(True)
        self._console.show_cursor(False)
        self._up, self._size = True, (0, 0)

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
            self._leave()
            self._console.out(self._tally.summary(), highlight=False)
        except BROKEN as error:
            self.error = self.error or error

    def _leave(self) -> None:
        self._keys.stop()
        if self._up:
            self._up = False
            self._console.show_cursor(True)
            self._console.set_alt_screen(False)

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        """Give the terminal back and stop; the screen's thread takes it again after ``fg``."""
        with self._terminal:
            self._leave()
            # By default it does nothing where no shell could resume the program.
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, self._suspend)


def _terminal_size(console: Console) -> tuple[int, int]:
    """Return width and height in cells; what the terminal says goes before the environment."""
    width, height = os.get_terminal_size(console.file.fileno())
    return (width, height) if width and height else (console.width, console.height)
