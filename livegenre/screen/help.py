"""What help tells: every key, what a correction is, and what the picture's signs mean."""

from collections.abc import Sequence
from functools import lru_cache

from livegenre.screen.cells import (
    PLAIN,
    STRONG,
    Phrase,
    Row,
    blank,
    join,
    phrase,
    sentence,
    width_of,
)
from livegenre.screen.facts import Facts
from livegenre.screen.glyphs import ELLIPSIS, MINUS
from livegenre.screen.inks import inks
from livegenre.screen.panel import Room, fitted, in_columns
from livegenre.screen.ribbon import ribbon
from livegenre.screen.timeline import NOTHING, Slot
from livegenre.screen.variant import Variant
from livegenre.screen.view import View
from livegenre.screen.waterfall import RAMP
from livegenre.screen.words import printable

KEYS: Sequence[tuple[str, str]] = (
    ("q", "quit, with a summary"),
    ("space", "freeze; sound goes on"),
    ("← →", "scroll 5 s, or seek"),
    ("< >", "replay slower, faster"),
    ("w", "waterfall, spectrum"),
    ("p", "palette of levels"),
    ("+ -", "floor of levels, 5 dB"),
    ("t", "a column is 0.5 to 5 s"),
    ("s", "sort bars, or fixed"),
    ("d", "another input"),
    ("m", "next model"),
    ("e", "why this answer"),
    ("l", "mark in ribbon and log"),
    ("1 - 0", "right label: 1st-10th"),
    ("c", "right label, by a list"),
    ("r", "reset peaks and clips"),
)
KEY_WIDTH, WORDS_WIDTH = 6, 24
"""Columns; two of these pairs find room in 60."""
LEGEND_WIDTH = 9
LEVEL_CELLS = 24


def help_rows(view: View, room: Room) -> list[Row]:
    """Draw what help tells; of that, what finds room: keys first."""
    rows = _keys(room, view.variant)
    words = [_said(text, room.width, view) for text in _sentences(view.facts)]
    signs = [*_labels(view, room.width), _states(view, room.width), _levels(view, room.width)]
    spare = room.n_rows - len(rows) - len(words) - len(signs)
    gap = [blank(room.width)]
    told = [*gap * (spare > 0), *words, *gap * (spare > 1), *signs]
    return [*rows, *told][: room.n_rows]


def _keys(room: Room, variant: Variant) -> list[Row]:
    """Draw the keys in as many columns as there is room for; say how many find none."""
    width = min(KEY_WIDTH + WORDS_WIDTH, room.width)
    n_columns = max(1, room.width // width) if width else 1
    n_rows = min(-(-len(KEYS) // n_columns), room.n_rows)
    shown = KEYS[: n_columns * n_rows]
    if len(shown) < len(KEYS) and n_rows:
        shown = shown[:-1]
    plain = {"← →": ", ."} if variant.ascii else {}
    phrases = [_key(plain.get(key, key), does, width) for key, does in shown]
    if len(shown) < len(KEYS):
        more = f" {ELLIPSIS} {len(KEYS) - len(shown)} more in a larger window"
        phrases.append(phrase((fitted(more, width), PLAIN)))
    return in_columns(phrases, room.width, n_rows)


def _key(key: str, does: str, width: int) -> Phrase:
    name = f"{key:>{KEY_WIDTH}}"
    return phrase(
        (fitted(name, min(width, len(name))), STRONG),
        (fitted(f"  {does}", max(width - len(name), 0)), PLAIN),
    )


def _sentences(facts: Facts) -> Sequence[str]:
    return (
        f"The ribbon trails the sound: it tells of the {facts.window_seconds:.1f} s before.",
        "Corrections are kept to learn from: numbers, no sound.",
    )


def _said(text: str, width: int, view: View) -> Row:
    return join(width, [phrase((f" {sentence(text, width - 2)}", inks(view.variant).dim))])


def _labels(view: View, width: int) -> list[Row]:
    """Draw the labels as the ribbon does where they are short: two rows, and how many are left."""
    labels, variant = view.facts.labels, view.variant
    rows: list[Row] = []
    left = list(labels)
    for title in ("ribbon", ""):
        row: list[Phrase] = [_title(title, view)]
        while left:
            piece = [
                *_ribbon(labels, variant, left[0]),
                *phrase((f" {printable(left[0])} ", PLAIN)),
            ]
            rest = f"and {len(left)} more" if title == "" else ""
            if sum(map(width_of, row)) + width_of(piece) + len(rest) > width:
                break
            row.append(piece)
            left.pop(0)
        if left and title == "":
            row.append(phrase((f"and {len(left)} more", inks(variant).faint)))
        rows.append(join(width, row))
    return rows


def _states(view: View, width: int) -> Row:
    labels, variant = view.facts.labels, view.variant
    pieces = [_title("", view)]
    for state, words in (
        ("unsure", "unsure"),
        ("not_music", "not music"),
        ("silence", "silence"),
        ("gap", "gap"),
    ):
        drawn = _ribbon(labels, variant, None, state, n=3)
        pieces.append([*drawn, *phrase((f" {words}  ", PLAIN))])
    return join(width, pieces)


@lru_cache(maxsize=1024)
def _ribbon(
    labels: tuple[str, ...], variant: Variant, label: str | None, state: str = "genre", n: int = 1
) -> Row:
    slot = Slot(0.0, state, label, 0.0, NOTHING, marked=False, number=0)
    return ribbon((slot,) * n, labels, variant)


def _levels(view: View, width: int) -> Row:
    ink, floor = inks(view.variant), view.look.floor_db
    ramp = RAMP if ink.mono else ink.ramp(view.look.palette)
    steps = [ramp[cell * len(ramp) // LEVEL_CELLS] for cell in range(LEVEL_CELLS)]
    scale = [(step, PLAIN) if ink.mono else ("█", ink.ink(step)) for step in steps]
    words = f"  quiet to loud, {floor} to 0 dBFS".replace("-", MINUS)
    return join(width, [_title("level", view), phrase(*scale), phrase((words, ink.dim))])


def _title(text: str, view: View) -> Phrase:
    return phrase((f"{text:>{LEGEND_WIDTH - 1}} ", inks(view.variant).dim))
