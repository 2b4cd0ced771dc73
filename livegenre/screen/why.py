"""What pushed the newest decision, drawn along the waterfall's axis of frequencies. Pure."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest

from rich.style import Style

from livegenre.screen.cells import (
    PLAIN,
    STRONG,
    Phrase,
    Row,
    beside,
    blank,
    join,
    phrase,
    runs,
    sentence,
    shortened,
)
from livegenre.screen.controls import Why
from livegenre.screen.glyphs import EN_DASH, MINUS
from livegenre.screen.inks import Inks, inks
from livegenre.screen.meter import HIGHEST_HZ, LOWEST_HZ
from livegenre.screen.palette import label_colours
from livegenre.screen.variant import Variant
from livegenre.screen.words import clock_tenths, printable

TEXT_WIDTH = 34
"""Columns of the words, where there is room for bars beside them."""
LEAST_BARS = 9
MOST_NAMED = 6
"""Of what pushed, how much is told in words."""
QUIET = 0.05
"""Log odds below which nothing is worth a word."""


@lru_cache(maxsize=8)
def why_rows(
    why: Why | str, labels: tuple[str, ...], width: int, n_rows: int, variant: Variant
) -> list[Row]:
    """Draw a strip ``n_rows`` high beside or over a waterfall as high, row by row the same bands.

    Bars to the right are bands that pushed the label, to the left those that pushed the runner-up;
    words are left of them where there is room, and alone where there is none.

    Parameters
    ----------
    why : Why or str
        A text is shown as it is.
    labels : tuple of str
        Of the model: they have colours.
    width, n_rows : int >= 0
        In cells.
    variant : Variant
        ASCII is made of the finished frame.

    Returns
    -------
    list of Row
        ``n_rows`` rows of ``width`` cells; the same object for the same explanation.
    """
    ink = inks(variant)
    if isinstance(why, str):
        return _padded([_said(why, width, ink.dim)], width, n_rows)
    colours = _colours(why, labels, ink)
    bars_width = width - TEXT_WIDTH
    if bars_width < LEAST_BARS:
        return _padded(_words(why, width, n_rows, colours, ink), width, n_rows)
    words = _padded(_words(why, TEXT_WIDTH, n_rows, colours, ink), TEXT_WIDTH, n_rows)
    return beside(words, _bars(why, bars_width, n_rows, colours, ink))


def _padded(rows: Sequence[Row], width: int, n_rows: int) -> list[Row]:
    return [row or blank(width) for row, _ in zip_longest(rows[:n_rows], range(n_rows))]


def _said(text: str, width: int, style: Style) -> Row:
    return join(width, [phrase((sentence(f" {printable(text)}", width), style))])


def _colours(why: Why, labels: tuple[str, ...], ink: Inks) -> Mapping[str, str]:
    """Return a colour for both rivals; what is no label of the model is grey."""
    known = label_colours(labels)
    return {name: known.get(name, ink.theme.grey) for name in (why.label, why.runner_up)}


def _words(why: Why, width: int, n_rows: int, colours: Mapping[str, str], ink: Inks) -> list[Row]:
    """Say who was ahead of whom, when, by what, and how that was found, in the last row."""
    points = f" {math.trunc(100 * why.margin):+d} points".replace("-", MINUS)
    name_width = max((width - 10) // 2, 1)
    names = [shortened(printable(name), name_width) for name in (why.label, why.runner_up)]
    title = phrase(
        (" ", PLAIN),
        (names[0], ink.label(colours[why.label])),
        (" over ", ink.dim),
        (names[1], ink.label(colours[why.runner_up])),
    )
    moment = phrase((f"  at {clock_tenths(why.time)}", ink.dim))
    sides = phrase((f" {names[1]} ← → {names[0]} ", ink.dim))
    rows = [join(width, [title, moment]), join(width, [phrase((points, STRONG))], [sides])]
    told = [_push_row(name, push, width, why, colours, ink) for name, push in _told(why)]
    n_told = max(n_rows - len(rows) - 1, 0)
    end = [_said(why.method, width, ink.faint)]
    body = told[: min(n_told, MOST_NAMED)] or [_said("nothing stands out", width, ink.dim)]
    return [*rows, *body, *end]


def _told(why: Why) -> list[tuple[str, float]]:
    """Return what pushed most, by name: features if there are any, else bands."""
    bands = [
        (_band_name(low, high), push)
        for (low, high), push in zip(pairwise(why.bands_hz), why.bands, strict=True)
    ]
    named = [(name.replace("_", " "), push) for name, push in why.features]
    order = sorted(named or bands, key=lambda item: -abs(item[1]))
    return [(name, push) for name, push in order if abs(push) >= QUIET]


def _band_name(low_hz: float, high_hz: float) -> str:
    if low_hz < LOWEST_HZ:
        return f"below {high_hz:.0f} Hz"
    if high_hz < 1000:
        return f"{low_hz:.0f}{EN_DASH}{high_hz:.0f} Hz"
    return f"{low_hz / 1000:.1f}{EN_DASH}{high_hz / 1000:.1f} kHz"


def _push_row(
    name: str, push: float, width: int, why: Why, colours: Mapping[str, str], ink: Inks
) -> Row:
    colour = colours[why.label if push > 0 else why.runner_up]
    number = f" {push:+5.1f} ".replace("-", MINUS)
    words: Phrase = phrase((number, ink.label(colour)), (f" {printable(name)}", PLAIN))
    return join(width, [words])


def _bars(why: Why, width: int, n_rows: int, colours: Mapping[str, str], ink: Inks) -> list[Row]:
    """Draw a bar a row from the middle; the longest fills its half."""
    half = (width - 1) // 2
    pushes = [row_push(why, row, n_rows) for row in range(n_rows)]
    greatest = max((abs(push) for push in pushes if push), default=0.0)
    scale = max(greatest, QUIET)
    return [_bar((push or 0.0) / scale, half, width, why, colours, ink) for push in pushes]


def _bar(
    share: float, half: int, width: int, why: Why, colours: Mapping[str, str], ink: Inks
) -> Row:
    n = round(abs(share) * half)
    colour = ink.ink(colours[why.label if share > 0 else why.runner_up])
    left, right = (0, n) if share > 0 else (n, 0)
    cells = [
        *[(" ", PLAIN)] * (half - left),
        *[("█", colour)] * left,
        ("│", ink.edge),
        *[("█", colour)] * right,
        *[(" ", PLAIN)] * (width - 1 - half - right),
    ]
    return runs(cells)


def row_push(why: Why, row: int, n_rows: int) -> float | None:
    """Return what the bands of a row pushed together, counted from the top; None: no band there.

    Where a band is higher than a row, each of its rows has the whole push.
    """
    whole = HIGHEST_HZ / LOWEST_HZ
    low = LOWEST_HZ * whole ** ((n_rows - 1 - row) / n_rows)
    high = LOWEST_HZ * whole ** ((n_rows - row) / n_rows)
    middle = math.sqrt(low * high)
    inside, around = [], None
    for (begin, end), push in zip(pairwise(why.bands_hz), why.bands, strict=True):
        if low <= math.sqrt(max(begin, LOWEST_HZ) * end) < high:
            inside.append(push)
        elif begin <= middle < end:
            around = push
    return sum(inside) if inside else around
