"""Bytes out of a pipe, never waited for longer than asked; the descriptor stays its owner's."""

import os
import select
import time

_PIECE = 1 << 16


class Pipe:
    """Collects bytes from a file descriptor.

    Parameters
    ----------
    fd : int
        Open for reading: a pipe, or a file.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._bytes = bytearray()
        self._ended = False

    def read(self, n: int, *, unit: int = 1, timeout_seconds: float = 0.1) -> bytes | None:
        """Return ``n`` bytes once they are there, else what came within the time.

        Parameters
        ----------
        n : int > 0
            A multiple of ``unit``.
        unit : int > 0
            Only whole units are returned; part of one at the end is dropped.
        timeout_seconds : float >= 0

        Returns
        -------
        bytes or None
            Fewer than ``n``, even none, after the time or at the end; None after the end.

        Raises
        ------
        OSError
            If the descriptor cannot be read.
        """
        deadline = time.monotonic() + timeout_seconds
        while len(self._bytes) < n and not self._ended:
            if not _is_ready(self._fd, max(0.0, deadline - time.monotonic())):
                break
            piece = os.read(self._fd, _PIECE)
            self._bytes += piece
            self._ended = not piece
        whole = min(n, len(self._bytes)) // unit * unit
        if self._ended and not whole:
            return None
        taken = bytes(self._bytes[:whole])
        del self._bytes[:whole]
        return taken


def _is_ready(fd: int, timeout_seconds: float) -> bool:
    if os.name == "nt":  # select knows only sockets there: the read itself waits
        return True
    return bool(select.select([fd], [], [], timeout_seconds)[0])
