"""What signals do: end the program at once, or as an exception where there is work to finish."""

import _thread
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from livegenre.errors import LivegenreError

INTERRUPTED = 130
"""Exit code of a program that a signal ended."""
GRACE_SECONDS = 0.5
"""How long a signal waits to be heeded."""


class Terminated(KeyboardInterrupt):
    """The system asked the program to end: SIGTERM, or SIGHUP when a terminal closes."""


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """Exit at once with 130 at Ctrl-C, SIGTERM and SIGHUP.

    For start-up and the very end, when nothing is lost; an exception could be swallowed or
    turned into another one by whatever is being imported.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        os._exit(INTERRUPTED)

    with _handled_by(leave):
        yield


def heed() -> None:
    """Raise what a signal asked for, if one waits: called between two pieces of long work.

    Does nothing on other threads than the main one, and outside of ``signals_raised``.

    Raises
    ------
    Terminated, KeyboardInterrupt
    """
    if _waiting and threading.current_thread() is threading.main_thread():
        _waiting[-1].heed()


class Interruption:
    """A signal that waits to be heeded between two reads: raised just anywhere, it would crash.

    Native code that calls back into Python, soxr's for one, ends the process when an exception
    comes out of there.
    """

    def __init__(self) -> None:
        self._kind: type[KeyboardInterrupt] | None = None
        self._heeded = False
        self._overdue = False
        self._timer: threading.Timer | None = None

    def heed(self) -> None:
        """Raise what a signal asked for, once; called on the main thread.

        Raises
        ------
        Terminated, KeyboardInterrupt
        """
        if self._kind is not None and not self._heeded:
            self._heeded = True
            raise self._kind

    def receive(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal: leave it to ``heed``, or raise it where that is not reached.

        While one of them is being heeded, Ctrl-C alone is raised again: a closing terminal hangs
        up more than once, which must not cut short how all ends.
        """
        is_ctrl_c = number == signal.SIGINT
        if self._kind is None:
            self._kind = KeyboardInterrupt if is_ctrl_c else Terminated
            self._timer = threading.Timer(GRACE_SECONDS, self._insist, [number])
            self._timer.daemon = True
            self._timer.start()
        elif self._overdue and not self._heeded:
            self.heed()
        elif is_ctrl_c:
            self._heeded = True
            raise KeyboardInterrupt

    def forget(self) -> None:
        """End all waiting."""
        self._heeded = True
        if self._timer is not None:
            self._timer.cancel()

    def _insist(self, number: int) -> None:
        """Break into whatever keeps the main thread from heeding; called on a timer's thread."""
        if self._heeded:
            return
        self._overdue = True
        if hasattr(signal, "pthread_kill"):  # it also ends a system call that waits
            signal.pthread_kill(threading.main_thread().ident or 0, number)
        else:
            _thread.interrupt_main(signal.Signals(number))


_waiting: list[Interruption] = []
"""Those of ``signals_raised`` that last, the innermost at the end."""


@contextmanager
def signals_raised() -> Iterator[Interruption]:
    """Raise ``Terminated`` at SIGTERM and SIGHUP, and ``KeyboardInterrupt`` at Ctrl-C.

    Entered on the main thread. The exception comes out of ``heed``, of this module or of what is
    yielded, to be called again and again; where that is not done within ``GRACE_SECONDS``, out of
    anywhere.
    """
    interruption = Interruption()
    with _handled_by(interruption.receive):
        _waiting.append(interruption)
        try:
            yield interruption
        except (LivegenreError, OSError):
            interruption.heed()  # Ctrl-C ends a pipe's reader too: what that breaks is no error
            raise
        finally:
            _waiting.pop()
            interruption.forget()


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Set a handler for what is not ignored: nohup and background jobs of scripts stay immune."""
    numbers = [
        getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
    ]
    before = {number: signal.getsignal(number) for number in numbers}
    heeded = {n: known for n, known in before.items() if known is not signal.SIG_IGN}
    try:
        for number in heeded:
            signal.signal(number, handler)
        yield
    finally:
        for number, known in heeded.items():
            signal.signal(number, known)
