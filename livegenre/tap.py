"""A source as a session hears it: levelled, watched, listened in on, cut and ended from outside."""

import math
import threading
import time
from collections.abc import Callable

from livegenre.arrays import FloatArray
from livegenre.outputs.base import DeviceChange
from livegenre.sources.base import Source, SourceState
from livegenre.sources.levels import LevelledSource
from livegenre.sources.wrapper import SourceWrapper

HEARING: tuple[SourceState, ...] = ("live", "muted")
"""States in which samples come."""


class Tap(SourceWrapper):
    """A source passed through: levelled, watched, listened in on, cut and ended from outside.

    Parameters
    ----------
    source : Source
        Opened and closed with this one.
    limit_seconds : float > 0, optional
        Sound after which it ends, to the block; missing sound counts.
    gain_db, remove_dc
        As for ``LevelledSource``.
    """

    def __init__(
        self,
        source: Source,
        *,
        limit_seconds: float | None = None,
        gain_db: float = 0.0,
        remove_dc: bool = False,
    ) -> None:
        self._levelled = LevelledSource(source, gain_db=gain_db, remove_dc=remove_dc)
        super().__init__(self._levelled)
        self._limit_seconds = math.inf if limit_seconds is None else limit_seconds
        self._listeners: list[Callable[[FloatArray], None]] = []
        self._watchers: list[Callable[[DeviceChange], None]] = []
        self._received = 0
        self._state: SourceState = "live"
        self._trouble = ""
        self._state_since = self._heard_at = time.monotonic()
        self._stopped = threading.Event()
        self._is_cut = False
        self._heed: Callable[[], None] = lambda: None
        self._attend: Callable[[], None] = lambda: None
        self.interruptions = 0
        """How often sound ceased to come."""

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopped.is_set()

    @property
    def received(self) -> int:
        """Samples that were read so far."""
        return self._received

    @property
    def seconds(self) -> float:
        """Sound that went by, lost sound included, in seconds."""
        return (self._received + self.lost) / self.sample_rate

    @property
    def state(self) -> SourceState:
        """The source's state at the last read; after a gap, live with the first sample."""
        return self._state

    @property
    def trouble(self) -> str:
        """Why it is in that state, in words, where the state alone does not say it."""
        return self._trouble

    @property
    def state_seconds(self) -> float:
        """How long the state has lasted; where no sound comes, for how long none has come."""
        return time.monotonic() - self._state_since

    @property
    def gap_seconds(self) -> float:
        """How long the gap has lasted that is not over yet; 0 while sound comes."""
        return self.state_seconds if self._received and self._state not in HEARING else 0.0

    @property
    def missing_seconds(self) -> float:
        """How long sound was missing: all that was lost, and the gap that is not over yet."""
        return self.lost / self.sample_rate + self.gap_seconds

    @property
    def seconds_since_clip(self) -> float:
        """Sound that came since the last clipping, in seconds."""
        return self._levelled.seconds_since_clip

    def listen(self, listener: Callable[[FloatArray], None]) -> None:
        """Have every block, also empty ones, given to ``listener`` on the reader's thread.

        It must not wait.
        """
        self._listeners.append(listener)

    def watch(self, watcher: Callable[[DeviceChange], None]) -> None:
        """Have ``watcher`` told of every change of state or trouble, on the reader's thread."""
        self._watchers.append(watcher)

    def stop(self) -> None:
        """End the sound at the next read; called on any thread."""
        self._stopped.set()

    def cut(self) -> None:
        """Have the next read say that the sound is over, until ``resume``; on the reader's thread.

        What is changed between the two, in the source or in who reads it, is so changed between
        two samples.
        """
        self._is_cut = True

    def resume(self) -> bool:
        """Go on after a cut; return whether there was one, rather than the end of the sound."""
        was_cut, self._is_cut = self._is_cut, False
        return was_cut and not self.stopped

    def attend(self, attend: Callable[[], None]) -> None:
        """Have ``attend`` called before every read, on the reader's thread; it must not wait."""
        self._attend = attend

    def heed(self, heed: Callable[[], None]) -> None:
        """Have ``heed`` called before every read: what it raises ends the sound."""
        self._heed = heed

    def heed_now(self) -> None:
        """Raise what is to be heeded, if anything is; called on the reader's thread."""
        try:
            self._heed()
        except KeyboardInterrupt:
            self.stop()  # all ends even where the exception is swallowed
            raise

    def read(self, n: int) -> FloatArray | None:
        """Read from the source, unless stopped, cut or past the limit; see ``Source.read``."""
        self.heed_now()
        self._attend()
        if self._is_cut or self.stopped or self.seconds + self.gap_seconds >= self._limit_seconds:
            return None
        block = self._source.read(n)
        if block is not None:
            self._observe(len(block))
            self._received += len(block)
            for listen in self._listeners:
                listen(block)
        return block

    def _observe(self, n_samples: int) -> None:
        """Take note of how the source fares; sound is back with its first sample, not before."""
        now = time.monotonic()
        state, trouble = self._source.state, self._source.trouble
        changed = (state, trouble) != (self._state, self._trouble)
        if changed and (n_samples or state not in HEARING):
            self._enter(state, now)
            self._trouble = trouble
            clipped = self.clipping.samples
            change = DeviceChange(self.seconds, state, trouble, self.name, self.lost, clipped)
            for tell in self._watchers:
                tell(change)
        if n_samples:
            self._heard_at = now

    def _enter(self, state: SourceState, now: float) -> None:
        if self._state in HEARING and state not in HEARING:
            self._state_since = self._heard_at
            self.interruptions += bool(self._received)
        elif state in HEARING and state != self._state:
            self._state_since = now
        self._state = state
