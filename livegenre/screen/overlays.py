"""What lies over the picture: help, lists to choose from, and why. Pure: rows in, rows out."""

from collections.abc import Sequence

from livegenre.screen.cells import PLAIN, STRONG, Phrase, Row, join, lay_over, phrase
from livegenre.screen.controls import Choice, Why
from livegenre.screen.help import help_rows
from livegenre.screen.inks import inks
from livegenre.screen.layout import Plan
from livegenre.screen.panel import (
    ENTRY_WIDTH,
    Room,
    fitted,
    in_columns,
    n_columns,
    page_size,
    put_over,
    room_for,
)
from livegenre.screen.situation import DIGITS, ENTRY_KEYS
from livegenre.screen.view import View
from livegenre.screen.why import TEXT_WIDTH, why_rows
from livegenre.screen.words import printable

WHY_WIDTH = TEXT_WIDTH + 26
"""Most columns of the strip that says why."""
LEAVE = "esc leaves"
OLD_SECONDS = 10.0
"""Age from which an explanation has nothing to do with what stands above it."""


def cover(rows: Sequence[Row], view: View, place: Plan) -> list[Row]:
    """Return a frame's rows with the overlay of the look on top; without one, the same rows.

    Parameters
    ----------
    rows : sequence of Row
        As many as the terminal is high, each as wide as it is.
    view : View
    place : Plan
        Where the parts of the frame stand.
    """
    if not view.look.overlay:
        return list(rows)
    if view.look.overlay == "why":
        return _why_over(rows, view, place)
    room = room_for(view.look.overlay, place.width, place.height)
    title, notes, inside = {"help": _help, "devices": _devices, "labels": _labels}[
        view.look.overlay
    ](view, room, page_size(view.look.overlay, place.width, place.height))
    return put_over(rows, inside, room, title=title, notes=notes, variant=view.variant)


def _help(view: View, room: Room, size: int) -> tuple[str, Sequence[str], list[Row]]:
    return "help", ["any key closes"], help_rows(view, room)


def _devices(view: View, room: Room, size: int) -> tuple[str, Sequence[str], list[Row]]:
    choices = view.choices
    if isinstance(choices, str):
        words = phrase((" " + fitted(printable(choices), max(room.width - 2, 0)), PLAIN))
        return "inputs", [LEAVE], [join(room.width, [words])][: room.n_rows]
    page, notes = _page(view, len(choices), size)
    shown = choices[page * size :][:size]
    rows = [
        join(room.width, [_device(key, choice, room.width, view)])
        for key, choice in zip(DIGITS, shown, strict=False)
    ]
    return "inputs", notes, rows[: room.n_rows]


def _device(key: str, choice: Choice, width: int, view: View) -> Phrase:
    ink = inks(view.variant)
    detail = printable(choice.detail)
    beside = len(detail) + 2 if width >= 2 * (len(detail) + 2) else 0
    mark = "▶" if choice.is_current else " "
    name = fitted(printable(choice.name), max(width - 6 - beside, 0))
    style = STRONG if choice.is_current else PLAIN
    words = [(fitted(f" {key} {mark} ", min(5, width)), STRONG), (name, style)]
    return phrase(*words, (f"  {detail}" if beside else "", ink.dim))


def _labels(view: View, room: Room, size: int) -> tuple[str, Sequence[str], list[Row]]:
    labels = view.facts.labels
    page, notes = _page(view, len(labels), size)
    shown = labels[page * size :][:size]
    n_rows = min(-(-len(shown) // n_columns(room)), room.n_rows)
    width = min(ENTRY_WIDTH, room.width)
    entries = [
        phrase(
            (fitted(f" {key} ", min(3, width)), STRONG),
            (fitted(printable(label), max(width - 4, 0)) + " " * (width > 3), PLAIN),
        )
        for key, label in zip(ENTRY_KEYS, shown, strict=False)
    ]
    return "which is right?", notes, in_columns(entries, room.width, n_rows)


def _page(view: View, n_entries: int, size: int) -> tuple[int, Sequence[str]]:
    """Return which page is shown, and what to say about it, in many words and in few."""
    n_pages = max(1, -(-n_entries // size))
    page = view.look.page % n_pages
    if n_pages == 1:
        return page, [LEAVE]
    where = f"{page + 1} of {n_pages}"
    return page, [f"page {where}, ← → turns, {LEAVE}", f"{where}, ← →, {LEAVE}", LEAVE]


def _why_over(rows: Sequence[Row], view: View, place: Plan) -> list[Row]:
    """Lay the strip over the oldest part of the picture, or over the last row where none is.

    Only a waterfall has an axis for its bars; over an upright spectrum there are words alone.
    """
    is_upright = place.side_width == 0 and view.look.picture != "waterfall"
    n_rows = place.n_rows - (is_upright and place.picture_x > 0)  # its scale stays in sight
    x, y = place.picture_x, place.top
    width = min(place.picture_width, TEXT_WIDTH if is_upright else WHY_WIDTH)
    if n_rows < 1:
        x, y, n_rows, width = 0, place.height - 1, 1, place.width
    why, decision = view.why, view.decision
    if isinstance(why, Why) and decision and decision.time - why.time > OLD_SECONDS:
        why = "thinking ..."
    block = why_rows(why, view.facts.labels, width, n_rows, view.variant)
    return lay_over(rows, block, x, y)
