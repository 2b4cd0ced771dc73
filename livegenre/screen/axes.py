"""Scales around the picture: frequency, level and time."""

import math
from functools import lru_cache

from rich.segment import Segment

from livegenre.screen.cells import Row
from livegenre.screen.inks import Inks, inks
from livegenre.screen.layout import AXIS_WIDTH
from livegenre.screen.meter import HIGHEST_HZ, LOWEST_HZ
from livegenre.screen.timeline import Slots
from livegenre.screen.variant import Variant
from livegenre.screen.words import clock, whole

TICKS_HZ = {50: "50", 100: "100", 200: "200", 500: "500", 1000: "1k", 2000: "2k", 5000: "5k"}
TICKS_HZ |= {10_000: "10k"}
FEW_HZ = (50, 200, 1000, 10_000)
"""Those that are named where rows are few."""
FEW_ROWS = 9


def share_of(hertz: float) -> float:
    """Return how far up a frequency stands on the logarithmic axis, 0 (50 Hz) to 1 (10 kHz)."""
    return math.log(hertz / LOWEST_HZ) / math.log(HIGHEST_HZ / LOWEST_HZ)


def row_of(hertz: float, n_rows: int) -> int:
    """Return in which of ``n_rows`` rows a frequency stands, counted from the top."""
    return min(int((1 - share_of(hertz)) * n_rows), n_rows - 1)


@lru_cache(maxsize=32)
def frequency_rows(n_rows: int, variant: Variant) -> list[Row]:
    """Draw the frequencies at the left of a picture."""
    ink = inks(variant)
    known = TICKS_HZ if n_rows >= FEW_ROWS else FEW_HZ
    names = {row_of(hertz, n_rows): TICKS_HZ[hertz] for hertz in known}
    return [_axis_row(names.get(row, ""), ink) for row in range(n_rows)]


@lru_cache(maxsize=32)
def level_rows(n_rows: int, floor_db: int, variant: Variant) -> list[Row]:
    """Draw the levels at the left of an upright spectrum."""
    ink = inks(variant)
    step = 20 if n_rows >= FEW_ROWS else 40
    names = {int(level / floor_db * n_rows): whole(level) for level in range(0, floor_db, -step)}
    return [_axis_row(names.get(row, ""), ink) for row in range(n_rows)]


def _axis_row(name: str, ink: Inks) -> Row:
    line = "┤" if name else "│"
    return [Segment(f"{name:>{AXIS_WIDTH - 2}} ", ink.dim), Segment(line, ink.edge)]


@lru_cache(maxsize=32)
def frequency_row(width: int, variant: Variant) -> Row:
    """Draw the frequencies below an upright spectrum of ``width`` columns."""
    ink = inks(variant)
    line = ["─"] * width
    free = 0
    end = "10k Hz"
    for hertz, name in TICKS_HZ.items():
        place = int(share_of(hertz) * width)
        if place >= free and place + len(name) + 1 < width - len(end):
            line[place : place + len(name) + 1] = f"┴{name}"
            free = place + len(name) + 2
    if width > len(end):
        line[-len(end) :] = end
    return _lined(line, ink)


@lru_cache(maxsize=64)
def level_row(width: int, floor_db: int, variant: Variant) -> Row:
    """Draw the levels below a spectrum that lies on its side."""
    ink = inks(variant)
    cells = [" "] * width
    step = 20 if width >= 24 else 40
    _write(cells, width - 1, "0")
    _write(cells, 0, whole(floor_db))
    for level in range(-step, floor_db, -step):
        name = whole(level)
        _write(cells, round((1 - level / floor_db) * width) - 1, name)
    return [Segment("".join(cells), ink.dim)]


def _write(cells: list[str], place: int, name: str) -> None:
    """Write a name where it meets no other and does not reach beyond the end."""
    room = cells[max(place - 1, 0) : place + len(name) + 1]
    if place + len(name) <= len(cells) and not "".join(room).strip():
        cells[place : place + len(name)] = name


@lru_cache(maxsize=8)
def time_row(slots: Slots, column_seconds: float, end: str, variant: Variant) -> Row:
    """Draw session time below a picture: a tick every ten seconds, or more in long columns.

    Parameters
    ----------
    slots : Slots
    column_seconds : float > 0
    end : str
        What stands at the right end.
    variant : Variant
    """
    tick = 10 if column_seconds < 1.5 else 20 if column_seconds < 3 else 60
    line = ["─"] * len(slots)
    if len(end) < len(slots):
        line[len(slots) - len(end) :] = end
    free = 0
    for place, slot in enumerate(slots):
        if slot is None:
            continue
        last = int((slot.time + 1e-6) // tick)
        name = f"┴{clock(last * tick)}"
        is_first = slot.time - column_seconds < last * tick - 1e-6
        if is_first and place >= free and place + len(name) < len(slots) - len(end):
            line[place : place + len(name)] = name
            free = place + len(name) + 1
    return _lined(line, inks(variant))


def _lined(line: list[str], ink: Inks) -> Row:
    """Draw lines faint and words less so."""
    text = "".join(line)
    cells: Row = []
    start = 0
    for place in range(1, len(text) + 1):
        is_line = text[start] in "─┴"
        if place == len(text) or (text[place] in "─┴") != is_line:
            cells.append(Segment(text[start:place], ink.edge if is_line else ink.dim))
            start = place
    return cells
