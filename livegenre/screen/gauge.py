"""Bars of eighths of a cell, with thin marks in them."""

from functools import lru_cache

from livegenre.screen.cells import Cell, Row, runs
from livegenre.screen.inks import Inks, inks
from livegenre.screen.variant import Variant

EIGHTHS = " ▏▎▍▌▋▊▉█"
"""Glyphs of a bar's last cell, filled from the left."""
MARK = "▏"
Zones = tuple[tuple[int, str], ...]
"""Cell before which a colour ends, and the colour; rising."""
Marks = tuple[tuple[float, str], ...]
"""Place of a mark as a share of the bar, and its colour; the last one lies on top."""


def gauge(variant: Variant, width: int, share: float, zones: Zones, marks: Marks = ()) -> Row:
    """Return a bar; the same object for what looks the same.

    Parameters
    ----------
    variant : Variant
    width : int
        In cells; below 1 there is no bar.
    share : float
        Filled part, 0..1; what is more than nothing is seen.
    zones : Zones
        Colours of cells where they are filled; the last one ends at ``width``.
    marks : Marks
        Nothing is drawn of marks at 0 or below.
    """
    width = max(width, 0)
    eighths = _eighths(share, width)
    places = tuple((_eighths(place, width), colour) for place, colour in marks if place > 0)
    return _gauge(variant, width, eighths, zones, places)


def _eighths(share: float, width: int) -> int:
    full = round(min(max(share, 0.0), 1.0) * width * 8)
    return max(full, 1) if share > 0 else full


@lru_cache(maxsize=4096)
def _gauge(
    variant: Variant, width: int, eighths: int, zones: Zones, marks: tuple[tuple[int, str], ...]
) -> Row:
    ink = inks(variant)
    cells = [_filled(ink, cell, eighths, zones) for cell in range(width)]
    for place, colour in marks:
        _set_mark(ink, cells, place, eighths, zones, colour)
    return runs(cells)


def _filled(ink: Inks, cell: int, eighths: int, zones: Zones) -> Cell:
    filled = min(max(eighths - 8 * cell, 0), 8)
    if ink.variant.ascii:
        return "#" if filled >= 4 else " ", ink.ink(None)
    return EIGHTHS[filled], ink.ink(_colour(zones, cell), ink.theme.track)


def _set_mark(
    ink: Inks, cells: list[Cell], mark: int, eighths: int, zones: Zones, colour: str
) -> None:
    """Draw a mark at the left edge of a cell; of one just beyond the bar, in the next cell."""
    place, end = min(mark // 8, len(cells) - 1), eighths // 8
    if place == end and eighths % 8:
        place += 1
    if mark == eighths or place >= len(cells) or (ink.mono and place < end):
        return
    cells[place] = MARK, ink.ink(colour, _colour(zones, place) if place < end else ink.theme.track)


def _colour(zones: Zones, cell: int) -> str:
    return next((colour for end, colour in zones if cell < end), zones[-1][1])
