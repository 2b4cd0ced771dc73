"""The last words: what a session heard, with a ribbon of all of it, for the normal screen."""

from textwrap import wrap

from rich.segment import Segment

from livegenre.screen.ascii import to_ascii
from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.inks import inks
from livegenre.screen.ribbon import ribbon
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
    words = [tally.shares(), tally.costs(source)]
    first, last = (
        [_words(line) for line in (wrap(text, width) if fold else [text])] for text in words
    )
    strip = _ribbon(tally, width, variant) if tally.seconds and width >= NARROWEST else []
    rows = [*first, *strip, *last]
    return to_ascii(rows) if variant.ascii else rows


def _words(text: str) -> Row:
    return [Segment(text, PLAIN)]


def _ribbon(tally: Tally, width: int, variant: Variant) -> list[Row]:
    slots = tuple(
        held and Slot(0.0, held[0], held[1], 0.0, NOTHING, marked=False, number=number)
        for number, held in enumerate(tally.row(width))
    )
    begin, end = clock(0.0), clock(round(tally.seconds))
    scale = begin + end.rjust(width - len(begin))
    return [ribbon(slots, tally.facts.labels, variant), [Segment(scale, inks(variant).dim)]]
