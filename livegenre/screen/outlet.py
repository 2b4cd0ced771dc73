"""Bytes on their way to a terminal or pipe that may take its time, so that nobody waits for it."""

import os
import sys
import time
from contextlib import suppress
from io import UnsupportedOperation
from typing import TextIO

if sys.platform != "win32":
    import select
    import termios

PAUSE_SECONDS = 0.005
"""Between two attempts."""


class Outlet:
    """What is sent is written as far as it goes at once, the rest by ``push``; in order, once.

    Used by one thread at a time.

    Parameters
    ----------
    stream : TextIO
        Its own settings are left alone: programs share them. One without a file descriptor, and
        any on Windows, is written to as it is, and may have to be waited for.
    """

    def __init__(self, stream: TextIO) -> None:
        stream.flush()
        self._stream = stream
        self._fd = _descriptor(stream)
        self._own = None if self._fd is None else reopened(self._fd, os.O_WRONLY)
        self._waiting = b""

    @property
    def n_waiting(self) -> int:
        """Bytes of what was sent that have not been written."""
        return len(self._waiting)

    def send(self, data: bytes) -> None:
        """Write some bytes after all that wait.

        Raises
        ------
        OSError
            If nobody is there to take them.
        """
        self._waiting += data
        self.push()

    def push(self) -> bool:
        """Write what goes of what waits; return whether nothing does any more."""
        try:
            while self._waiting and (n := self._write()):
                self._waiting = self._waiting[n:]
        except OSError:
            self._waiting = b""
            raise
        return not self._waiting

    def drain(self, seconds: float) -> bool:
        """Write what waits for so long at most; return whether nothing does any more."""
        end = time.monotonic() + seconds
        while not self.push() and time.monotonic() < end:
            time.sleep(PAUSE_SECONDS)
        return not self._waiting

    def restart(self) -> None:
        """Lift the halt that Ctrl-S puts on a terminal; the terminal's settings stay as they are.

        Switching that key off does so, on Linux and elsewhere.
        """
        if sys.platform == "win32" or self._fd is None or not os.isatty(self._fd):
            return
        with suppress(termios.error):  # the terminal has gone, as the next write will tell
            mode = termios.tcgetattr(self._fd)
            free = [mode[0] & ~termios.IXON, *mode[1:]]
            termios.tcsetattr(self._fd, termios.TCSANOW, free)
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting = b""

    def close(self) -> None:
        """Release what was opened; what waits is lost."""
        own, self._own = self._own, None
        if own is not None:
            os.close(own)

    def _write(self) -> int:
        """Write what goes; return how many bytes that were."""
        if sys.platform == "win32" or self._fd is None:
            self._stream.write(self._waiting.decode(self._stream.encoding or "utf-8"))
            self._stream.flush()
            return len(self._waiting)
        if self._own is not None:
            with suppress(BlockingIOError):
                return os.write(self._own, self._waiting)
            return 0
        if select.select([], [self._fd], [], 0)[1]:
            return os.write(self._fd, self._waiting[: select.PIPE_BUF])  # so much never waits
        return 0


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except UnsupportedOperation:
        return None


def reopened(fd: int, access: int) -> int | None:
    """Open a terminal once more, so that nothing waits; None if it is none, or another's.

    The flag for that belongs to what was opened, which the shell and others share.
    """
    if sys.platform == "win32" or not os.isatty(fd):
        return None
    try:
        return os.open(os.ttyname(fd), access | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return None
