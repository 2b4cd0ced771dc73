"""Single keys from the terminal by name, without waiting for the return key.

Touches the terminal only while this program is in its foreground; elsewhere, and without
POSIX terminals, there are simply no keys.
"""

import os
import sys
import time
from contextlib import suppress
from typing import IO, Any

from livegenre.screen.escapes import KeyParser
from livegenre.screen.outlet import reopened

if sys.platform != "win32":
    import select
    import termios
    import tty

ESCAPE_SECONDS = 0.02
"""An Esc that nothing follows for so long was pressed by a person."""


def in_background(terminal: IO[str]) -> bool:
    """Tell whether a terminal now belongs to another program, the shell for instance."""
    if sys.platform == "win32":
        return False
    try:
        return os.tcgetpgrp(terminal.fileno()) != os.getpgrp()
    except OSError:  # not the terminal that controls this program, so nobody takes turns on it
        return False


class Keys:
    """Keys of one input stream; used on the screen's thread.

    Parameters
    ----------
    stream : IO[str] or None
        Where keys come from; no keys if it is not a terminal in the foreground.
    """

    def __init__(self, stream: IO[str] | None) -> None:
        self._stream = stream
        self._fd = -1
        self._own: int | None = None
        self._mode: list[Any] | None = None
        self._parser = KeyParser()
        self._read_at = 0.0

    @property
    def active(self) -> bool:
        """Whether keys arrive."""
        return self._mode is not None

    def start(self) -> None:
        """Ask the terminal for each key as it is pressed; Ctrl-C and Ctrl-Z keep their meaning."""
        if sys.platform == "win32" or self.active:
            return
        stream = self._stream
        if stream is None or stream.closed or not stream.isatty() or in_background(stream):
            return
        self._fd = stream.fileno()
        mode = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd, termios.TCSANOW)
        self._own = reopened(self._fd, os.O_RDONLY)
        self._mode = mode

    def _in_foreground(self) -> bool:
        return self._stream is not None and not in_background(self._stream)

    def stop(self) -> None:
        """Give the terminal back as it was."""
        if sys.platform == "win32" or self._mode is None:
            return
        mode, self._mode = self._mode, None
        own, self._own = self._own, None
        if own is not None:
            os.close(own)
        with suppress(termios.error):  # the terminal has gone: nothing to give back
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def renew(self) -> None:
        """Ask again for each key: who had the terminal meanwhile may have changed its mode."""
        if sys.platform != "win32" and self._mode is not None and self._in_foreground():
            tty.setcbreak(self._fd, termios.TCSANOW)

    def wait(self, seconds: float) -> list[str]:
        """Wait until keys are pressed or the time is over; return their names, oldest first.

        Raises
        ------
        EOFError
            If the terminal has gone.
        """
        if sys.platform == "win32" or not self.active:
            time.sleep(seconds)
            return []
        if self._parser.in_doubt:
            seconds = min(seconds, max(0.0, self._read_at + ESCAPE_SECONDS - time.monotonic()))
        if select.select([self._fd], [], [], seconds)[0]:
            return self._read()
        overdue = time.monotonic() >= self._read_at + ESCAPE_SECONDS
        return self._parser.settle() if overdue else []

    def _read(self) -> list[str]:
        try:
            typed = os.read(self._fd if self._own is None else self._own, 64)
        except BlockingIOError:  # typed while stopped, and the shell has taken it
            return []
        if not typed:
            raise EOFError("the terminal has gone")
        self._read_at = time.monotonic()
        return self._parser.feed(typed)
