"""What was decided, in time: the ribbon of labels and states, and how sure they were."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby
from string import ascii_letters, digits

from rich.cells import cell_len

from livegenre.screen.cells import Cell, Row, runs
from livegenre.screen.glyphs import HATCH
from livegenre.screen.inks import Inks, inks
from livegenre.screen.palette import known_genre, label_colours
from livegenre.screen.timeline import Slot, Slots
from livegenre.screen.variant import Variant
from livegenre.screen.words import printable

CODES = {"country": "N", "reggae": "G"}
"""Of genres whose first letter is another's."""
HEIGHTS = " ▁▂▃▄▅▆▇█"
BLOCKS = " .:-=+*#@"
"""The same in ASCII."""
MARK = "▼"
STATE_FILL = {"unsure": "?", "not_music": "~", "silence": " ", "gap": "/", "waiting": " "}
"""Glyphs of segments without a name, where there are no colours."""


@cache
def codes(labels: tuple[str, ...]) -> Mapping[str, str]:
    """Return a letter for each label: the ten genres' own, else one of its own letters if free.

    Beyond 62 labels letters repeat.
    """
    genres = {label: known_genre(label) for label in labels}
    known = {label: CODES.get(genre, genre[0].upper()) for label, genre in genres.items() if genre}
    for label in labels:
        if label not in known:
            taken = set(known.values())
            wanted = [char for char in printable(label).upper() if char in ascii_letters + digits]
            free = [
                char for char in (*wanted, *ascii_letters.upper(), *digits) if char not in taken
            ]
            spare = [char for char in ascii_letters if char not in taken]
            known[label] = (free or spare or wanted or ["?"])[0]
    return known


@lru_cache(maxsize=8)
def ribbon(slots: Slots, labels: tuple[str, ...], variant: Variant) -> Row:
    """Draw one cell a slot: segments in their label's colour with its name, if it finds room."""
    cells: list[Cell] = []
    for _, group in groupby(slots, key=lambda slot: slot and (slot.state, slot.label)):
        cells += _segment(list(group), labels, variant)
    return runs(cells)


def _segment(
    segment: Sequence[Slot | None], labels: tuple[str, ...], variant: Variant
) -> list[Cell]:
    """Draw neighbouring slots that stand for the same."""
    first = segment[0]
    ink = inks(variant)
    if first is None:
        return [(" ", ink.ink(None))] * len(segment)
    style = ink.ink(None, bold=first.label is not None)
    if not ink.mono:
        ground = _ground(first, labels, ink)
        style = ink.chip(ground) if ground else ink.ink(_quiet(first, ink))
    marks = [place for place, slot in enumerate(segment) if slot is not None and slot.marked]
    glyphs = _glyphs(first, len(segment), marks, labels, ink)
    return [(glyph, style) for glyph in glyphs]


def _ground(slot: Slot, labels: tuple[str, ...], ink: Inks) -> str | None:
    if slot.label is not None:
        return label_colours(labels).get(slot.label, ink.theme.grey)
    return {"unsure": ink.theme.unsure, "not_music": ink.theme.not_music}.get(slot.state)


def _quiet(slot: Slot, ink: Inks) -> str:
    return ink.theme.warn if slot.state == "gap" else ink.theme.faint


def _glyphs(
    slot: Slot, width: int, marks: Sequence[int], labels: tuple[str, ...], ink: Inks
) -> list[str]:
    """Return a glyph for each cell; a wide character takes two, the second of them empty."""
    glyphs = [_fill(slot, ink)] * width
    name, code = _name(slot), _code(slot, labels)
    if name:
        glyphs[0] = code if width == 1 else "▏" if ink.mono else " "
    for mark in marks:
        glyphs[mark] = MARK
    for written in (_spread(name), [code]) if name else ():
        for start in (1, *(mark + 1 for mark in marks)):
            end = start + len(written)
            if end <= width and not any(start <= mark < end for mark in marks):
                return [*glyphs[:start], *written, *glyphs[end:]]
    return glyphs


def _spread(text: str) -> list[str]:
    """Return one entry a cell."""
    cells: list[str] = []
    for char in text:
        size = cell_len(char)
        if size:
            cells += [char, *[""] * (size - 1)]
        elif cells:
            cells[-1] += char
    return cells


def _fill(slot: Slot, ink: Inks) -> str:
    if slot.state == "gap":
        return HATCH
    if ink.mono:
        return "━" if slot.label is not None else STATE_FILL[slot.state]
    return "·" if slot.state == "silence" else " "


def _name(slot: Slot) -> str:
    if slot.label is not None:
        return printable(slot.label)
    return {"not_music": "not music", "unsure": "?"}.get(slot.state, "")


def _code(slot: Slot, labels: tuple[str, ...]) -> str:
    if slot.label is not None:
        return codes(labels).get(slot.label, "?")
    return STATE_FILL[slot.state]


@lru_cache(maxsize=8)
def confidence(slots: Slots, labels: tuple[str, ...], variant: Variant) -> Row:
    """Draw one column a slot as high as the strongest posterior; in colour if it was named."""
    ink = inks(variant)
    cells: list[Cell] = []
    for slot in slots:
        if slot is None or slot.state in ("silence", "gap", "waiting"):
            cells.append((" ", ink.ink(None)))
            continue
        colour = ink.theme.edge if slot.label is None else _ground(slot, labels, ink)
        heights = BLOCKS if variant.ascii else HEIGHTS
        cells.append((heights[max(1, round(8 * slot.share))], ink.ink(colour)))
    return runs(cells)
