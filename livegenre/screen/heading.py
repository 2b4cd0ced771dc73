"""The first rows: source, its state and the time, and how far a replay is."""

from pathlib import PurePath

from livegenre.screen.cells import (
    PLAIN,
    STRONG,
    Phrase,
    Row,
    join,
    phrase,
    shortened,
    spaced,
    width_of,
)
from livegenre.screen.gauge import gauge
from livegenre.screen.glyphs import TIMES
from livegenre.screen.inks import inks
from livegenre.screen.view import View
from livegenre.screen.words import clock, printable, rate, state_words, whole

SHORTEST_NAME = 20
LONGEST_LOG = 24
PROGRESS_ROOM = 7


def source_line(view: View, width: int) -> Row:
    """Draw program, state of the source, its name and how it sounds, the log, and the time.

    What finds no room is left out: first the log, then details from the right; at last the
    name's middle.
    """
    ink, facts = inks(view.variant), view.facts
    words, colour = _state(view)
    start = phrase((" livegenre", STRONG), (f"  {words}  ", ink.ink(colour, bold=True)))
    time = phrase((f"  {_time(view)} ", PLAIN))
    room = width - width_of(start) - width_of(time)
    name = printable(facts.source)
    details = _details(view)
    least = width_of(phrase((shortened(name, SHORTEST_NAME), PLAIN)))
    while details and width_of(_joined(details)) + least > room:
        details.pop()
    shown = shortened(name, max(room - width_of(_joined(details)), 0))
    left = [start, phrase((shown, STRONG)), *details]
    rest = width - sum(map(width_of, [*left, time]))
    log = _log(view)
    return join(width, left, [log, time] if width_of(log) <= rest else [time])


def _details(view: View) -> list[Phrase]:
    facts, dim = view.facts, inks(view.variant).dim
    known = (rate(facts.sample_rate), printable(facts.channels), printable(facts.sample_format))
    return [phrase((f"  {text}", dim)) for text in known if text]


def _joined(phrases: list[Phrase]) -> Phrase:
    return [segment for phrase in phrases for segment in phrase]


def _state(view: View) -> tuple[str, str]:
    state, theme = view.source.state, inks(view.variant).theme
    if view.look.frozen_seconds is not None:
        age = max(view.source.seconds - view.look.frozen_seconds, 0.0)
        return f"FROZEN {whole(-int(age))} s", theme.replay
    if state == "ended":
        return "ENDED", theme.dim
    if state != "live":
        return f"◌ {printable(state_words(view.source)).upper()}", theme.warn
    return (
        (f"▶ REPLAY {_speed(view)}", theme.replay) if view.facts.replay else ("● LIVE", theme.good)
    )


def _speed(view: View) -> str:
    speed = view.source.speed
    return "max" if speed == float("inf") else f"{speed:.1f}{TIMES}"


def _time(view: View) -> str:
    heard, length = clock(_place(view)), view.facts.duration_seconds
    return heard if length is None else f"{heard} / {clock(length)}"


def _place(view: View) -> float:
    """Return where in a replay one is, which can be moved; else the time of the session."""
    place = view.source.position_seconds
    return view.source.seconds if place is None else place


def _log(view: View) -> Phrase:
    if not view.facts.log:
        return []
    dim = inks(view.variant).dim
    name = shortened(printable(PurePath(view.facts.log).name), LONGEST_LOG)
    return phrase((f"  log {name}", dim))


def progress(view: View, width: int) -> Row:
    """Draw how far a replay is, or what a listener wants to be sure of."""
    ink, facts = inks(view.variant), view.facts
    if facts.recording:
        name = shortened(printable(facts.recording), max(width - 8, 0))
        words = phrase((f"● REC {name}", ink.ink(ink.theme.bad, bold=True)))
        return join(width, spaced(1, [words]))
    if not facts.replay:
        began = f"since {facts.began} · " if facts.began else ""
        promise = "no audio is stored"
        if len(began) + len(promise) + 1 > width:
            began = ""
        return join(width, spaced(1, [phrase((began + promise, ink.dim))]))
    if not facts.duration_seconds:
        return join(width, [])
    share = min(_place(view) / facts.duration_seconds, 1.0)
    room = width - PROGRESS_ROOM
    bar = gauge(view.variant, room, share, ((room, ink.theme.replay),))
    return join(width, spaced(1, [bar]), [phrase((f"{100 * share:.0f} % ", ink.dim))])
