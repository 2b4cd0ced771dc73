"""All that one frame of the screen shows: an immutable snapshot, with nothing of how it looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen.controls import Choice, Why
from livegenre.screen.facts import Facts
from livegenre.screen.history import Column
from livegenre.screen.look import Look
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
    look: Look = field(default_factory=Look)
    columns: Sequence[Column] = ()
    """The steps so far, oldest first: what waterfall, ribbon and peaks are drawn from."""
    choices: Sequence[Choice] | str = ()
    """What an overlay offers, or why it offers nothing."""
    why: Why | str = ""
    """What pushed the newest decision, or why that is not known."""
