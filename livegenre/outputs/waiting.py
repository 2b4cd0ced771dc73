"""What waits to be told to a sink: a bounded queue between the session's thread and the sink's."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

DECISION = "show"
GLANCE_SECONDS = 1.0
"""Between two looks at what is waited for: for ever would be without Ctrl-C on Windows."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be told."""

    kind: str
    """Name of the method of ``Sink`` that tells it."""
    tell: Callable[[], None]
    told_at: float
    """When it came, in seconds since 1970."""


class Waiting:
    """Messages in the order in which they came, and until when there is time for them.

    Parameters
    ----------
    n_most : int > 0
        Messages that may wait; of more, the oldest decision is dropped, which a newer one has
        outdated, or if none waits the oldest of all.
    patient : bool
        Whether room is waited for instead, as long as there is time and the taker takes any.
    """

    def __init__(self, n_most: int, *, patient: bool = False) -> None:
        self.n_dropped = 0
        self._n_most = n_most
        self._patient = patient
        self._messages: deque[Message] = deque()
        self._changed = threading.Condition()
        self._ends_at: float | None = None
        self._is_taken = True

    def put(self, kind: str, tell: Callable[[], None]) -> None:
        """Add a message; called on the session's thread."""
        with self._changed:
            while self._patient and self._is_taken and self._is_full() and self._seconds_left() > 0:
                self._changed.wait(min(GLANCE_SECONDS, self._seconds_left()))
            if self._is_full():
                self._drop_one()
            self._messages.append(Message(kind, tell, time.time()))
            self._changed.notify_all()

    def end(self, tell: Callable[[], None] | None, seconds: float) -> None:
        """Add the last message, if there is one; leave so much time for all that waits."""
        with self._changed:
            self._ends_at = time.monotonic() + seconds
            if tell is not None:
                self.put("end", tell)
            self._changed.notify_all()

    def next(self, seconds: float) -> Message | None:
        """Return what has waited longest, which stays; None: nothing came within that time."""
        with self._changed:
            self._changed.wait_for(lambda: self._messages or self.is_ending, seconds)
            return self._messages[0] if self._messages else None

    def forget(self, message: Message) -> None:
        """Take out what was told."""
        with self._changed:
            if self._messages and self._messages[0] is message:
                self._messages.popleft()
                self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Wait, but not beyond the beginning of the end."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_ending, seconds)

    def close(self) -> None:
        """Take that nothing is taken any more; what waits is dropped, and what comes."""
        with self._changed:
            self.n_dropped += len(self._messages)
            self._messages.clear()
            self._is_taken = False
            self._changed.notify_all()

    @property
    def is_ending(self) -> bool:
        """Whether nothing more will come."""
        return self._ends_at is not None

    @property
    def is_over(self) -> bool:
        """Whether all is told and nothing more will come, or there is no more time for it."""
        with self._changed:
            return self.is_ending and not (self._messages and self._seconds_left() > 0)

    def __bool__(self) -> bool:
        return bool(self._messages)

    def _is_full(self) -> bool:
        return len(self._messages) >= self._n_most

    def _seconds_left(self) -> float:
        return inf if self._ends_at is None else self._ends_at - time.monotonic()

    def _drop_one(self) -> None:
        decisions = (message for message in self._messages if message.kind == DECISION)
        self._messages.remove(next(decisions, self._messages[0]))
        self.n_dropped += 1
