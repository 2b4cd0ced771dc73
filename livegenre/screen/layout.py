"""Which parts stand where at which size: a size and a look make a plan, and nothing else does."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from livegenre.screen.look import Look, Picture

Form = Literal["full", "wide", "std", "small", "compact", "line"]
AXIS_WIDTH = 6
"""Of the frequencies at the left of the picture."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Places of the parts, in cells from the upper left corner."""

    form: Form
    width: int
    height: int
    left: int = 0
    """Columns of the answer; the bars have the others."""
    meter_width: int = 0
    """Columns of the level meter; the progress has the others."""
    top: int = 0
    """First row of the picture: waterfall or spectrum."""
    n_rows: int = 0
    """Rows of the picture."""
    margin: int = 0
    """Columns of the frame around it, on each side."""
    picture_width: int = 0
    """Columns of the picture, and of everything that stands aligned below it."""
    side_width: int = 0
    """Columns of the spectrum at its right edge; 0: there is none."""
    has_confidence: bool = False
    column_seconds: float = 0.5
    """Sound in a column, unless another was asked for."""

    @property
    def picture_x(self) -> int:
        """First column of the picture."""
        return self.margin + AXIS_WIDTH if self.form in ("full", "wide", "std") else 0

    @property
    def side_x(self) -> int:
        """First column of the spectrum at its right edge."""
        return self.picture_x + self.picture_width + 1


@dataclass(frozen=True, slots=True)
class Scroll:
    """A block of a frame that moves to the left as time goes on: a hint for who paints it."""

    y: int
    height: int
    x: int
    width: int
    n: int
    """Number of the block's last column, counted from the session's first: what it has grown by
    since another frame is how far the block has moved."""


def plan(width: int, height: int, look: Look) -> Plan:
    """Return where everything stands.

    Parameters
    ----------
    width, height : int >= 0
        Size of the terminal.
    look : Look
    """
    return _plan(width, height, look.picture)


@lru_cache(maxsize=64)
def _plan(width: int, height: int, picture: Picture) -> Plan:
    if width >= 120 and height >= 38:
        left = 66 + (width - 120) // 2
        return _large("full", width, height, picture, left=left, top=16, below=7, side=24)
    if width >= 100 and height >= 24:
        below = 5 + (height >= 30)
        left = 60 + (width - 100) // 2
        return _large("wide", width, height, picture, left=left, top=14, below=below, side=18)
    if width >= 80 and height >= 24:
        below = 5 + (height >= 30)
        left = 46 + (width - 80) // 2
        return _large("std", width, height, picture, left=left, top=13, below=below, side=16)
    if width >= 60 and height >= 16:
        return Plan("small", width, height, top=11, n_rows=height - 14, picture_width=width)
    if width >= 40 and height >= 12:
        rows = height - 12
        return Plan(
            "compact",
            width,
            height,
            top=11,
            n_rows=rows,
            picture_width=width,
            column_seconds=1.0,
        )
    return Plan("line", width, height, picture_width=width, column_seconds=1.0)


def _large(
    form: Form,
    width: int,
    height: int,
    picture: Picture,
    *,
    left: int,
    top: int,
    below: int,
    side: int,
) -> Plan:
    """Plan a form with a waterfall; ``below`` it stand so many rows."""
    margin = 1 if form == "full" else 0
    side_width = side if picture == "both" else 0
    room = width - 2 * margin - AXIS_WIDTH
    return Plan(
        form,
        width,
        height,
        left,
        left + 2 if form == "std" else left,
        top,
        height - top - below,
        margin,
        room - side_width - 1 if side_width else room,
        side_width,
        height >= 30,
        1.0 if form == "std" else 0.5,
    )


def n_bands(width: int, height: int, look: Look) -> int:
    """Return how many bands of the spectrum a frame shows: half rows at the side, else columns.

    Parameters
    ----------
    width, height : int >= 0
        Size of the terminal.
    look : Look
    """
    place = plan(width, height, look)
    if place.form in ("full", "wide", "std") and look.picture != "spectrum":
        return 2 * place.n_rows
    return max(place.picture_width, 1)
