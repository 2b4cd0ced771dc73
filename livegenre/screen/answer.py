"""The answer: state, big word, and the lines that say how sure it is."""

from rich.segment import Segment
from rich.style import Style

from livegenre.screen.absence import detail_lines
from livegenre.screen.cells import (
    PLAIN,
    STRONG,
    Phrase,
    Row,
    blank,
    join,
    phrase,
    shortened,
    spaced,
    width_of,
)
from livegenre.screen.details import label_colour
from livegenre.screen.inks import inks
from livegenre.screen.letters import big_word
from livegenre.screen.view import View
from livegenre.screen.words import (
    answer,
    clock_tenths,
    duration,
    printable,
    state_words,
)

N_ROWS = 10
CHIPS = {
    "genre": "GENRE",
    "unsure": "UNSURE",
    "not_music": "NOT MUSIC",
    "silence": "SILENCE",
}


def answer_block(view: View, width: int, word_rows: int) -> list[Row]:
    """Draw the whole answer in ten rows: chip, big word, three or four lines.

    Parameters
    ----------
    view : View
    width : int
    word_rows : int
        4 for large letters, 3 for small ones.
    """
    lines = [join(width, [phrase((" ", PLAIN)), *line]) for line in detail_lines(view, width - 1)]
    room = N_ROWS - 2 - word_rows
    air = [blank(width)] if len(lines) < room else []
    rows = [
        join(width, spaced(1, [_chip(view), *_stability(view)])),
        blank(width),
        *word_block(view, width, word_rows),
        *air,
        *lines[:room],
    ]
    return [*rows, *[blank(width)] * (N_ROWS - len(rows))]


def word_block(view: View, width: int, n_rows: int) -> list[Row]:
    """Draw the answer as a big word, or as plain bold text if there is no room for one."""
    text, style, chip = word(view), _word_style(view), _word_chip(view)
    room = width - 1 - width_of(chip)
    big = None if view.variant.ascii else big_word(text, room, n_rows)
    if big is not None:
        return [join(width, [phrase((" ", PLAIN)), [*chip, Segment(row, style)]]) for row in big]
    small = phrase((shortened(text.upper(), room), style))
    if view.variant.ascii:
        spread = f" {' '.join(text.upper())} "
        written = spread if len(spread) <= room else shortened(f" {text.upper()} ", room)
        small = phrase((written, Style(bold=True, reverse=True)))
    row = join(width, [phrase((" ", PLAIN)), [*chip, *small]])
    return [blank(width), row, *[blank(width)] * (n_rows - 2)]


def word(view: View) -> str:
    """Return the answer in a word, or that there is no sound to answer for."""
    if not view.source.hearing and view.source.state != "ended":
        return "no input"
    if view.decision is None:
        return "ended" if view.source.state == "ended" else "listening"
    return answer(view.decision)


def colour(view: View) -> str:
    """Return the colour of the answer: the label's, grey where none is named, amber in a gap."""
    theme = inks(view.variant).theme
    if view.source.state == "ended":
        return theme.dim
    if not view.source.hearing:
        return theme.warn
    if view.decision is None or view.decision.label is None:
        return theme.grey
    return label_colour(view, view.decision.label)


def _is_faint(view: View) -> bool:
    return view.decision is None or (view.decision.early and view.source.hearing)


def _word_style(view: View) -> Style:
    ink = inks(view.variant)
    if view.variant.light and _names_label(view):
        return ink.dim if _is_faint(view) else PLAIN
    if ink.mono:
        return ink.dim if _is_faint(view) else STRONG
    return ink.ink(ink.faded(colour(view)) if _is_faint(view) else colour(view), bold=True)


def _word_chip(view: View) -> Phrase:
    """Return a patch of the label's colour where the word itself cannot have it."""
    ink = inks(view.variant)
    if not view.variant.light or ink.mono or not _names_label(view):
        return []
    return phrase(("  ", ink.ink(None, colour(view))), ("  ", PLAIN))


def _names_label(view: View) -> bool:
    return view.source.hearing and view.decision is not None and view.decision.label is not None


def _chip(view: View) -> Phrase:
    ink, ground = inks(view.variant), colour(view)
    if view.source.state == "muted":
        ground = ink.theme.warn
    return phrase((f" {_chip_text(view)} ", ink.chip(ground)))


def _chip_text(view: View) -> str:
    if view.source.state != "live":
        return printable(state_words(view.source)).upper()
    if view.decision is None:
        return "LISTENING"
    if view.decision.early and view.decision.state == "genre":
        return "EARLY"
    is_tag = view.facts.multi_label and view.decision.label is not None
    return "TAG" if is_tag else CHIPS[view.decision.state]


def _stability(view: View) -> list[Phrase]:
    """Say since when the answer has held; counted from the decided state."""
    dim, source = inks(view.variant).dim, view.source
    if source.state == "ended":
        return [phrase((f"after {clock_tenths(source.seconds)}", dim))]
    if not source.hearing:
        if source.state == "reconnecting" and source.attempt:
            words = f"attempt {source.attempt}, next in {duration(source.attempt_seconds)}"
            return [phrase((words, PLAIN))]
        return [phrase(("for ", dim), (duration(source.state_seconds), STRONG))]
    if view.decision is None:
        return []
    return [held(view), phrase((f"since {clock_tenths(view.decision.since)}", dim))]


def held(view: View) -> Phrase:
    """Return for how long the answer has stood."""
    assert view.decision is not None
    seconds = duration(view.decision.time - view.decision.since)
    word = "stable" if view.decision.state == "genre" else "for"
    return phrase((f"{word} ", inks(view.variant).dim), (seconds, STRONG))
