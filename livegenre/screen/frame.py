"""The frame: which parts make up which form. Pure: a view and a size make a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.segment import Segment

from livegenre.screen import bars, footing, heading, level, picture
from livegenre.screen.answer import N_ROWS, answer_block, word_block
from livegenre.screen.ascii import to_ascii
from livegenre.screen.brief import answer_line, status_line
from livegenre.screen.cells import (
    Phrase,
    Row,
    beside,
    blank,
    join,
    phrase,
    recalled,
    rule,
    spaced,
)
from livegenre.screen.inks import inks
from livegenre.screen.layout import Plan, Scroll, plan
from livegenre.screen.overlays import cover
from livegenre.screen.view import View
from livegenre.screen.words import printable, source_words

LARGE_LETTERS, SMALL_LETTERS = 4, 3
"""Rows."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of the terminal: as many rows as it is high, each as wide as it is.

    A row that looks as in an earlier frame is, where that can be told cheaply, the same object.
    """

    rows: list[Row]
    scrolled: Scroll | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for row in self.rows:
            yield from row
            yield Segment.line()


def draw(view: View, width: int, height: int) -> Frame:
    """Draw one frame.

    Parameters
    ----------
    view : View
        With ``layout.n_bands(width, height, view.look)`` bands of the spectrum.
    width, height : int >= 0
        Size of the terminal in cells.
    """
    if not width or not height:
        return Frame([[] for _ in range(height)])
    place = plan(width, height, view.look)
    forms = {"full": _full, "wide": _open, "std": _open, "small": _small, "compact": _compact}
    rows = forms.get(place.form, _line)(view, place)
    rows = cover(rows, view, place)
    if view.variant.ascii:
        rows = [recalled(row) for row in to_ascii(rows)]
    scrolls = place.form in ("full", "wide", "std") and not view.look.overlay
    return Frame(rows, _scroll(view, place) if scrolls else None)


def _scroll(view: View, place: Plan) -> Scroll:
    height, n = picture.scrolling(view, place)
    end = place.top + place.n_rows + place.has_confidence + 1
    return Scroll(end - height, height, place.picture_x, place.picture_width, n)


def _full(view: View, place: Plan) -> list[Row]:
    """Draw everything, in boxes."""
    width, left, edge = place.width, place.left, inks(view.variant).edge
    right = width - left
    answer = answer_block(view, left - 2, LARGE_LETTERS)
    chart = bars.bars(view, right - 2, N_ROWS)
    dim = inks(view.variant).dim
    tops = [
        recalled(row)
        for row in beside(
            _box(left, phrase(("now", dim)), [], answer, view),
            _box(right, _bars_title(view), _bars_notes(view), chart, view),
        )
    ]
    below = picture.picture_rows(view, place)
    top = rule(width, picture.title(view), picture.notes(view, place), edge, "╭╮")
    side = [[Segment("│", edge)]] * len(below)
    boxed = beside(side, below, side)
    return [
        recalled(heading.source_line(view, width)),
        recalled(_level_and_progress(view, place)),
        recalled(level.meter_scale(view, left, width)),
        *tops,
        recalled(top),
        *boxed[: place.n_rows],
        *map(recalled, boxed[place.n_rows :]),
        recalled(rule(width, [], [], edge, "╰╯")),
        *_footing(view, width),
    ]


def _level_and_progress(view: View, place: Plan) -> Row:
    meter = level.meter_line(view, place.meter_width)
    return [*meter, *heading.progress(view, place.width - place.meter_width)]


def _box(
    width: int, title: Phrase, notes: Sequence[Phrase], rows: Sequence[Row], view: View
) -> list[Row]:
    edge = inks(view.variant).edge
    side = [[Segment("│", edge)]] * len(rows)
    return [
        rule(width, title, notes, edge, "╭╮"),
        *beside(side, rows, side),
        rule(width, [], [], edge, "╰╯"),
    ]


def _open(view: View, place: Plan) -> list[Row]:
    """Draw everything but boxes."""
    width, left, edge = place.width, place.left, inks(view.variant).edge
    right = width - left
    dim = inks(view.variant).dim
    is_wide = place.form == "wide"
    answer = answer_block(view, left, LARGE_LETTERS if is_wide else SMALL_LETTERS)
    chart = (bars.bars if is_wide else bars.bars_and_rest)(view, right, N_ROWS)
    notes = [_bars_title(view)] if len(view.facts.labels) > N_ROWS else _bars_notes(view)
    now = [rule(width, phrase(("now", dim)), notes, edge)] if is_wide else []
    return [
        recalled(heading.source_line(view, width)),
        recalled(_level_and_progress(view, place)),
        *[recalled(row) for row in [*now, *beside(answer, chart)]],
        recalled(rule(width, picture.title(view), picture.notes(view, place), edge)),
        *picture.picture_rows(view, place),
        *_footing(view, width),
    ]


def _bars_title(view: View) -> Phrase:
    n = len(view.facts.labels)
    which = f"strongest {N_ROWS} of {n}" if n > N_ROWS else f"all {'ten' if n == N_ROWS else n}"
    order = ", sorted" if view.look.sorted_bars else ", smoothed"
    return phrase((which + order, inks(view.variant).dim))


def _bars_notes(view: View) -> list[Phrase]:
    """Return how to read the bars' marks, in many words and in few."""
    dot = "." if view.variant.ascii else "·"
    ink, threshold = inks(view.variant), footing.threshold_words(view)
    if ink.mono:
        texts = (f"lines: 10 s peak, {threshold}", f"line: {threshold}")
    else:
        mark = "black" if view.variant.light else "white"
        texts = (f"{mark}: 10 s peak {dot} grey: {threshold}", f"grey: {threshold}")
    return [phrase((text, ink.faint)) for text in texts]


