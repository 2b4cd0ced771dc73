"""The layout: which parts stand where at which size. Pure: a view and a size make a frame."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.segment import Segment

from livegenre.screen import charts, parts
from livegenre.screen.answer import answer_block, answer_line, status_line, word_block
from livegenre.screen.cells import PLAIN, Row, beside, blank, rule, style
from livegenre.screen.palette import DIM, EDGE
from livegenre.screen.view import View
from livegenre.screen.words import percent

ANSWER_ROWS = 10
MOST_BARS = 11
"""Ten, and how many more labels there are."""
ANSWER_WIDTH = 51
"""Columns that the longest genre's name takes in the light weight, with a margin."""


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


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of the terminal: as many rows as it is high, each as wide as it is."""

    rows: list[Row]
    scrolled: Scroll | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for row in self.rows:
            yield from row
            yield Segment.line()


def n_bands(width: int, height: int) -> int:
    """Return how many bands of the spectrum a frame of this size has room for."""
    return width - charts.AXIS_WIDTH - 1 if _is_wide(width, height) else width


def draw(view: View, width: int, height: int) -> Frame:
    """Draw one frame.

    Parameters
    ----------
    view : View
        With ``n_bands(width, height)`` bands of the spectrum.
    width, height : int > 0
        Size of the terminal in cells.
    """
    if _is_wide(width, height):
        return Frame(_wide(view, width, height))
    if width >= 60 and height >= 16:
        return Frame(_small(view, width, height))
    if width >= 40 and height >= 12:
        return Frame(_compact(view, width, height))
    return Frame(_line(view, width, height))


def _is_wide(width: int, height: int) -> bool:
    return width >= 80 and height >= 24


def _wide(view: View, width: int, height: int) -> list[Row]:
    """From 80 x 24 on: answer and bars side by side, the spectrum with its axes below."""
    left = max(ANSWER_WIDTH, width * 3 // 5)
    right = width - left
    airy = 1 if height >= 34 else 0
    air = [blank(width)] * airy
    top = [
        parts.source_line(view, width),
        [*parts.meter_line(view, left), *parts.progress(view, right)],
        *air,
        rule(width, "now", _threshold_note(view), style(DIM), style(EDGE)),
        *air,
        *beside(answer_block(view, left), charts.bars(view, right, ANSWER_ROWS)),
        *air,
        rule(width, "spectrum", "dBFS, 50 Hz to 10 kHz", style(DIM), style(EDGE)),
        *air,
    ]
    bottom = [
        *air,
        parts.health_line(view, width),
        parts.model_line(view, width),
        parts.keys_line(view, width),
    ]
    n_rows = height - len(top) - len(bottom) - 1
    return [*top, *_spectrum_with_axes(view, width, n_rows), *bottom]


def _threshold_note(view: View) -> str:
    facts = view.facts
    need = "as much" if facts.threshold is None else f"{percent(facts.threshold)} %"
    strongest = f"strongest {ANSWER_ROWS} of {len(facts.labels)}, "
    return f"{strongest if len(facts.labels) > ANSWER_ROWS else ''}line: a name needs {need}"


def _spectrum_with_axes(view: View, width: int, n_rows: int) -> list[Row]:
    edge = [Segment(" ", PLAIN)]
    picture = beside(charts.level_axis(n_rows), charts.spectrum(view.spectrum_dbfs, n_rows))
    room = width - charts.AXIS_WIDTH - 1
    axis = [*blank(charts.AXIS_WIDTH), *charts.frequency_axis(room)]
    return [[*row, *edge] for row in [*picture, axis]]


def _small(view: View, width: int, height: int) -> list[Row]:
    """From 60 x 16 on: the big word, bars in two columns, the spectrum without axes."""
    n_rows = 5
    top = [
        parts.source_line(view, width),
        parts.meter_line(view, width),
        *word_block(view, width),
        status_line(view, width),
        *charts.bars_in_columns(view, width, n_rows),
    ]
    bottom = [parts.health_line(view, width), parts.keys_line(view, width)]
    n_rows = height - len(top) - len(bottom)
    return [*top, *charts.spectrum(view.spectrum_dbfs, n_rows), *bottom]


def _compact(view: View, width: int, height: int) -> list[Row]:
    """From 40 x 12 on: the answer in a row, bars, the spectrum in what is left."""
    n_bars = min(len(view.facts.labels), height - 2, MOST_BARS)
    top = [answer_line(view, width), *charts.bars_and_rest(view, width, n_bars)]
    return [*top, *charts.spectrum(view.spectrum_dbfs, height - len(top))]


def _line(view: View, width: int, height: int) -> list[Row]:
    """Draw the answer in a row and the spectrum below it, at any size."""
    return [answer_line(view, width), *charts.spectrum(view.spectrum_dbfs, height - 1)]
