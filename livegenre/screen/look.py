"""What the person at the keyboard chose to see: immutable, changed by keys alone."""

from dataclasses import dataclass
from typing import Literal

Picture = Literal["both", "spectrum", "waterfall"]
Overlay = Literal["", "help", "devices", "labels", "why"]
PALETTES = ("ember", "tide", "bone")
PICTURES: tuple[Picture, ...] = ("both", "spectrum", "waterfall")
COLUMN_SECONDS = (0.5, 1.0, 2.0, 5.0)
HIGHEST_FLOOR_DB, LOWEST_FLOOR_DB, FLOOR_STEP_DB = -30, -110, 5


@dataclass(frozen=True, slots=True)
class Look:
    """How the picture is to be drawn."""

    palette: str = "ember"
    """One of ``PALETTES``: colours of levels in waterfall and spectrum."""
    picture: Picture = "both"
    """Waterfall with the spectrum at its edge, the spectrum alone, or the waterfall alone."""
    floor_db: int = -80
    """The lowest level that is drawn, in dBFS."""
    column_seconds: float | None = None
    """Sound in a column of the picture, at least a step; None: what the size suggests."""
    sorted_bars: bool = False
    """Bars by their length rather than in the labels' order."""
    frozen_seconds: float | None = None
    """Session time at the right edge of a picture that stands still; None: it moves with now."""
    peaks_from: float = 0.0
    """Session time before which there are no peaks, holds or clipped samples to be shown."""
    overlay: Overlay = ""
    """What lies over the picture; empty: nothing."""
    page: int = 0
    """Which part of the overlay's list is shown, where not all of it finds room."""
    note: str = ""
    """Answer to the last key, for a few seconds; empty: none."""
