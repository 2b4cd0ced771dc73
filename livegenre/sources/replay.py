"""Sound that is replayed: it can be moved about in, and its speed changed."""

from typing import Protocol

from livegenre.arrays import FloatArray
from livegenre.sources.base import Source
from livegenre.sources.decoded import DecodedSource
from livegenre.sources.pacing import PacedSource
from livegenre.sources.wrapper import SourceWrapper

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Times real time, between which one can change while it runs."""


class Paced(Source, Protocol):
    """A source that hands out another one's sound at a pace."""

    @property
    def ahead_seconds(self) -> float:
        """How much of the other's sound was read and is not handed out yet; on any thread."""

    def begin_anew(self) -> None:
        """Drop what is not handed out yet, since the sound goes on elsewhere."""


class Replay(SourceWrapper):
    """A file, a signal or a pipe; read and changed on the reader's thread.

    Its properties may be looked at on any thread.

    Parameters
    ----------
    sound : DecodedSource
        What is replayed.
    paced : Paced
        The same, at a pace; closed with this one.
    fixed_place : str
        Why it cannot be moved about in; empty if it can.
    fixed_speed : str
        Why its speed cannot be changed; empty if it can.
    speed : float > 0
        Of ``paced``, times real time; infinity is as fast as possible.
    """

    def __init__(
        self,
        sound: DecodedSource,
        paced: Paced,
        *,
        fixed_place: str = "",
        fixed_speed: str = "",
        speed: float = 1.0,
    ) -> None:
        super().__init__(paced)
        self._sound = sound
        self._paced = paced
        self.fixed_place = fixed_place
        self.fixed_speed = fixed_speed
        self.speed = speed
        """Times real time."""

    @property
    def channels(self) -> str:
        """Which channels of how many are heard, in words."""
        return self._sound.channels

    @property
    def sample_format(self) -> str:
        """How its samples are held, in a word; empty where that is not known."""
        return self._sound.sample_format

    @property
    def position_seconds(self) -> float:
        """How far from the start the next sample lies, in this pass of a loop."""
        return max(0.0, self._sound.position_seconds - self._paced.ahead_seconds)

    @property
    def end_seconds(self) -> float | None:
        """How far from the start the sound ends, in each pass of a loop; None where unknown."""
        return self._sound.end_seconds

    def read(self, n: int) -> FloatArray | None:
        """Return the next samples; see ``Source.read``."""
        return self._source.read(n)

    def place_after(self, seconds: float) -> float | None:
        """Return the place so far from here, not before the start; None if it is beyond the end."""
        place, end = max(0.0, self.position_seconds + seconds), self.end_seconds
        if end is None or place < end:
            return place
        return place % end if self._sound.loops else None

    def seek(self, seconds: float) -> None:
        """Go on at another place, where that is possible.

        Parameters
        ----------
        seconds : float >= 0
            From the start.

        Raises
        ------
        FileError
            If the sound is damaged there.
        """
        self._sound.seek(seconds)
        self._paced.begin_anew()

    def change_speed(self, speed: float) -> None:
        """Go on at another speed, where that is possible."""
        self.speed = speed
        if isinstance(self._paced, PacedSource):
            self._paced.change_speed(speed)

    def next_speed(self, *, faster: bool) -> float | None:
        """Return the next of ``SPEEDS`` that is faster or slower; None if there is none."""
        if faster:
            return min((speed for speed in SPEEDS if speed > self.speed), default=None)
        return max((speed for speed in SPEEDS if speed < self.speed), default=None)
