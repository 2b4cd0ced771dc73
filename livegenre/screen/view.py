"""All that one frame of the screen shows: an immutable snapshot, with nothing of how it looks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen.controls import Choice, Why
from livegenre.screen.facts import Facts
from livegenre.screen.history import Column
from livegenre.screen.look import Look
from livegenre.screen.meter import Levels
from livegenre.screen.variant import Variant


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
    clips: int = 0
    """Tenths of a second with such samples in them, since the peaks were reset."""
    speed: float = 1.0
    """Of a replay: how many times faster than it was recorded."""
    position_seconds: float | None = None
    """Of a replay: how far from its beginning it is; that of a session only grows."""
    attempt: int = 0
    """Number of the attempt to open the device anew that is waited for; 0: not known."""
    attempt_seconds: float = 0.0
    """How long until it is made."""
    audio_seconds: float | None = None
    """Age of sound when it can be read, where that is known."""
    trouble: str = ""
    """Why it is in that state, where the state alone does not say it."""

    @property
    def hearing(self) -> bool:
        """Whether samples come."""
        return self.state in ("live", "muted")


@dataclass(frozen=True, slots=True)
class Health:
    """What the answers cost."""

    compute_seconds: float = 0.0
    """CPU time of the reading thread for a step: the 95th percentile of the last minute."""
    cpu: float | None = None
    """CPU time of the whole program for a second of sound, lately; None: not known yet."""
    lost_lately: bool = False
    """Whether sound was lost in the last minute."""


@dataclass(frozen=True, slots=True)
class View:
    """What a frame is drawn from."""

    facts: Facts
    decision: Decision | None
    """The newest; None before the first."""
    levels: Levels
    spectrum_dbfs: FloatArray
    """``n_bands`` of the frame's size and look, from low to high; they fall as the screen wants."""
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
    variant: Variant = field(default_factory=Variant)
    """What the terminal can show."""
    hold_dbfs: FloatArray | None = None
    """Where each band of the spectrum is held for a while; None: nowhere."""
    peaks: Mapping[str, float] = field(default_factory=dict)
    """Label -> largest smoothed posterior of the last ten seconds."""
    health: Health = field(default_factory=Health)
