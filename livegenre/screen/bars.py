"""One bar for each label, or for the strongest where not all find room."""

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from livegenre.screen.cells import PLAIN, STRONG, Row, beside, blank, join, phrase, shortened
from livegenre.screen.gauge import Marks, gauge
from livegenre.screen.inks import inks
from livegenre.screen.palette import label_colours
from livegenre.screen.variant import Variant
from livegenre.screen.view import View
from livegenre.screen.words import NO_NUMBER, percent, printable, ranking

LONGEST_LABEL = 16
"""Columns that a label may take, or two fifths of the row where that is more."""


def bars(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw one bar a label, in the labels' order or sorted; if rows are few, the strongest."""
    rows = [_label_row(view, label, width) for label in shown_labels(view, n_rows)]
    return [*rows, *[blank(width)] * (n_rows - len(rows))]


def bars_and_rest(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw the bars, and in the last row how many more labels there are, if there are."""
    n_more = len(view.facts.labels) - (n_rows - 1)
    if n_more <= 1 or n_rows < 1:
        return bars(view, width, n_rows)
    faint = inks(view.variant).faint
    rest = join(width, [phrase((f"  … and {n_more} more", faint))])
    return [*bars(view, width, n_rows - 1), rest]


def bars_in_columns(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw the bars in two columns, read downwards."""
    left = width // 2
    rows = bars_and_rest(view, left, 2 * n_rows)
    right = [[*blank(width - 2 * left), *row] for row in rows[n_rows:]]
    return beside(rows[:n_rows], right)


def shown_labels(view: View, n_rows: int) -> Sequence[str]:
    """Return the labels that have a bar, in the order of the bars."""
    labels = view.facts.labels
    if len(labels) <= n_rows and not view.look.sorted_bars:
        return labels
    return _strongest(view)[:n_rows]


def _strongest(view: View) -> Sequence[str]:
    """Return the labels, strongest first; before all the one that is named, then what could be."""
    decision, thresholds = view.decision, view.facts.thresholds
    order = [] if decision is None else ranking(decision)
    if decision is None or not order:
        return view.facts.labels
    order.sort(key=lambda item: (item[0] != decision.label, item[1] < thresholds[item[0]]))
    return [label for label, _ in order]


def _label_row(view: View, label: str, width: int) -> Row:
    facts, decision = view.facts, view.decision
    share = None if decision is None else decision.posterior.get(label)
    not_music = decision is not None and decision.state == "not_music"
    counts = view.source.hearing and not not_music
    named = decision is not None and decision.label == label and view.source.hearing
    peak = view.peaks.get(label, 0.0) if share is not None else 0.0
    return _row(
        view.variant,
        width,
        _name_width(facts.labels, width),
        label,
        label_colours(facts.labels)[label],
        share,
        peak,
        facts.thresholds[label] if share is not None else 0.0,
        named,
        counts,
    )


@lru_cache(maxsize=256)
def _name_width(labels: tuple[str, ...], width: int) -> int:
    longest = max((cell_len(printable(label)) for label in labels), default=0)
    return min(longest, max(LONGEST_LABEL, 2 * width // 5))


@lru_cache(maxsize=1024)
def _row(
    variant: Variant,
    width: int,
    name_width: int,
    label: str,
    colour: str,
    share: float | None,
    peak: float,
    threshold: float,
    named: bool,
    counts: bool,
) -> Row:
    """Draw one bar: a mark if it is named, name, bar, percentage; faint where it is no answer."""
    ink = inks(variant)
    name = set_cell_size(shortened(printable(label), name_width), name_width)
    text = STRONG if named else PLAIN if counts and share is not None else ink.faint
    room = width - name_width - 8
    if room < 1:
        return join(width, [phrase((shortened(name, width), text))])
    shown = colour if counts else ink.faded(colour)
    top = ink.theme.mark if counts else ink.theme.faint
    marks: Marks = ((threshold, ink.theme.edge), (peak, top))
    number = NO_NUMBER if share is None else percent(share)
    return [
        Segment("▶ " if named else "  ", ink.ink(None if variant.light else colour, bold=True)),
        Segment(name + " ", text),
        *gauge(variant, room, share or 0.0, ((room, shown),), marks),
        Segment(f"{number:>4} ", STRONG if named else ink.dim),
    ]
