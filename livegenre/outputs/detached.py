"""Keeps a sink that may wait or fail away from the sound: a thread of its own, a bounded queue."""

import threading
from collections.abc import Callable
from math import inf

from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header, Remote
from livegenre.outputs.waiting import Waiting

N_WAITING = 64
"""Messages that may wait for a sink."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
"""Between attempts to connect, doubled from one to the next."""
PATIENCE_SECONDS = 2.0
"""How long the end waits for what is still to be told."""
IDLE_SECONDS = 1.0
"""Between calls of a sink to which there is nothing to tell."""


class Detached:
    """Has a remote sink told on a thread of its own; no call waits, unless it is asked for.

    While the sink is away it is tried again and again, with pauses; what comes meanwhile waits,
    and what is more than can wait is dropped and counted. Whenever it is there again it is told
    how the session began, and then goes on.

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
    patient : bool
        Whether calls wait where nothing more can, rather than have something dropped: where the
        sound can wait, too.
    vital : bool
        Whether the session is for this sink: trouble is not mended but raised from the next call,
        and a session that ends by itself waits until all is told.

    Raises
    ------
    OutputError
        From any call but ``start``, if it is vital and can be told no more.
    """

    def __init__(
        self,
        remote: Remote,
        say: Callable[[str], None],
        *,
        idle: Callable[[], None] = lambda: None,
        n_waiting: int = N_WAITING,
        stamp: Callable[[float], None] = lambda told_at: None,
        patient: bool = False,
        vital: bool = False,
    ) -> None:
        self._remote = remote
        self._say = say
        self._idle = idle
        self._stamp = stamp
        self._vital = vital
        self._waiting = Waiting(n_waiting, patient=patient)
        self._header: Header | None = None
        self._connected = False
        self._trouble = ""
        self._said: set[str] = set()
        self._broken: OutputError | None = None
        self._thread = threading.Thread(target=self._run, name=remote.name, daemon=True)

    @property
    def dropped(self) -> int:
        """Messages that were never told."""
        return self._waiting.n_dropped

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
        patience = inf if self._vital and end.reason == "end" else PATIENCE_SECONDS
        self._raise_broken()
        tell = (lambda: self._remote.end(end)) if "end" in self._remote.wants else None
        self._waiting.end(tell, patience)
        self._thread.join(None if patience == inf else patience)
        self._waiting.close()
        self._raise_broken()
        if self.dropped:
            because = f" ({self._trouble})" if self._trouble else ""
            self._say(f"{self._remote.name}: {self.dropped} messages were dropped{because}")

    def _put(self, kind: str, tell: Callable[[], None]) -> None:
        self._raise_broken()
        if kind in self._remote.wants:
            self._waiting.put(kind, tell)

    def _raise_broken(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._waiting.is_over:
            try:
                self._tell_on()
                pause = FIRST_PAUSE_SECONDS
            except OutputError as error:
                if self._vital:
                    self._broken = OutputError(f"{self._remote.name}: {error}")
                    self._waiting.close()
                    break
                is_last = bool(self._trouble) and self._waiting.is_ending
                self._lose(str(error))
                if is_last:
                    break
                self._waiting.rest(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        self._remote.close()

    def _tell_on(self) -> None:
        """Connect if need be, and tell what has waited longest."""
        if not self._connected:
            self._connect()
        message = self._waiting.next(IDLE_SECONDS)
        if message is not None:
            self._stamp(message.told_at)
            message.tell()
            self._waiting.forget(message)
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

    def _lose(self, trouble: str) -> None:
        self._remote.close()
        self._connected = False
        if trouble not in self._said:
            self._say(f"{self._remote.name}: {trouble}; trying again")
            self._said.add(trouble)
        self._trouble = trouble
