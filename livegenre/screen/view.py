"""All that one frame of the screen shows: an immutable snapshot, with nothing of how it looks."""

from dataclasses import dataclass

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.meter import Levels


@dataclass(frozen=True, slots=True)
class View:
    """What a frame is drawn from."""

    facts: Facts
    decision: Decision | None
    """The newest; None before the first."""
    levels: Levels
    spectrum_dbfs: FloatArray
    """One band for each column of the spectrum, from low to high."""
    source_state: str
    """Whether sound is coming: live, stalled, reconnecting, ended."""
    quit_key: str
    """What ends the session, as a key's name."""
