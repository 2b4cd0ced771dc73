"""All that one frame of the screen shows: an immutable snapshot, with nothing of how it looks."""

import math
from dataclasses import dataclass

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.meter import Levels


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source fares."""

    state: str = "live"
    """``live``, ``muted`` (only zeros come), ``stalled``, ``reconnecting`` or ``ended``."""
    state_seconds: float = 0.0
    """How long that has lasted; where no sound comes, for how long none has come."""
    seconds: float = 0.0
    """Sound so far, missing sound included."""
    interruptions: int = 0
    """How often sound ceased to come."""
    missing_seconds: float = 0.0
    """How long sound was missing, whatever the cause."""
    clipped: int = 0
    """Samples at or beyond full scale."""
    seconds_since_clip: float = math.inf
    trouble: str = ""
    """Why it is in that state, where the state alone does not say it."""

    @property
    def hearing(self) -> bool:
        """Whether samples come."""
        return self.state in ("live", "muted")


@dataclass(frozen=True, slots=True)
class View:
    """What a frame is drawn from."""

    facts: Facts
    decision: Decision | None
    """The newest; None before the first."""
    levels: Levels
    spectrum_dbfs: FloatArray
    """One band for each column of the spectrum, from low to high."""
    source: SourceStatus
    quit_key: str
    """What ends the session, as a key's name."""