def _footing(view: View, width: int) -> list[Row]:
    lines = (footing.health_line, footing.model_line, footing.keys_line)
    return [recalled(line(view, width)) for line in lines]


def _small(view: View, place: Plan) -> list[Row]:
    """Draw the big word, bars in two columns, a picture without axes, and the ribbon."""
    width = place.width
    rows = [
        heading.source_line(view, width),
        level.meter_line(view, width),
        *word_block(view, width, SMALL_LETTERS),
        status_line(view, width),
        *bars.bars_in_columns(view, width, N_ROWS // 2),
    ]
    return [
        *map(recalled, rows),
        *picture.small_picture(view, width, place.n_rows),
        picture.ribbon_row(view, place),
        recalled(footing.health_line(view, width)),
        recalled(footing.keys_line(view, width)),
    ]


def _compact(view: View, place: Plan) -> list[Row]:
    """Draw the answer in a row, the bars, and the ribbon."""
    width = place.width
    rows = [answer_line(view, width), *bars.bars_and_rest(view, width, N_ROWS)]
    chart = picture.small_picture(view, width, place.n_rows)
    return [*map(recalled, rows), *chart, _last_row(view, place)]


def _line(view: View, place: Plan) -> list[Row]:
    """Draw the answer in a row, and the ribbon below it if there is one more."""
    rows = [recalled(answer_line(view, place.width))]
    if place.height > 1:
        rows.append(_last_row(view, place, trouble=False))
    return [*rows, *[blank(place.width)] * (place.height - 2)]


def _last_row(view: View, place: Plan, *, trouble: bool = True) -> Row:
    """Draw the ribbon; in its place what was said of the last key, or what is wrong."""
    if view.look.note:
        return recalled(footing.keys_line(view, place.width))
    if trouble and not view.source.hearing and view.source.state != "ended":
        warn = inks(view.variant).warn
        words = [phrase((source_words(view.source), warn))]
        name = phrase((printable(view.facts.source), inks(view.variant).dim))
        return recalled(join(place.width, spaced(1, [*words, name])))
    return picture.ribbon_row(view, place)
