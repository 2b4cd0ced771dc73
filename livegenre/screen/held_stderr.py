"""Keeps what others write to stderr off the screen, and shows it afterwards.

PortAudio, ALSA and other C libraries write straight to file descriptor 2; Python's own stderr may
have another one, where they are kept quiet.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO

from livegenre.screen.outlet import Outlet

if sys.platform != "win32":
    import fcntl

MOST_BYTES = 4096
LARGEST_BYTES = 1 << 20
"""What the file may hold between two looks: the folder for such files is often memory."""
LOOK_SECONDS = 0.25
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
    with tempfile.TemporaryFile(buffering=0) as held:
        _append_always(held)
        for number in shown:
            os.dup2(held.fileno(), number)
        try:
            with _kept_small(held):
                yield
        finally:
            sys.stderr.flush()
            for number in _stderrs():  # others than before, if quiet began or ended meanwhile
                if os.path.sameopenfile(number, held.fileno()):
                    os.dup2(terminal, number)
            os.close(terminal)
            outlet = Outlet(sys.stderr)
            outlet.send(_newest(held))
            outlet.drain(PATIENCE_SECONDS)
            outlet.close()


def _append_always(held: FileIO) -> None:
    """Have all that is written go to the end of a file, whoever writes it.

    Programs that share it share its offset too, which would be far beyond the end after a cut.
    """
    if sys.platform != "win32":
        flags = fcntl.fcntl(held, fcntl.F_GETFL)
        fcntl.fcntl(held, fcntl.F_SETFL, flags | os.O_APPEND)


@contextmanager
def _kept_small(held: FileIO) -> Iterator[None]:
    """Cut off now and then what is old; a pipe that Python reads could hold up a C library."""
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_SECONDS):
            if os.fstat(held.fileno()).st_size > LARGEST_BYTES:
                newest = _newest(held)
                held.truncate(0)
                held.seek(0)
                with suppress(OSError):  # others have filled the disk
                    held.write(newest)

    thread = threading.Thread(target=look, name="held stderr", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _newest(held: FileIO) -> bytes:
    held.seek(max(0, held.seek(0, os.SEEK_END) - MOST_BYTES))
    return held.read(MOST_BYTES)


def _stderrs() -> set[int]:
    """Return the descriptors that C libraries and Python write to."""
    numbers = {2}
    with suppress(OSError):  # a stream in memory has none
        numbers.add(sys.stderr.fileno())
    return numbers
