"""Where what lies over the picture is put: a box in its middle, or the whole of a small screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from livegenre.screen.cells import (
    STRONG,
    Phrase,
    Row,
    blank,
    join,
    lay_over,
    phrase,
    rule,
    shortened,
    width_of,
)
from livegenre.screen.inks import inks
from livegenre.screen.look import Overlay
from livegenre.screen.situation import DIGITS, ENTRY_KEYS
from livegenre.screen.variant import Variant

LEAST_WIDTH, LEAST_HEIGHT = 68, 20
"""Below, a box would leave nothing to be seen beside it."""
BOX_WIDTH, BOX_HEIGHT = 66, 18
WIDEST = 86
ENTRY_WIDTH = 24
"""Columns of a label with its key."""


@dataclass(frozen=True, slots=True)
class Room:
    """The inside of a panel, in cells."""

    width: int
    n_rows: int
    is_box: bool


def room_for(overlay: Overlay, width: int, height: int) -> Room:
    """Return how much room there is inside, at most.

    Parameters
    ----------
    overlay : str
    width, height : int >= 0
        Size of the terminal.
    """
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Room(width, max(height - 1, 0), is_box=False)
    if overlay == "labels":
        return Room(min(width, WIDEST) - 4, min(height - 4, BOX_HEIGHT), is_box=True)
    return Room(BOX_WIDTH - 2, BOX_HEIGHT - 2, is_box=True)


def page_size(overlay: Overlay, width: int, height: int) -> int:
    """Return how many entries of a list a page holds, at least one."""
    room = room_for(overlay, width, height)
    if overlay == "labels":
        return max(1, min(n_columns(room) * room.n_rows, len(ENTRY_KEYS)))
    return max(1, min(room.n_rows, len(DIGITS)))


def n_columns(room: Room) -> int:
    """Return how many labels with their keys stand side by side."""
    return max(1, room.width // ENTRY_WIDTH)


def put_over(
    rows: Sequence[Row],
    inside: Sequence[Row],
    room: Room,
    *,
    title: str,
    notes: Sequence[str],
    variant: Variant,
) -> list[Row]:
    """Return a frame's rows with a panel over them.

    Parameters
    ----------
    rows : sequence of Row
        Of the frame.
    inside : sequence of Row
        As wide as the room, and not more than it has rows.
    room : Room
    title : str
        Above what is inside.
    notes : sequence of str
        The first one that fits is shown beside it.
    variant : Variant
    """
    ink = inks(variant)
    if not room.is_box:
        spare = room.width - cell_len(title) - 2
        note = next((f"{note} " for note in notes if cell_len(note) < spare), "")
        top = join(room.width, [phrase((f" {title}", STRONG))], [phrase((note, ink.dim))])
        filled = [top, *inside]
        return [*filled, *[blank(room.width)] * (len(rows) - len(filled))][: len(rows)]
    width = room.width + 2
    side = phrase(("│", ink.edge))
    box = [
        rule(
            width,
            phrase((title, STRONG)),
            [phrase((note, ink.dim)) for note in notes],
            ink.edge,
            "╭╮",
        ),
        *([*side, *row, *side] for row in inside),
        rule(width, [], [], ink.edge, "╰╯"),
    ]
    x = (width_of(rows[0]) - width) // 2
    return lay_over(rows, box, x, (len(rows) - len(box)) // 2)


def in_columns(phrases: Sequence[Phrase], width: int, n_rows: int) -> list[Row]:
    """Lay phrases out side by side in columns that are read downwards, ``n_rows`` high.

    Parameters
    ----------
    phrases : sequence of Phrase
        Together not wider than ``width`` in any row.
    width, n_rows : int >= 0
    """
    return [
        join(width, [[segment for one in phrases[place::n_rows] for segment in one]])
        for place in range(n_rows)
    ]


def fitted(text: str, width: int) -> str:
    """Return a text as wide as asked: shortened in its middle, or followed by spaces."""
    cut = shortened(text, width)
    return cut + " " * (width - cell_len(cut))
