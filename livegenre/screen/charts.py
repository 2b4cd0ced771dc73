"""The two charts: a bar for each label, and the spectrum as a skyline."""

from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from livegenre.arrays import FloatArray
from livegenre.screen import palette
from livegenre.screen.cells import PLAIN, Row, bar, beside, blank, join, phrase, shortened, style
from livegenre.screen.meter import HIGHEST_HZ, LOWEST_HZ
from livegenre.screen.view import View
from livegenre.screen.words import NO_NUMBER, percent, printable, ranking, whole

DIM = style(palette.DIM)
FAINT = style(palette.FAINT)
STRONG = style(bold=True)
LONGEST_LABEL = 16
"""Columns that a label may take, or two fifths of the row where that is more."""
SPECTRUM_FLOOR_DB = -80.0
AXIS_WIDTH = 6
QUIETEST = 0.1
"""Where the lowest row begins in the palette, to be seen on a dark ground."""
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000)
HEIGHTS = np.array(list(" ▁▂▃▄▅▆▇█"))


def bars(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw one bar a label, in the labels' order; if rows are few, the strongest, from the top."""
    labels = view.facts.labels
    shown = labels if len(labels) <= n_rows else _strongest(view)[:n_rows]
    rows = [_label_row(view, label, width) for label in shown]
    return [*rows, *[blank(width)] * (n_rows - len(rows))]


def bars_and_rest(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw the bars, and in the last row how many more labels there are, if there are."""
    n_more = len(view.facts.labels) - (n_rows - 1)
    if n_more <= 1 or n_rows < 1:
        return bars(view, width, n_rows)
    rest = join(width, [phrase((f"  … and {n_more} more", FAINT))])
    return [*bars(view, width, n_rows - 1), rest]


def _strongest(view: View) -> Sequence[str]:
    """Return the labels, strongest first, but above all the one that is named."""
    decision = view.decision
    if decision is None:
        return view.facts.labels
    order = [label for label, _ in ranking(decision)] or list(view.facts.labels)
    return sorted(order, key=lambda label: label != decision.label)


def _label_row(view: View, label: str, width: int) -> Row:
    facts, decision = view.facts, view.decision
    share = None if decision is None else decision.posterior.get(label)
    winner = decision is not None and decision.label == label and view.source.hearing
    ink = palette.label_colours(facts.labels)[label]
    not_music = decision is not None and decision.state == "not_music"
    if not_music or not view.source.hearing:
        ink = palette.faded(ink)
    name_width = min(max(map(cell_len, facts.labels)), max(LONGEST_LABEL, 2 * width // 5))
    name = set_cell_size(shortened(printable(label), name_width), name_width)
    room = width - name_width - 8
    if room < 1:
        return join(width, [phrase((name, STRONG if winner else PLAIN))])
    mark = int(facts.thresholds[label] * room)
    text = STRONG if winner else FAINT if share is None else PLAIN
    return [
        Segment("▶ " if winner else "  ", style(ink, bold=True)),
        Segment(name + " ", text),
        *bar(room, share or 0.0, [ink] * room, palette.TRACK, mark, palette.EDGE),
        Segment(f"{NO_NUMBER if share is None else percent(share):>4} ", text if winner else DIM),
    ]


def spectrum(bands_dbfs: FloatArray, n_rows: int) -> list[Row]:
    """Draw one column a band, ``n_rows`` high; a row's colour is its level's."""
    heights = np.clip(1 - bands_dbfs / SPECTRUM_FLOOR_DB, 0, 1) * n_rows * 8
    rows = []
    for row in reversed(range(n_rows)):
        eighths = np.clip(np.rint(heights - 8 * row), 0, 8).astype(np.intp)
        ink = palette.ember(QUIETEST + (1 - QUIETEST) * (row + 0.5) / n_rows)
        rows.append([Segment("".join(HEIGHTS[eighths]), style(ink))])
    return rows


def level_axis(n_rows: int) -> list[Row]:
    """Draw the levels at the left of a spectrum of ``n_rows``."""
    step = 20 if n_rows >= 8 else 40
    labels = {
        round(level / SPECTRUM_FLOOR_DB * n_rows): whole(level)
        for level in range(0, int(SPECTRUM_FLOOR_DB), -step)
    }
    return [
        [Segment(f"{labels.get(row, ''):>4} {'┤' if row in labels else '│'}", FAINT)]
        for row in range(n_rows)
    ]


def frequency_axis(width: int) -> Row:
    """Draw the frequencies below a spectrum of ``width`` bands."""
    line = ["─"] * width
    octaves = np.log(HIGHEST_HZ / LOWEST_HZ)
    for hertz in TICKS_HZ:
        place = int(np.log(hertz / LOWEST_HZ) / octaves * width)
        label = f"┴{hertz // 1000}k" if hertz >= 1000 else f"┴{hertz}"
        if place + len(label) < width - 4:
            line[place : place + len(label)] = label
    return [Segment("".join(line)[: max(width - 4, 0)] + "10k "[:width], FAINT)]


def bars_in_columns(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw the bars in two columns, read downwards."""
    rows = bars_and_rest(view, width // 2, 2 * n_rows)
    right = [[*blank(width % 2), *row] for row in rows[n_rows:]]
    return beside(rows[:n_rows], right)
