"""Keeps what others write to stderr off the screen, and shows it afterwards.

PortAudio, ALSA and other C libraries write straight to file descriptor 2; Python's own stderr may
have another one, where they are kept quiet.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from livegenre.screen.outlet import Outlet

MOST_BYTES = 4096
PATIENCE_SECONDS = 0.2
"""How long a terminal may take to show it."""


@contextmanager
def held_stderr() -> Iterator[None]:
    """Hold back all that is written to stderr, by Python or others, while it is a terminal.

    The last 4 KiB of it are written there at the end.
    """
    shown = [number for number in _stderrs() if os.isatty(number)]
    if not shown:
        yield
        return
    sys.stderr.flush()
    terminal = os.dup(shown[0])
    with tempfile.TemporaryFile() as held:
        for number in shown:
            os.dup2(held.fileno(), number)
        try:
            yield
        finally:
            sys.stderr.flush()
            for number in _stderrs():  # others than before, if quiet began or ended meanwhile
                if os.path.sameopenfile(number, held.fileno()):
                    os.dup2(terminal, number)
            os.close(terminal)
            held.seek(max(0, held.seek(0, os.SEEK_END) - MOST_BYTES))
            outlet = Outlet(sys.stderr)
            outlet.send(held.read())
            outlet.drain(PATIENCE_SECONDS)
            outlet.close()


def _stderrs() -> set[int]:
    """Return the descriptors that C libraries and Python write to."""
    numbers = {2}
    with suppress(OSError):  # a stream in memory has none
        numbers.add(sys.stderr.fileno())
    return numbers
