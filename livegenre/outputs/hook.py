"""Runs a command at every change of the answer: one at a time, and never for long."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import inf

from livegenre.decision import Decision
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header
from livegenre.outputs.hook_words import filled, split, values_of

LIMIT_SECONDS = 10.0
"""How long a command may run."""
GRACE_SECONDS = 1.0
"""Between being asked to end and being ended."""
PATIENCE_SECONDS = 2.0
"""How long the end of a session waits for a command."""
GLANCE_SECONDS = 0.2
"""Between two looks at whether the session ends."""


class Hook:
    """A sink that runs a command, without a shell, on a thread of its own; no call waits.

    A change that comes while the command runs waits for its end, and yields to a newer one. The
    command has no terminal, and nothing to read; what it writes goes to this program's stderr.
    It is ended, with what it started in its own session, when it takes longer than
    ``limit_seconds``.

    Parameters
    ----------
    command : str
        Split into words as a shell does; ``{label}`` and the like, and formats as in
        ``{posterior:.0%}``, are replaced in all words but the first, ``{{`` stands for a brace.
    say : callable
        Given a line when the command fails, on that thread.
    limit_seconds : float > 0

    Raises
    ------
    UsageError
        If there is no such command, or it asks for what is not known.
    """

    def __init__(
        self, command: str, say: Callable[[str], None], *, limit_seconds: float = LIMIT_SECONDS
    ) -> None:
        self._words = split(command)
        self._say = say
        self._limit_seconds = limit_seconds
        self._changed = threading.Condition()
        self._next: Change | None = None
        self._ends_at: float | None = None
        self._starting = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="hook", daemon=True)

    def start(self, header: Header) -> None:
        """Begin to wait for changes."""
        self._thread.start()

    def show(self, decision: Decision) -> None:
        """Do nothing: a decision that changes nothing is no news."""

    def change(self, change: Change) -> None:
        """Have the command run, when the one before has ended."""
        with self._changed:
            self._next = change
            self._changed.notify()

    def device(self, change: DeviceChange) -> None:
        """Do nothing."""

    def event(self, event: Event) -> None:
        """Do nothing."""

    def end(self, end: End) -> None:
        """Let the newest change be told within a short time, and end what runs then."""
        with self._changed:
            self._ends_at = time.monotonic() + PATIENCE_SECONDS
            self._changed.notify()
        try:
            self._thread.join(PATIENCE_SECONDS + 3 * GRACE_SECONDS)
        finally:  # after another Ctrl-C the program, and with it that thread, lives no longer
            self._abandon()

    def _abandon(self) -> None:
        """Let nothing run any more, from now on."""
        with self._starting:
            self._ends_at = -inf
            if self._running is not None:
                _signal(self._running, kill=True)

    def _run(self) -> None:
        while (change := self._wait()) is not None:
            try:
                trouble = self._tell(change)
            except OSError as error:
                trouble = f"cannot be run: {error.strerror}"
            except (TypeError, ValueError, OverflowError, MemoryError) as error:  # of a format
                trouble = f"cannot be run: {error!r}"
            if trouble:
                self._say(f"--on-change {self._words[0]}: {trouble}")

    def _tell(self, change: Change) -> str:
        """Run the command for a change; return what was wrong with it."""
        values = values_of(change)
        variables = {f"LIVEGENRE_{name.upper()}": str(value) for name, value in values.items()}
        return self._call(filled(self._words, values), {**os.environ, **variables})

    def _wait(self) -> Change | None:
        """Wait for a change; None: there is no time for another."""
        with self._changed:
            self._changed.wait_for(lambda: self._next or self._ends_at is not None)
            change, self._next = self._next, None
            return change if self._seconds_to_end() > 0 else None

    def _seconds_to_end(self) -> float:
        return inf if self._ends_at is None else self._ends_at - time.monotonic()

    def _call(self, words: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run a command to its end; return what was wrong with it."""
        with self._starting:
            if self._seconds_to_end() <= 0:
                return ""
            process = self._running = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,  # held back while there is a screen; never among JSON Lines
                stderr=sys.stderr,  # descriptor 2 leads nowhere while C libraries are kept quiet
                env=environment,
                start_new_session=True,
            )
        try:
            return self._trouble_of(process)
        finally:
            self._running = None

    def _trouble_of(self, process: "subprocess.Popen[bytes]") -> str:
        """Wait for the end of a command, and see to it; return what was wrong."""
        if not self._ends_in_time(process):
            _end(process)
            if self._seconds_to_end() <= 0:
                return "ran still at the end, and was ended"
            return f"did not end within {self._limit_seconds:g} s, and was ended"
        if process.returncode < 0:
            return f"was ended by signal {-process.returncode}"
        return f"ended with code {process.returncode}" if process.returncode else ""

    def _ends_in_time(self, process: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + self._limit_seconds
        while (left := min(deadline - time.monotonic(), self._seconds_to_end())) > 0:
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(left, GLANCE_SECONDS))
                return True
        return process.poll() is not None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a command to end, and end it and its children, whether they heed that or not."""
    for kill in (False, True):
        _signal(process, kill=kill)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)


def _signal(process: "subprocess.Popen[bytes]", *, kill: bool) -> None:
    if sys.platform == "win32":
        process.terminate()
        return
    with suppress(ProcessLookupError, PermissionError):  # all of them have ended already
        os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
