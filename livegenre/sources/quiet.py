"""Keeps C libraries from writing over the screen: they print to file descriptor 2 as they like."""

import io
import os
import sys
import threading
from typing import TextIO


class _QuietStderr:
    """A context manager that nests, also from several threads; the last to leave restores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._kept: int | None = None
        self._text: TextIO | None = None

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                self._divert()
            self._users += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._restore()

    def _divert(self) -> None:
        try:
            self._kept = os.dup(2)
        except OSError:  # descriptor 2 is shut: nothing to keep quiet
            return
        python = sys.stderr
        if isinstance(python, io.TextIOWrapper) and python is sys.__stderr__:
            python.flush()
            self._text = open(  # noqa: SIM115 - closed by _restore
                self._kept,
                "w",
                buffering=1,
                encoding=python.encoding,
                errors=python.errors,
                closefd=False,
            )
            sys.stderr = self._text
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        os.close(null)

    def _restore(self) -> None:
        kept, text, self._kept, self._text = self._kept, self._text, None, None
        if kept is None:
            return
        os.dup2(kept, 2)
        if text:
            if sys.stderr is text:
                sys.stderr = sys.__stderr__
            text.close()
        os.close(kept)


quiet_stderr = _QuietStderr()
"""While ``with quiet_stderr:`` lasts, what ALSA, PortAudio or mpg123 print goes nowhere.

Python's own ``sys.stderr`` goes where it went. The descriptor belongs to the whole process.
"""
