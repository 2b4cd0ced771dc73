"""A process that works: started by ``Process``, it takes parcels from a pipe until that ends."""

import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import parent_process
from types import FrameType
from typing import NoReturn

from livegenre.work.parcel import perform

READY = b"ready"
"""The first thing said: whatever ends the process before that was no item."""


def serve(pipe: Connection) -> None:
    """Do what comes out of the pipe, and say what came of it; runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):  # the other side is gone
        pipe.send_bytes(READY)
        while True:
            pipe.send_bytes(perform(pipe.recv_bytes()))


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """End in order, so that temporary files are removed."""
    sys.exit(128 + number)


def _end_with_parent() -> None:
    """Outlive nobody, whatever ended the first process, and however long an item takes."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
