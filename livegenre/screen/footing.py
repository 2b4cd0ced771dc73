"""The last rows: what the answer costs, what the model is worth, and the keys."""

from collections.abc import Sequence

from livegenre.screen.cells import (
    PLAIN,
    STRONG,
    Phrase,
    Row,
    join,
    phrase,
    sentence,
    shortened,
    spaced,
    width_of,
)
from livegenre.screen.glyphs import EN_DASH, TIMES
from livegenre.screen.inks import inks
from livegenre.screen.view import View
from livegenre.screen.words import clock, counted, duration, percent, printable, state_words

LONGEST_MODEL = 24
FIRST_SECONDS = 10.0
"""For so long the first answer's time stands in place of the CPU's, which is not known yet."""
BUSY, TOO_BUSY = 0.5, 0.9
"""CPU time for a second of sound that is a worry, and that is a danger."""
Words = tuple[str, str]
KEYS: Sequence[tuple[int, str, str]] = (
    (0, "q", "quit"),
    (1, "space", "freeze"),
    (6, "p", "palette"),
    (3, "w", "view"),
    (9, "t", "time zoom"),
    (7, "+/-", "floor"),
    (4, "e", "why"),
    (8, "m", "model"),
    (5, "l", "mark"),
    (2, "?", "help"),
)
"""Rank (what has the last ones goes first where there is no room), key, what it does."""
LISTEN_KEYS = ((3, "d", "device"),)
REPLAY_KEYS = ((5, "← →", "seek"), (9, "< >", "speed"))
FROZEN_KEYS: Sequence[Words] = (
    ("space", "resume"),
    ("← →", "scroll 5 s"),
    ("l", "mark"),
    ("q", "quit"),
    ("?", "help"),
)


def health_line(view: View, width: int) -> Row:
    """Draw what the answer costs in time, and whether sound was lost; in as many words as fit."""
    state = _state(view)
    for total, cpu, lost, gap in _health_words(view):
        phrases = [*spaced(1, [state, total], 3), *spaced(gap, [cpu, lost], gap)]
        if sum(map(width_of, phrases)) <= width:
            return join(width, phrases)
    return join(width, spaced(1, [state, _lost(view, "drop")]))


def _health_words(view: View) -> Sequence[tuple[Phrase, Phrase, Phrase, int]]:
    """Return latency, CPU time, loss and their distance, from many words to few."""
    facts, dim = view.facts, inks(view.variant).dim
    audio, compute = view.source.audio_seconds, view.health.compute_seconds
    latency = facts.window_seconds + facts.step_seconds + (audio or 0.0) + compute
    total = phrase(("latency ", dim), (f"{latency:.1f} s", STRONG))
    window, step = f"{facts.window_seconds:.1f}", f"{facts.step_seconds:.1f}"
    heard = "" if audio is None else f" + audio {audio:.2f}"
    brief = f" + compute {compute:.3f}" if audio is None else f" + {audio + compute:.2f}"
    forms = (
        (
            f" = window {window} + step {step}{heard} + compute {compute:.3f}",
            f" {TIMES} real time",
            "dropped",
            3,
        ),
        (f" = window {window} + step {step}{brief}", TIMES, "dropped", 3),
        (f" = {window} window + {step} step", TIMES, "drop", 2),
        ("", TIMES, "drop", 2),
    )
    return [
        ([*total, *phrase((sum_, dim))], _cpu(view, unit), _lost(view, word), gap)
        for sum_, unit, word, gap in forms
    ]


def _state(view: View) -> Phrase:
    ink, state = inks(view.variant), view.source.state
    words = printable(state_words(view.source))
    colour = {"live": ink.theme.good, "ended": ink.theme.dim}.get(state, ink.theme.warn)
    return phrase((f"{'●' if state == 'live' else '◌'} {words}", ink.ink(colour, bold=True)))


def _cpu(view: View, unit: str) -> Phrase:
    ink, cpu = inks(view.variant), view.health.cpu
    if cpu is None or view.source.seconds < FIRST_SECONDS:
        return phrase(("first answer ", ink.dim), (f"{view.facts.first_seconds:.1f} s", STRONG))
    theme = ink.theme
    style = STRONG
    if cpu > BUSY:
        style = ink.ink(theme.bad if cpu > TOO_BUSY else theme.warn, bold=True)
    return phrase(("cpu ", ink.dim), (_two_figures(cpu), style), (unit, ink.dim))


