"""The level meter: RMS as a bar, the peak as a mark, both as numbers, and clipping."""

from livegenre.screen.cells import STRONG, Phrase, Row, join, phrase
from livegenre.screen.gauge import gauge
from livegenre.screen.glyphs import MINUS
from livegenre.screen.inks import inks
from livegenre.screen.view import View
from livegenre.screen.words import decibels, printable

FLOOR_DB = -60.0
AMBER_DB, RED_DB = -18.0, -6.0
"""Where the zones of the bar begin."""
CLIP_SECONDS = 3.0
NUMBERS_ROOM = 20
CLIP_ROOM = 9
UNIT = " dBFS"
UNIT_ROOM = 7
"""With one cell more on each side of the bar."""
WIDE = 66
INDENT = 4
MOST_CLIPS = 999


def meter_line(view: View, width: int) -> Row:
    """Draw the level in a row; a wide one names the unit."""
    ink = inks(view.variant)
    unit = UNIT if width >= WIDE else ""
    room = gauge_width(width)
    state = view.source.state
    start = phrase((" in ", ink.dim))
    if not view.source.hearing:
        nothing = [
            phrase(("┄" * max(room, 0), ink.faint)),
            phrase((f"  {MINUS * 2}.{MINUS}{UNIT}", ink.dim)),
        ]
        return join(width, [start, *nothing])
    if state == "muted":
        words = f" {printable(view.source.trouble) or 'muted?'} (zeros)"
        return join(width, [start, _bar(view, room), phrase((words, ink.warn))])
    levels = view.levels
    numbers = [
        phrase((f" {decibels(levels.rms_dbfs)}", STRONG), (" rms", ink.dim)),
        phrase((f" {decibels(levels.peak_dbfs)}", STRONG), (f" pk{unit}", ink.dim)),
    ]
    return join(width, [start, _bar(view, room), *numbers, clip_light(view)])


def gauge_width(width: int) -> int:
    """Return how many cells of the row the bar takes."""
    room = width - INDENT - NUMBERS_ROOM - CLIP_ROOM + 1
    return room - UNIT_ROOM if width >= WIDE else room


def clip_light(view: View) -> Phrase:
    """Return how often the sound was clipped, for a while after the last time."""
    if not _is_lit(view):
        return []
    words = f"CLIP {min(view.source.clips, MOST_CLIPS)}"
    return phrase((" ", inks(view.variant).dim), (words, inks(view.variant).warning()))


def _is_lit(view: View) -> bool:
    return view.source.clips > 0 and view.source.seconds_since_clip < CLIP_SECONDS


def meter_scale(view: View, meter_width: int, width: int) -> Row:
    """Draw the scale below the bar of a meter that has ``meter_width`` columns of the row."""
    room = gauge_width(meter_width)
    cells = [" "] * width
    for level in (-60, -40, -20, 0):
        name = f"{level}".replace("-", MINUS)
        place = INDENT + round((1 - level / FLOOR_DB) * room)
        start = place if level == FLOOR_DB else place - (len(name) - 1) // 2
        cells[start : start + len(name)] = name
    return join(width, [phrase(("".join(cells[:width]).rstrip(), inks(view.variant).faint))])


def _bar(view: View, width: int) -> Row:
    theme = inks(view.variant).theme
    zones = (
        (round(share_of(AMBER_DB) * width), theme.good),
        (round(share_of(RED_DB) * width), theme.warn),
        (width, theme.bad),
    )
    peak = share_of(view.levels.peak_dbfs)
    marks = ((peak, theme.mark),)
    return gauge(view.variant, width, share_of(view.levels.rms_dbfs), zones, marks)


def share_of(level_dbfs: float) -> float:
    """Return how far to the right a level stands, 0..1."""
    return min(max(1 - level_dbfs / FLOOR_DB, 0.0), 1.0)


def level_phrase(view: View) -> Phrase:
    """Return the level as a number, or that it is clipped: for where there is no bar."""
    ink = inks(view.variant)
    if _is_lit(view):
        return phrase(("  ", ink.dim), ("CLIP", ink.ink(ink.theme.bad, bold=True)), (" ", ink.dim))
    return phrase((f"  {decibels(view.levels.rms_dbfs).strip()} dBFS ", ink.dim))
