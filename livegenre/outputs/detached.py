"""Keeps a sink that may wait or fail away from the sound: a thread of its own, a bounded queue."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header, Sink

N_WAITING = 64
"""Messages that may wait for a sink; of more, the oldest decisions are dropped."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
"""Between attempts to connect, doubled from one to the next."""
PATIENCE_SECONDS = 2.0
"""How long the end waits for what is still to be told."""
IDLE_SECONDS = 1.0
"""Between calls of a sink to which there is nothing to tell."""


class Remote(Sink, Protocol):
    """A sink whose calls may wait, and fail; all are made on one thread."""

    name: str
    """What and where it is, for people."""
    wants: frozenset[str]
    """Names of the methods of ``Sink`` that do something; others are not called."""

    def connect(self) -> None:
        """Make ready, again after an error, for ``start``.

        Raises
        ------
        OutputError
            If that is not possible now; from any other call, if nothing more can be told.
        """

    def close(self) -> None:
        """Let go of everything; called after an error, and last. Must not raise."""


@dataclass(frozen=True, slots=True)
class _Message:
    kind: str
    tell: Callable[[], None]
    told_at: float


class Detached:
    """Has a remote sink told on a thread of its own; no call waits.

    While the sink is away it is tried again and again, with pauses; what comes meanwhile waits,
    and what is more than can wait is dropped and counted: the oldest decision, which a newer one
    has outdated, or if none waits the oldest of all. Whenever it is there again it is told how the
    session began, and then goes on.

    Parameters
    ----------
    remote : Remote
        Touched by that thread alone.
    say : callable
        Given a line on every new trouble and when it is over, on that thread.
    idle : callable, optional
        Called on that thread while the sink is there: once all is told, and then every second.
        May raise OutputError.
    n_waiting : int > 0
    stamp : callable, optional
        Given, on that thread, when each message came, in seconds since 1970, before it is told.
    """

    def __init__(
        self,
        remote: Remote,
        say: Callable[[str], None],
        *,
        idle: Callable[[], None] = lambda: None,
        n_waiting: int = N_WAITING,
        stamp: Callable[[float], None] = lambda told_at: None,
    ) -> None:
        self.dropped = 0
        """Messages that were never told."""
        self._remote = remote
        self._say = say
        self._idle = idle
        self._n_waiting = n_waiting
        self._stamp = stamp
        self._waiting: deque[_Message] = deque()
        self._changed = threading.Condition()
        self._header: Header | None = None
        self._connected = False
        self._trouble = ""
        self._said: set[str] = set()
        self._ends_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=remote.name, daemon=True)

    def start(self, header: Header) -> None:
        """Begin to connect."""
        self._header = header
        self._thread.start()

    def show(self, decision: Decision) -> None:
        """Queue a decision."""
        self._put("show", lambda: self._remote.show(decision))

    def change(self, change: Change) -> None:
        """Queue a change of the answer."""
        self._put("change", lambda: self._remote.change(change))

    def device(self, change: DeviceChange) -> None:
        """Queue a change of the device."""
        self._put("device", lambda: self._remote.device(change))

    def event(self, event: Event) -> None:
        """Queue what a person did."""
        self._put("event", lambda: self._remote.event(event))

    def end(self, end: End) -> None:
        """Tell what still waits, and the end, as far as that goes within a short time."""
        self._put("end", lambda: self._remote.end(end))
        with self._changed:
            self._ends_at = time.monotonic() + PATIENCE_SECONDS
            self._changed.notify()
        self._thread.join(PATIENCE_SECONDS)
        with self._changed:
            self.dropped += len(self._waiting)
            self._waiting.clear()
        if self.dropped:
            because = f" ({self._trouble})" if self._trouble else ""
            self._say(f"{self._remote.name}: {self.dropped} messages were dropped{because}")

    def _put(self, kind: str, tell: Callable[[], None]) -> None:
        if kind not in self._remote.wants:
            return
        with self._changed:
            if len(self._waiting) >= self._n_waiting:
                self._drop_one()
            self._waiting.append(_Message(kind, tell, time.time()))
            self._changed.notify()

    def _drop_one(self) -> None:
        decisions = (message for message in self._waiting if message.kind == "show")
        self._waiting.remove(next(decisions, self._waiting[0]))
        self.dropped += 1

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._is_over():
            try:
                self._tell_on()
                pause = FIRST_PAUSE_SECONDS
            except OutputError as error:
                is_last = bool(self._trouble) and self._ends_at is not None
                self._lose(str(error))
                if is_last:
                    break
                self._rest(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        self._remote.close()

    def _tell_on(self) -> None:
        """Connect if need be, and tell what has waited longest."""
        if not self._connected:
            self._connect()
        message = self._next()
        if message is not None:
            self._stamp(message.told_at)
            message.tell()
            self._forget(message)
        if not self._waiting:
            self._idle()
        if self._trouble:
            self._say(f"{self._remote.name}: goes on")
            self._trouble = ""
            self._said.clear()

    def _connect(self) -> None:
        assert self._header is not None
        self._remote.connect()
        if "start" in self._remote.wants:
            self._remote.start(self._header)
        self._connected = True

    def _next(self) -> _Message | None:
        """Wait a little for something to tell; return what has waited longest, which stays."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ends_at is not None, IDLE_SECONDS)
            return self._waiting[0] if self._waiting else None

    def _forget(self, message: _Message) -> None:
        with self._changed:
            if self._waiting and self._waiting[0] is message:
                self._waiting.popleft()

    def _lose(self, trouble: str) -> None:
        self._remote.close()
        self._connected = False
        if trouble not in self._said:
            self._say(f"{self._remote.name}: {trouble}; trying again")
            self._said.add(trouble)
        self._trouble = trouble

    def _rest(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ends_at is not None, seconds)

    def _is_over(self) -> bool:
        """Tell whether all is told, or there is no more time for it."""
        with self._changed:
            if self._ends_at is None:
                return False
            return not self._waiting or time.monotonic() >= self._ends_at
