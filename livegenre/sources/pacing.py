"""Real time for sound that is there all at once: hands it out no sooner than it is due."""

import time

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.sources.base import Source
from livegenre.sources.wrapper import SourceWrapper

_LONGEST_WAIT_SECONDS = 0.1


class PacedSource(SourceWrapper):
    """A source at a multiple of real time, counted from the first read at that speed.

    Sample ``k`` is handed out no earlier than ``k / (sample_rate * speed)`` s after the first
    read: every deadline is absolute, so that waiting too long once does not add up. A reader that
    fell behind gets what is due at once.

    Parameters
    ----------
    source : Source
        Closed with this one.
    speed : float > 0
        Times real time; infinity never waits.
    """

    ahead_seconds = 0.0
    """Nothing is read ahead of who reads here."""

    def __init__(self, source: Source, speed: float = 1.0) -> None:
        super().__init__(source)
        self.change_speed(speed)

    def change_speed(self, speed: float) -> None:
        """Go on at another multiple of real time, from the next read on; infinity never waits."""
        self._rate = self.sample_rate * speed
        self.begin_anew()

    def begin_anew(self) -> None:
        """Count from the next read on: what went before is not to be made up for."""
        self._begin: float | None = None
        self._delivered = 0

    def read(self, n: int) -> FloatArray | None:
        """Wait until ``n`` samples are due, 0.1 s at most, and return those due."""
        now = time.monotonic()
        if self._begin is None:
            self._begin = now
        deadline = self._begin + (self._delivered + n) / self._rate
        if deadline > now:
            time.sleep(min(deadline - now, _LONGEST_WAIT_SECONDS))
            now = time.monotonic()
        due = n if now >= deadline else int((now - self._begin) * self._rate) - self._delivered
        if due < 1:
            return np.zeros(0, np.float32)
        block = self._source.read(min(n, due))
        if block is not None:
            self._delivered += len(block)
        return block
