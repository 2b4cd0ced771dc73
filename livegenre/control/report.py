"""What is said to the person at the keyboard, and told to the sinks."""

from collections import deque
from collections.abc import Sequence

from livegenre.outputs.base import Event, EventKind, Sink
from livegenre.tap import Tap

N_SAID = 16
"""Lines that are kept where nobody asks for them: of more, the oldest go."""


class Report:
    """A way back from the reader's thread to the screen's, and to the log; neither waits.

    Parameters
    ----------
    tap : Tap
        Whose time the events have.
    sinks : sequence of Sink
        Told on the reader's thread.
    """

    def __init__(self, tap: Tap, sinks: Sequence[Sink]) -> None:
        self._tap = tap
        self._sinks = sinks
        self._said: deque[str] = deque(maxlen=N_SAID)

    def say(self, words: str) -> None:
        """Have something shown to who asked; on any thread."""
        self._said.append(words)

    def next_said(self) -> str:
        """Return the oldest of what was said and not shown yet; empty if there is nothing."""
        return self._said.popleft() if self._said else ""

    def tell(self, kind: EventKind, *, time: float | None = None, **values: object) -> None:
        """Tell the sinks what a person did; on the reader's thread.

        Parameters
        ----------
        kind : str
            As in ``Event``, like ``values``.
        time : float, optional
            In seconds of the session; now without it.
        """
        event = Event(kind, self._tap.seconds if time is None else time, values)
        for sink in self._sinks:
            sink.event(event)
