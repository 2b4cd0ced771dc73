"""The commands: what each key does where no list is up, each a pure function."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from livegenre.screen.controls import Controls
from livegenre.screen.glyphs import MINUS
from livegenre.screen.look import (
    COLUMN_SECONDS,
    FLOOR_STEP_DB,
    HIGHEST_FLOOR_DB,
    LOWEST_FLOOR_DB,
    PALETTES,
    PICTURES,
    Look,
)
from livegenre.screen.situation import DIGITS, Pressed, Request, Situation
from livegenre.screen.words import clock_tenths, printable, whole

JUMP_SECONDS = 5.0
Command = Callable[[Look, Situation], Pressed]
T = TypeVar("T")


def correct(label: str) -> Request:
    """Return the request to keep the newest window with the label that is right."""
    return lambda controls: controls.correct(label)


def _quit(look: Look, situation: Situation) -> Pressed:
    def ask(controls: Controls) -> str:
        controls.quit()
        return ""

    return Pressed(look, ask)


def _freeze(look: Look, situation: Situation) -> Pressed:
    if look.frozen_seconds is not None:
        return Pressed(replace(look, frozen_seconds=None, note="the picture moves again"))
    if situation.newest is None:
        return Pressed(replace(look, note="nothing to freeze yet"))
    note = "frozen: sound and log go on"
    return Pressed(replace(look, frozen_seconds=situation.newest, note=note))


def _jump(seconds: float) -> Command:
    """Scroll a picture that stands still; else move in a replay."""

    def command(look: Look, situation: Situation) -> Pressed:
        if look.frozen_seconds is not None:
            return Pressed(_scrolled(look, look.frozen_seconds + seconds, situation))
        if situation.replay:
            return Pressed(look, lambda controls: controls.seek(seconds))
        return Pressed(replace(look, note="space freezes the picture, then it scrolls"))

    return command


def _go(to_end: bool) -> Command:
    def command(look: Look, situation: Situation) -> Pressed:
        if look.frozen_seconds is None:
            return Pressed(replace(look, note="space freezes the picture, then it scrolls"))
        return Pressed(_scrolled(look, math.inf if to_end else -math.inf, situation))

    return command


def _scrolled(look: Look, time: float, situation: Situation) -> Look:
    """Show the picture up to a time, full of columns as far as there are so many."""
    if look.frozen_seconds is None or situation.oldest is None or situation.newest is None:
        return look
    first = min(situation.oldest, look.frozen_seconds)
    time = min(max(time, first), situation.newest)
    note = f"frozen at {clock_tenths(time)}"
    if time == first:
        note += ", from the oldest that is kept"
    return replace(look, frozen_seconds=time, note=note)


def _change_palette(look: Look, situation: Situation) -> Pressed:
    palette = _next(PALETTES, look.palette)
    return Pressed(replace(look, palette=palette, note=f"palette {palette}"))


def _change_picture(look: Look, situation: Situation) -> Pressed:
    picture = _next(PICTURES, look.picture)
    words = "waterfall and spectrum" if picture == "both" else f"{picture} alone"
    return Pressed(replace(look, picture=picture, note=words))


def _next(choices: Sequence[T], current: T) -> T:
    return choices[(choices.index(current) + 1) % len(choices)]


def _shift_floor(db: int) -> Command:
    def command(look: Look, situation: Situation) -> Pressed:
        floor = min(max(look.floor_db + db, LOWEST_FLOOR_DB), HIGHEST_FLOOR_DB)
        limit = "" if floor != look.floor_db else ", and no further"
        note = f"floor {whole(floor)} dBFS{limit}"
        return Pressed(replace(look, floor_db=floor, note=note))

    return command


def _change_column(look: Look, situation: Situation) -> Pressed:
    """Take the next longer column, from the longest on the shortest that a step allows."""
    allowed = [seconds for seconds in COLUMN_SECONDS if seconds > 0.9 * situation.step_seconds]
    longer = [seconds for seconds in allowed if seconds > 1.1 * situation.column_seconds]
    if not allowed:
        return Pressed(replace(look, note="a column is a step; there is no longer one"))
    seconds = (longer or allowed)[0]
    return Pressed(replace(look, column_seconds=seconds, note=f"a column is {seconds:g} s"))


def _list_devices(look: Look, situation: Situation) -> Pressed:
    if situation.replay:
        return Pressed(replace(look, note="replay: no device"))
    return Pressed(replace(look, overlay="devices", page=0))


def _mark(look: Look, situation: Situation) -> Pressed:
    if situation.newest is None:
        return Pressed(replace(look, note="nothing to mark yet"))
    return Pressed(look, marks=True)


def _sort(look: Look, situation: Situation) -> Pressed:
    words = "in their fixed order" if look.sorted_bars else "by probability"
    return Pressed(replace(look, sorted_bars=not look.sorted_bars, note=f"bars {words}"))


def _reset(look: Look, situation: Situation) -> Pressed:
    note = "peaks, holds and clipping begin anew"
    return Pressed(replace(look, peaks_from=situation.newest or 0.0, note=note))


def _toggle_why(look: Look, situation: Situation) -> Pressed:
    return Pressed(replace(look, overlay="" if look.overlay == "why" else "why"))


def _correct_digit(digit: str) -> Command:
    place = DIGITS.index(digit)

    def command(look: Look, situation: Situation) -> Pressed:
        if place < len(situation.labels):
            return Pressed(look, correct(situation.labels[place]))
        last = printable(situation.labels[-1])
        note = f"there is no label {place + 1}; the last is {len(situation.labels)}, {last}"
        return Pressed(replace(look, note=note))

    return command


def _change_speed(faster: bool) -> Command:
    def command(look: Look, situation: Situation) -> Pressed:
        if situation.replay:
            return Pressed(look, lambda controls: controls.change_speed(faster))
        return Pressed(replace(look, note="only a replay has a speed"))

    return command


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "q": _quit,
        "space": _freeze,
        **dict.fromkeys(("left", ","), _jump(-JUMP_SECONDS)),
        **dict.fromkeys(("right", "."), _jump(JUMP_SECONDS)),
        "home": _go(to_end=False),
        "end": _go(to_end=True),
        "p": _change_palette,
        "w": _change_picture,
        **dict.fromkeys(("+", "="), _shift_floor(FLOOR_STEP_DB)),
        **dict.fromkeys(("-", MINUS), _shift_floor(-FLOOR_STEP_DB)),
        "t": _change_column,
        "d": _list_devices,
        "l": _mark,
        "s": _sort,
        "r": _reset,
        "?": lambda look, situation: Pressed(replace(look, overlay="help")),
        "e": _toggle_why,
        "esc": lambda look, situation: Pressed(replace(look, overlay="")),
        "m": lambda look, situation: Pressed(look, lambda controls: controls.next_model()),
        "c": lambda look, situation: Pressed(replace(look, overlay="labels", page=0)),
        **{digit: _correct_digit(digit) for digit in DIGITS},
        "<": _change_speed(faster=False),
        ">": _change_speed(faster=True),
    }
)
