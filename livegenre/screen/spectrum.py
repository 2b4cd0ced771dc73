"""The spectrum of this moment: on its side at the edge of the waterfall, or upright."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from livegenre.arrays import FloatArray
from livegenre.screen.cells import PLAIN, Cell, Row, runs
from livegenre.screen.inks import Inks, inks
from livegenre.screen.variant import Variant

HEIGHTS = np.array(list(" ▁▂▃▄▅▆▇█"))
HOLD = "▔"
FEW_ROWS = 4
"""Below them a column has one colour, that of its level."""
QUIETEST = 0.15
"""Where the colours of an upright spectrum begin in the palette, to be seen on a dark ground."""


def on_its_side(
    bands_dbfs: FloatArray,
    hold_dbfs: FloatArray | None,
    width: int,
    floor_db: int,
    palette: str,
    variant: Variant,
) -> list[Row]:
    """Draw two bands a row, the highest on top; levels to the right, coloured as the waterfall.

    Parameters
    ----------
    bands_dbfs, hold_dbfs : ndarray [shape=(2 * n_rows,)], float32
        From low to high; no marks without the second.
    width : int > 0
    floor_db : int < 0
        Level at the left edge; 0 is at the right one.
    palette : str
    variant : Variant
    """
    lengths = _cells(bands_dbfs, floor_db, width)
    holds = [0] * len(lengths) if hold_dbfs is None else _cells(hold_dbfs, floor_db, width)
    return [
        _side_row(
            lengths[top], lengths[top - 1], holds[top], holds[top - 1], width, palette, variant
        )
        for top in range(len(lengths) - 1, 0, -2)
    ]


def _cells(bands_dbfs: FloatArray, floor_db: int, width: int) -> list[int]:
    shares = np.clip(1 - bands_dbfs / floor_db, 0, 1)
    cells: list[int] = np.rint(shares * width).astype(np.intp).tolist()
    return cells


@lru_cache(maxsize=8192)
def _side_row(
    upper: int,
    lower: int,
    upper_hold: int,
    lower_hold: int,
    width: int,
    palette: str,
    variant: Variant,
) -> Row:
    ink = inks(variant)
    if ink.mono:
        length, hold = max(upper, lower), max(upper_hold, lower_hold)
        text = ("#" if variant.ascii else "█") * length
        if hold > length:
            text = text.ljust(hold - 1) + "▏"
        return [Segment(text.ljust(width)[:width], PLAIN)]
    ramp = ink.ramp(palette)
    cells = []
    for place in range(width):
        colour = ramp[min(place * len(ramp) // width, len(ramp) - 1)]
        halves = [
            ink.theme.hold if place + 1 == hold > length else colour if place < length else None
            for length, hold in ((upper, upper_hold), (lower, lower_hold))
        ]
        cells.append(_halves(ink, *halves))
    return runs(cells)


def _halves(ink: Inks, upper: str | None, lower: str | None) -> Cell:
    """Draw two pixels, None being the terminal's own ground."""
    if upper is None:
        return (" ", PLAIN) if lower is None else ("▄", ink.ink(lower))
    return "▀", ink.ink(upper, lower)


def upright(
    bands_dbfs: FloatArray,
    hold_dbfs: FloatArray | None,
    n_rows: int,
    floor_db: int,
    palette: str,
    variant: Variant,
) -> list[Row]:
    """Draw one column a band, ``n_rows`` high; a row's colour is its level's.

    Parameters
    ----------
    bands_dbfs, hold_dbfs : ndarray [shape=(width,)], float32
        From low to high; no marks without the second.
    n_rows : int >= 0
    floor_db : int < 0
        Level at the bottom; 0 is at the top.
    palette : str
    variant : Variant
    """
    ink = inks(variant)
    tops = _shares(bands_dbfs, floor_db) * n_rows
    held = tops * 0 if hold_dbfs is None else _shares(hold_dbfs, floor_db) * n_rows
    by_column = [
        ink.ink(colour) for colour in _colours(ink, palette, _shares(bands_dbfs, floor_db))
    ]
    rows = []
    for row in reversed(range(n_rows)):
        styles: Sequence[Style] = by_column
        if n_rows >= FEW_ROWS:
            middle = np.full(1, (row + 0.5) / n_rows)
            styles = [ink.ink(_colours(ink, palette, middle)[0])] * len(by_column)
        glyphs = _glyphs(tops - row, variant)
        marks = (np.minimum(held.astype(np.intp), n_rows - 1) == row) & (held > 0)
        rows.append(_upright_row(glyphs, marks.tolist(), styles, ink))
    return rows


def _shares(bands_dbfs: FloatArray, floor_db: int) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = np.clip(1 - bands_dbfs / floor_db, 0, 1).astype(np.float64)
    return shares


def _glyphs(tops: NDArray[np.float64], variant: Variant) -> list[str]:
    """Return what is seen of columns in a row that lies ``tops`` below their ends."""
    eighths = np.clip(np.rint(8 * tops), 0, 8).astype(np.intp)
    glyphs = np.where(eighths >= 4, "#", " ") if variant.ascii else HEIGHTS[eighths]
    found: list[str] = glyphs.tolist()
    return found


def _upright_row(
    glyphs: Sequence[str], marks: Sequence[bool], styles: Sequence[Style], ink: Inks
) -> Row:
    mark = "-" if ink.variant.ascii else HOLD, ink.ink(ink.theme.hold)
    cells = zip(glyphs, marks, styles, strict=True)
    return runs([mark if held and glyph == " " else (glyph, style) for glyph, held, style in cells])


def _colours(ink: Inks, palette: str, shares: NDArray[np.float64]) -> list[str]:
    ramp = ink.ramp(palette)
    bright = QUIETEST + (1 - QUIETEST) * shares
    return [ramp[min(int(share * len(ramp)), len(ramp) - 1)] for share in bright]
