"""The answer: state, big word, and the lines that say how sure it is."""

from collections.abc import Sequence

from rich.segment import Segment

from livegenre.screen import palette
from livegenre.screen.cells import (
    PLAIN,
    Phrase,
    Row,
    blank,
    join,
    phrase,
    shortened,
    style,
)
from livegenre.screen.details import (
    DIM,
    STRONG,
    colour,
    detail_lines,
    label_words,
    share_phrase,
    word,
    word_colour,
)
from livegenre.screen.letters import N_ROWS, big_word
from livegenre.screen.view import View
from livegenre.screen.words import (
    clock_tenths,
    decibels,
    duration,
    percent,
    printable,
    ranking,
    source_words,
    state_words,
)

STATE_CHIPS = {
    "genre": "GENRE",
    "unsure": "UNSURE",
    "not_music": "NOT MUSIC",
    "silence": "SILENCE",
}


def answer_block(view: View, width: int) -> list[Row]:
    """Draw the whole answer in ten rows: chip, big word, three lines."""
    lines = [join(width, [phrase((" ", PLAIN)), *line]) for line in detail_lines(view, width - 1)]
    return [
        join(width, _spaced(1, [_chip(view), *_stability(view)])),
        blank(width),
        *word_block(view, width),
        blank(width),
        *lines,
    ]


def word_block(view: View, width: int) -> list[Row]:
    """Draw the answer as a big word, or as plain bold text if there is no room for one."""
    text = word(view)
    ink = style(word_colour(view), bold=True)
    big = big_word(text, width - 1)
    if big is None:
        small = join(width, [phrase((" " + shortened(text.upper(), width - 1), ink))])
        return [blank(width), small, *[blank(width)] * (N_ROWS - 2)]
    ink = style(word_colour(view))
    return [join(width, [phrase((" " + row, ink))]) for row in big]


def answer_line(view: View, width: int) -> Row:
    """Draw the answer in one row, for the smallest terminals."""
    end = phrase((f"  {decibels(view.levels.rms_dbfs).strip()} dBFS", DIM))
    if view.source.state != "live":
        end = phrase((f"  {source_words(view.source)}", style(palette.WARN, bold=True)))
    words = [_short_answer(view, width), *_rest(view), *_trouble(view)]
    return join(width, _spaced(0, words), [end])


def status_line(view: View, width: int) -> Row:
    """Draw what stands below the big word where there is no room for three lines."""
    return join(width, _spaced(1, [*_rest(view), *_stability(view), *_trouble(view)]))


def _spaced(margin: int, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Set phrases two cells apart, the first of them ``margin`` cells from the edge."""
    return [
        [Segment(" " * (2 if place else margin), PLAIN), *phrase]
        for place, phrase in enumerate(phrases)
    ]


def _short_answer(view: View, width: int) -> Phrase:
    if view.decision is None and view.source.hearing:
        return phrase((shortened("listening…", width), STRONG))
    text = shortened(word(view).upper(), width)
    return phrase((text, style(word_colour(view), bold=True)))


def _rest(view: View) -> list[Phrase]:
    """Say in short phrases how sure the answer is."""
    decision, facts = view.decision, view.facts
    if not view.source.hearing:
        return []
    if decision is None:
        return [phrase(("first answer after ", DIM), (f"{facts.first_seconds:.1f} s", STRONG))]
    order = ranking(decision)
    if not order:
        return [phrase((f"gate {decibels(facts.silence_dbfs).strip()} dBFS", DIM))]
    if decision.label is None:
        best, share = order[0]
        return [
            phrase(("leaning ", DIM), label_words(view, best), (f" {percent(share)} %", STRONG))
        ]
    named = phrase((f"{percent(decision.posterior[decision.label])} %", STRONG))
    others = [item for item in order if item[0] != decision.label]
    return [named, *[share_phrase("next ", view, *item) for item in others[:1]]]


def _trouble(view: View) -> list[Phrase]:
    """Say why no sound comes."""
    trouble = "" if view.source.hearing else printable(view.source.trouble)
    return [phrase((trouble, DIM))] if trouble else []


def _chip(view: View) -> Phrase:
    text, ground = _chip_text(view), colour(view)
    if view.source.state in ("muted", "stalled", "reconnecting"):
        ground = palette.WARN
    return phrase((f" {text} ", style(palette.ink(ground), on=ground, bold=True)))


def _chip_text(view: View) -> str:
    if view.source.state != "live":
        return state_words(view.source).upper()
    if view.decision is None:
        return "LISTENING"
    if view.decision.early:
        return "EARLY"
    is_tag = view.facts.multi_label and view.decision.label is not None
    return "TAG" if is_tag else STATE_CHIPS[view.decision.state]


def _stability(view: View) -> list[Phrase]:
    if not view.source.hearing:
        return [phrase(("for ", DIM), (duration(view.source.state_seconds), STRONG))]
    if view.decision is None:
        return []
    held = duration(view.decision.time - view.decision.since)
    word = "stable" if view.decision.state == "genre" else "for"
    return [
        phrase((f"{word} ", DIM), (held, STRONG)),
        phrase((f"since {clock_tenths(view.decision.since)}", DIM)),
    ]
