"""The last words: what a session heard, with a ribbon of all of it, for the normal screen."""

from collections.abc import Sequence
from textwrap import wrap

from rich.segment import Segment

from livegenre.screen.ascii import to_ascii
from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.inks import inks
from livegenre.screen.ribbon import ribbon
from livegenre.screen.strip import Held
from livegenre.screen.tally import Tally
from livegenre.screen.timeline import NOTHING, Slot
from livegenre.screen.variant import Variant
from livegenre.screen.view import SourceStatus
from livegenre.screen.words import clock

NARROWEST = 10
"""Columns that a ribbon with its times needs."""


def summary(
    tally: Tally, source: SourceStatus, width: int, variant: Variant, *, fold: bool = True
) -> list[Row]:
    """Return words, and between them a ribbon with its times.

    Parameters
    ----------
    tally : Tally
    source : SourceStatus
    width : int > 0
        Of the terminal in cells.
    variant : Variant
    fold : bool
        Break what is wider than the terminal between words.
    """
    words = (tally.shares(), tally.costs(source))
    row, labels = tally.row(width), tally.facts.labels
    return summary_rows(words, row, tally.seconds, labels, variant, fold=fold)


def summary_rows(
    words: tuple[str, str],
    row: Sequence[Held | None],
    seconds: float,
    labels: tuple[str, ...],
    variant: Variant,
    *,
    fold: bool = True,
) -> list[Row]:
    """Return two texts, and between them a ribbon with its times.

    Parameters
    ----------
    words : tuple of str
    row : sequence
        What held in each cell of the ribbon, which is as wide as the terminal.
    seconds : float
        Length of the session; without any, there is no ribbon.
    labels : tuple of str
    variant, fold
        As for ``summary``.
    """
    width = len(row)
    first, last = (
        [_words(line) for line in (wrap(text, width) if fold else [text])] for text in words
    )
    strip = _ribbon(row, seconds, labels, variant) if seconds and width >= NARROWEST else []
    rows = [*first, *strip, *last]
    return to_ascii(rows) if variant.ascii else rows


def _words(text: str) -> Row:
    return [Segment(text, PLAIN)]


def _ribbon(
    row: Sequence[Held | None], seconds: float, labels: tuple[str, ...], variant: Variant
) -> list[Row]:
    slots = tuple(
        held and Slot(0.0, held[0], held[1], 0.0, NOTHING, marked=False, number=number)
        for number, held in enumerate(row)
    )
    begin, end = clock(0.0), clock(round(seconds))
    scale = begin + end.rjust(len(row) - len(begin))
    return [ribbon(slots, labels, variant), [Segment(scale, inks(variant).dim)]]
