"""The terminal while the screen has it: taken, painted on, given back, and lent to the shell."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.control import Control

from livegenre.screen.cells import Row
from livegenre.screen.keys import Keys, in_background


class Terminal:
    """Paints whole frames on the alternate screen; safe to call on any thread.

    Parameters
    ----------
    console : Console
        Of a terminal; no one else may write to it until ``leave``.
    keys : Keys
        Started and stopped along with it.
    """

    def __init__(self, console: Console, keys: Keys) -> None:
        self._console = console
        self._keys = keys
        self._painted: list[Row] = []
        self._size = (0, 0)
        self._up = self._resumed = False
        self._lock = threading.RLock()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in cells; what the terminal says goes before the environment."""
        width, height = os.get_terminal_size(self._console.file.fileno())
        return (width, height) if width and height else (self._console.width, self._console.height)

    def paint(self, rows: list[Row], size: tuple[int, int]) -> None:
        """Show a frame, taking the terminal first; nothing while it is another program's."""
        with self._lock:
            if in_background(self._console.file):
                return
            if not self._up:
                self._enter()
            if self._resumed:
                self._resumed, self._size = False, (0, 0)
                self._keys.renew()
            if size != self._size:
                self._console.control(Control.clear(), Control.home())
                self._painted, self._size = [], size
            self._write(rows)

    def leave(self) -> None:
        """Give the terminal back as it was."""
        with self._lock:
            self._keys.stop()
            if self._up:
                self._up = False
                self._console.show_cursor(True)
                self._console.set_alt_screen(False)

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
        self._console.set_alt_screen(True)
        self._console.show_cursor(False)
        self._up, self._size = True, (0, 0)

    def _write(self, rows: list[Row]) -> None:
        """Write the rows that differ from what the terminal shows, all at once."""
        with self._console:
            for y, row in enumerate(rows):
                if y >= len(self._painted) or row != self._painted[y]:
                    self._console.update_screen_lines([row], 0, y)
        self._painted = rows

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        if sys.platform != "win32":
            with self._lock:
                self.leave()
                # By default it does nothing where no shell could resume the program.
                signal.signal(signal.SIGTSTP, signal.SIG_DFL)
                signal.raise_signal(signal.SIGTSTP)
                signal.signal(signal.SIGTSTP, self._suspend)

    def _resume(self, number: int, frame: FrameType | None) -> None:
        # The rest is for the next frame: this comes anywhere, also when the terminal is closed.
        self._resumed = True