def _two_figures(value: float) -> str:
    return f"{max(value, 0.0001):.2g}" if value < 99 else f"{value:.0f}"


def _lost(view: View, word: str) -> Phrase:
    ink, source = inks(view.variant), view.source
    warn = ink.ink(ink.theme.warn, bold=True)
    if not source.hearing and source.state != "ended":
        return phrase(("gap ", ink.dim), (duration(source.state_seconds), warn))
    if not source.missing_seconds:
        return phrase((f"{word} ", ink.dim), ("0", STRONG))
    text = f"{source.missing_seconds:.2f} s"
    if source.missing_seconds >= 60:
        text = clock(source.missing_seconds)
    if source.interruptions:
        text += f", {counted(source.interruptions, 'gap')}"
    return phrase((f"{word} ", ink.dim), (text, warn if view.health.lost_lately else STRONG))


def model_line(view: View, width: int) -> Row:
    """Draw the model's name and what it is worth: the figure never without its interval."""
    ink, facts = inks(view.variant), view.facts
    name = shortened(printable(facts.model), min(LONGEST_MODEL, max(width - 7, 0)))
    start = phrase((" model ", ink.dim), (name, STRONG), ("  ", PLAIN))
    naming = phrase((f"   names a {_kind(view)} {_needed(view)}", ink.faint))
    if not facts.accuracy:
        return join(width, [start, phrase(("accuracy not measured", ink.warn)), naming])
    figures, rest = _accuracy(facts.accuracy)
    room = width - width_of(start) - len(figures) - 1
    figure, _, interval = figures.partition(" [")
    worth = phrase((figure, STRONG), (f" [{interval}" if interval else "", PLAIN))
    if len(rest) + width_of(naming) > room >= len(rest) or len(rest) > room:
        return join(width, [start, worth, phrase((sentence(rest, room), ink.dim))])
    told = rest + ", 95 % interval"
    if interval and len(told) + width_of(naming) <= room:
        rest = told
    return join(width, [start, worth, phrase((rest, ink.dim)), naming])


def _accuracy(text: str) -> tuple[str, str]:
    """Return figure and interval, and what they were measured on."""
    figures, bracket, rest = printable(text).partition("]")
    if not bracket:
        return "", figures
    return figures.replace("-", EN_DASH) + bracket, rest


def _kind(view: View) -> str:
    return "label" if view.facts.multi_label else "genre"


def _needed(view: View) -> str:
    threshold = view.facts.threshold
    if threshold is None:
        return "at its own threshold"
    sign = ">=" if view.variant.ascii else "≥"
    return f"at p {sign} {threshold:.2f}"


def threshold_words(view: View) -> str:
    """Return from where on a label is named, in few words."""
    threshold = view.facts.threshold
    return "its threshold" if threshold is None else f"{percent(threshold)} %"


def keys_line(view: View, width: int) -> Row:
    """Draw the answer to the last key, or the keys that do something."""
    ink = inks(view.variant)
    if view.look.note:
        note = sentence(printable(view.look.note), width - 2)
        return join(width, spaced(1, [phrase((note, ink.ink(ink.theme.replay, bold=True)))]))
    if view.quit_key != "q":
        return join(width, spaced(1, [_key(view, view.quit_key, "quit")]))
    if view.look.frozen_seconds is not None:
        return _keys_row(view, FROZEN_KEYS, width)
    here = REPLAY_KEYS if view.facts.replay else LISTEN_KEYS
    keys = [*KEYS[:-2], *here, *KEYS[-2:]]
    while len(keys) > 1 and _room(view, keys) > width:
        keys.remove(max(keys, key=lambda key: key[0]))
    return _keys_row(view, [(key, does) for _, key, does in keys], width)


def _room(view: View, keys: Sequence[tuple[int, str, str]]) -> int:
    return 1 + sum(width_of(_key(view, key, does)) + 2 for _, key, does in keys) - 2


def _keys_row(view: View, keys: Sequence[Words], width: int) -> Row:
    phrases = [_key(view, key, does) for key, does in keys]
    room = sum(map(width_of, phrases))
    gap = 3 if room + 3 * len(phrases) <= width else 2
    return join(width, spaced(1, phrases, gap))


def _key(view: View, key: str, does: str) -> Phrase:
    if view.variant.ascii:
        key = key.replace("← →", "left right")
    return phrase((key, STRONG), (f" {does}", inks(view.variant).dim))
