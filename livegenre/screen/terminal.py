"""The terminal while the screen has it: taken, painted on, given back, and lent to the shell."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO, cast

from rich.console import Console

from livegenre.screen.cells import Row
from livegenre.screen.frame import Frame
from livegenre.screen.keys import Keys, in_background
from livegenre.screen.outlet import Outlet
from livegenre.screen.painter import Painter

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[0m\x1b[?1049l\x1b[?25h\r"
"""Alternate screen without a cursor, and back, to the beginning of a line: what was typed too
early stands there."""
PATIENCE_SECONDS = 0.5
"""How long a terminal may take its last bytes before it is given up."""


class Terminal:
    """Paints frames on the alternate screen; safe to call on any thread, never waits for long.

    Parameters
    ----------
    console : Console
        Of a terminal; no one else may write to it until ``close``.
    keys : Keys
        Started and stopped along with it.
    scroll_ops : bool
        As for ``Painter``.
    """

    def __init__(self, console: Console, keys: Keys, *, scroll_ops: bool = True) -> None:
        self._console = console
        self._keys = keys
        self._painter = Painter(console, scroll_ops=scroll_ops)
        self._outlet = Outlet(cast(TextIO, console.file))
        self._size = (0, 0)
        self._up = self._resumed = False
        self._lock = threading.RLock()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in cells; what the terminal says goes before the environment."""
        width, height = os.get_terminal_size(self._console.file.fileno())
        return (width, height) if width and height else (self._console.width, self._console.height)

    def paint(self, frame: Frame, size: tuple[int, int]) -> None:
        """Show a frame, taking the terminal first; nothing while it is another program's.

        To be called only after ``push`` said that the frame before has been written.
        """
        with self._lock:
            if in_background(self._console.file):
                return
            if not self._up:
                self._enter()
            if self._resumed:
                self._resumed, self._size = False, (0, 0)
                self._keys.renew()
            if size != self._size:
                self._painter.forget()
                self._size = size
            self._outlet.send(self._painter.paint(frame))

    def push(self) -> bool:
        """Write on; return whether all of the last frame has been written."""
        with self._lock:
            return self._outlet.push()

    def print(self, rows: list[Row]) -> bool:
        """Write rows as lines after ``leave``; return whether the terminal took them in time."""
        with self._lock:
            self._outlet.send(self._painter.print(rows))
            return self._outlet.drain(PATIENCE_SECONDS)

    def leave(self) -> bool:
        """Give the terminal back as it was; return whether it took all that this needs."""
        with self._lock:
            self._keys.stop()
            if self._up:
                self._up = False
                self._outlet.send(LEAVE.encode())
            if self._outlet.drain(PATIENCE_SECONDS) or in_background(self._console.file):
                return not self._outlet.n_waiting
            self._outlet.restart()
            return self._outlet.drain(PATIENCE_SECONDS)

    def close(self) -> None:
        """Let go of the terminal, after ``leave``."""
        with self._lock:
            self._outlet.close()

    @contextmanager
    def suspendable(self) -> Iterator[None]:
        """Give the terminal back at Ctrl-Z; the next frame after ``fg`` takes it again.

        Entered on the main thread. Whatever else stopped the program, all is painted anew.
        """
        if sys.platform == "win32":
            yield
            return
        handlers = {signal.SIGTSTP: self._suspend, signal.SIGCONT: self._resume}
        before = {number: signal.signal(number, handle) for number, handle in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _enter(self) -> None:
        self._keys.start()
        self._outlet.send(ENTER.encode())
        self._up, self._size = True, (0, 0)

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        if sys.platform != "win32":
            with self._lock:
                self.leave()
                self._outlet.drop()
                # By default it does nothing where no shell could resume the program.
                signal.signal(signal.SIGTSTP, signal.SIG_DFL)
                signal.raise_signal(signal.SIGTSTP)
                signal.signal(signal.SIGTSTP, self._suspend)

    def _resume(self, number: int, frame: FrameType | None) -> None:
        # The rest is for the next frame: this comes anywhere, also when the terminal is closed.
        self._resumed = True
