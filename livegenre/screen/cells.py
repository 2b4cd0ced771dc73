"""Rows of terminal cells: each exactly as wide as it was asked to be, and no word cut."""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

Row: TypeAlias = list[Segment]
Phrase: TypeAlias = Sequence[Segment]
"""Text that is shown whole or not at all."""
Cell: TypeAlias = tuple[str, Style]

EIGHTHS = " ▏▎▍▌▋▊▉█"
"""Glyphs of a bar's last cell, filled from the left."""
MARK = "▏"


@cache
def style(colour: str | None = None, *, on: str | None = None, bold: bool = False) -> Style:
    """Return a style; None is the terminal's own colour."""
    return Style(color=colour, bgcolor=on, bold=bold or None)


PLAIN = style()


def phrase(*pieces: tuple[str, Style]) -> Phrase:
    """Join texts of different styles into one phrase."""
    return [Segment(text, style) for text, style in pieces]


def width_of(pieces: Sequence[Segment]) -> int:
    """Return how many cells some segments take."""
    return sum(segment.cell_length for segment in pieces)


def blank(width: int) -> Row:
    """Return an empty row."""
    return [Segment(" " * width, PLAIN)]


def join(width: int, left: Sequence[Phrase], right: Sequence[Phrase] = ()) -> Row:
    """Lay phrases out from the left end and from the right end of a row.

    Those that find no room are left out: of the right ones the first, of the left ones the last.
    """
    ending = _fitting(width, list(reversed(right)))
    end = [segment for phrase in reversed(ending) for segment in phrase]
    room = width - width_of(end)
    start = [segment for phrase in _fitting(room, left) for segment in phrase]
    gap = Segment(" " * (room - width_of(start)), PLAIN)
    return [*start, gap, *end]


def _fitting(room: int, phrases: Sequence[Phrase]) -> list[Phrase]:
    kept: list[Phrase] = []
    for phrase in phrases:
        room -= width_of(phrase)
        if room < 0:
            break
        kept.append(phrase)
    return kept


def beside(left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """Put two blocks of equal height side by side."""
    return [[*one, *other] for one, other in zip(left, right, strict=True)]


def shortened(name: str, width: int) -> str:
    """Return a name in at most ``width`` cells, without its middle if need be."""
    if cell_len(name) <= width:
        return name
    if width < 3:
        return "…"[:width]
    tail = (width - 1) // 2
    end = name[-tail:]
    while cell_len(end) > tail:
        end = end[1:]
    return set_cell_size(name, width - 1 - cell_len(end)) + "…" + end


def sentence(text: str, width: int) -> str:
    """Return the whole words of a text that fit, with an ellipsis if any are missing."""
    if cell_len(text) <= width:
        return text
    words = text.split(" ")
    while words and cell_len(" ".join(words)) > width - 2:
        words.pop()
    return (" ".join(words).rstrip(",") + " …") if words else ""


def rule(width: int, title: str, note: str, title_style: Style, line_style: Style) -> Row:
    """Return a horizontal line with a title near its left and a note near its right end."""
    start = [Segment("── ", line_style), Segment(title + " ", title_style)]
    end = [Segment(f" {note} " if note else "", title_style), Segment("──", line_style)]
    if width_of(start) + width_of(end) + 2 > width:
        end = []
    rest = width - width_of(start) - width_of(end)
    return [*start, Segment("─" * rest, line_style), *end] if rest >= 0 else blank(width)


def runs(cells: Sequence[Cell]) -> Row:
    """Join neighbouring cells of one style into segments."""
    return [
        Segment("".join(glyph for glyph, _ in group), style)
        for style, group in groupby(cells, key=lambda cell: cell[1])
    ]


def bar(width: int, share: float, colours: Sequence[str], ground: str, mark: int, ink: str) -> Row:
    """Return a bar of eighths of a cell with a thin mark in it.

    Parameters
    ----------
    width : int > 0
    share : float
        Filled part, 0..1.
    colours : sequence of str
        Colour of each cell where filled, ``width`` of them.
    ground : str
        Colour where not filled.
    mark : int
        Cell that carries the mark at its left edge; any other number: none.
    ink : str
        Colour of the mark.
    """
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    cells: list[Cell] = []
    for place, colour in enumerate(colours):
        filled = min(max(eighths - 8 * place, 0), 8)
        if place == mark and filled in (0, 8):
            cells.append((MARK, style(ink, on=colour if filled else ground)))
        else:
            cells.append((EIGHTHS[filled], style(colour, on=ground)))
    return runs(cells)
