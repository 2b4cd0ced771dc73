"""The picture and all that stands aligned with it, column by column: axes, ribbon, confidence."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from livegenre.screen import axes
from livegenre.screen.cells import Phrase, Row, beside, blank, join, phrase, recalled
from livegenre.screen.inks import inks
from livegenre.screen.layout import AXIS_WIDTH, Plan
from livegenre.screen.ribbon import confidence, ribbon
from livegenre.screen.spectrum import on_its_side, upright
from livegenre.screen.timeline import Slots, column_seconds, last_number, slots
from livegenre.screen.view import View
from livegenre.screen.waterfall import waterfall
from livegenre.screen.words import whole

HOLD_WORDS = "dBFS now, hold 2 s"


def picture_rows(view: View, place: Plan) -> list[Row]:
    """Draw picture, confidence, ribbon and time; without the frame around them."""
    shown = slots(view, place.picture_width, place.column_seconds)
    if view.look.picture == "spectrum":
        picture = _spectrum_alone(view, place)
    else:
        picture = _waterfall(view, place, shown)
    return [*picture, *_below(view, place, shown)]


def _waterfall(view: View, place: Plan, shown: Slots) -> list[Row]:
    look, variant = view.look, view.variant
    parts: list[Sequence[Row]] = [
        axes.frequency_rows(place.n_rows, variant),
        waterfall(shown, place.n_rows, look.floor_db, look.palette, variant),
    ]
    if place.side_width:
        parts += [_line(view) * place.n_rows, _side(view, place)]
    return beside(*parts)


def _side(view: View, place: Plan) -> list[Row]:
    """Draw what lies beside the waterfall, on the same axis of frequencies."""
    return on_its_side(
        view.spectrum_dbfs,
        view.hold_dbfs,
        place.side_width,
        view.look.floor_db,
        view.look.palette,
        view.variant,
    )


def _line(view: View) -> list[Row]:
    return [[Segment("│", inks(view.variant).edge)]]


def _spectrum_alone(view: View, place: Plan) -> list[Row]:
    look, variant = view.look, view.variant
    n_rows = place.n_rows - 1
    levels = axes.level_rows(n_rows, look.floor_db, variant)
    chart = upright(
        view.spectrum_dbfs, view.hold_dbfs, n_rows, look.floor_db, look.palette, variant
    )
    unit = [Segment(f"{'dBFS':>{AXIS_WIDTH}}", inks(variant).dim)]
    below = [*unit, *axes.frequency_row(place.picture_width, variant)]
    return [*beside(levels, chart), recalled(below)]


def _below(view: View, place: Plan, shown: Slots) -> list[Row]:
    """Draw confidence, ribbon and time, with the scale of the levels at their right."""
    labels, variant, ink = view.facts.labels, view.variant, inks(view.variant)
    name = "tag" if view.facts.multi_label else "genre"
    rows: list[tuple[Row, Row]] = [
        (_left(name, ink.dim), ribbon(shown, labels, variant)),
        (_left("", ink.dim), _time(view, place, shown)),
    ]
    if place.has_confidence:
        axis = [Segment(f"{'p':>{AXIS_WIDTH - 2}} ", ink.dim), Segment("│", ink.edge)]
        rows.insert(0, (axis, confidence(shown, labels, variant)))
    sides = _sides(view, place, len(rows))
    return [recalled([*left, *row, *side]) for (left, row), side in zip(rows, sides, strict=True)]


def _left(name: str, style: Style) -> Row:
    return [Segment(f"{name:<{AXIS_WIDTH}}", style)]


def _sides(view: View, place: Plan, n_rows: int) -> list[Row]:
    width = place.side_width
    if not width:
        return [[]] * n_rows
    scale = axes.level_row(width, view.look.floor_db, view.variant)
    if n_rows == 2:
        return [[*blank(1), *scale], blank(width + 1)]
    words = join(width, [phrase((HOLD_WORDS, inks(view.variant).faint))])
    return [[*_line(view)[0], *scale], [*blank(1), *words], blank(width + 1)]


def _time(view: View, place: Plan, shown: Slots) -> Row:
    end = " now"
    if view.look.frozen_seconds is not None:
        age = max(view.source.seconds - view.look.frozen_seconds, 0.0)
        end = f" {whole(-int(age))} s"
    seconds = column_seconds(view, place.column_seconds)
    return axes.time_row(shown, seconds, end, view.variant)


def title(view: View) -> Phrase:
    """Return the picture's name."""
    name = "spectrum" if view.look.picture == "spectrum" else "waterfall"
    ink = inks(view.variant)
    return phrase((name, ink.dim), ("  log Hz", ink.dim))


def notes(view: View, place: Plan) -> list[Phrase]:
    """Return how to read the picture, in many words and in few."""
    look, faint = view.look, inks(view.variant).faint
    to = " to " if view.variant.ascii else "…"
    levels = f"{whole(look.floor_db)}{to}0 dBFS"
    seconds = column_seconds(view, place.column_seconds)
    column = f"column {round(seconds, 1):g} s"
    dot = "." if view.variant.ascii else "·"
    palette = "" if inks(view.variant).mono else f"{look.palette} "
    texts = (f"{palette}{levels} {dot} {column}", f"{levels} {dot} {column}", levels)
    return [phrase((text, faint)) for text in texts]


def scrolling(view: View, place: Plan) -> tuple[int, int]:
    """Return how many of the picture's rows move with time, and the number of the last column.

    They are the last of waterfall, confidence and ribbon.
    """
    shown = slots(view, place.picture_width, place.column_seconds)
    rows = 1 + place.has_confidence
    if view.look.picture != "spectrum":
        rows += place.n_rows
    return rows, last_number(view, shown, place.column_seconds)


def small_picture(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw the picture without axes: the spectrum, or the waterfall if it is asked for."""
    look, variant = view.look, view.variant
    if look.picture == "waterfall":
        shown = slots(view, width, 0.5)
        return [
            recalled(row) for row in waterfall(shown, n_rows, look.floor_db, look.palette, variant)
        ]
    return upright(view.spectrum_dbfs, view.hold_dbfs, n_rows, look.floor_db, look.palette, variant)


def ribbon_row(view: View, place: Plan) -> Row:
    """Draw the ribbon alone, as wide as the terminal."""
    shown = slots(view, place.width, place.column_seconds)
    return ribbon(shown, view.facts.labels, view.variant)
