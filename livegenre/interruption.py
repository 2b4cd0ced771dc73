"""The ways the system ends the program, as exceptions on the main thread, so all is cleaned up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """The system asked the program to end: SIGTERM, or SIGHUP when a terminal closes."""


@contextmanager
def termination_raised() -> Iterator[None]:
    """Raise ``Terminated`` at SIGTERM and SIGHUP, as Ctrl-C raises ``KeyboardInterrupt``.

    Entered on the main thread. A signal that is ignored already, as under nohup, stays so.
    """

    def terminate(number: int, frame: FrameType | None) -> NoReturn:
        raise Terminated

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in heeded:
        signal.signal(number, terminate)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)
