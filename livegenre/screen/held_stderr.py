"""Keeps what others write to stderr off the screen, and shows it afterwards.

PortAudio, ALSA and other C libraries write straight to file descriptor 2.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from livegenre.screen.outlet import Outlet

MOST_BYTES = 4096
PATIENCE_SECONDS = 0.2
"""How long a terminal may take to show it."""


@contextmanager
def held_stderr() -> Iterator[None]:
    """Hold back all that is written to file descriptor 2 while it is a terminal.

    The last 4 KiB of it are written there at the end.
    """
    if not os.isatty(2):
        yield
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            held.seek(max(0, held.seek(0, os.SEEK_END) - MOST_BYTES))
            outlet = Outlet(sys.stderr)
            outlet.send(held.read())
            outlet.drain(PATIENCE_SECONDS)
            outlet.close()
