"""What signals do: end the program at once, or as an exception where there is work to finish."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""Exit code of a program that a signal ended."""


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


@contextmanager
def signals_raised(before: Callable[[], None]) -> Iterator[None]:
    """Raise ``Terminated`` at SIGTERM and SIGHUP, and ``KeyboardInterrupt`` at Ctrl-C.

    Entered on the main thread. While one of them is being heeded, Ctrl-C alone is raised again:
    a closing terminal hangs up more than once, which must not cut short how all ends.

    Parameters
    ----------
    before : callable
        Called first, so that all ends even where the exception is swallowed.
    """
    ending = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal ending
        if ending and number != signal.SIGINT:
            return
        ending = True
        before()
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated

    with _handled_by(interrupt):
        yield


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
