"""The answer in one row, where there is no room for more."""

from collections.abc import Sequence

from livegenre.screen.answer import colour, held, word
from livegenre.screen.cells import STRONG, Phrase, Row, join, phrase, shortened, spaced
from livegenre.screen.details import last_answer, share_phrase
from livegenre.screen.inks import inks
from livegenre.screen.level import level_phrase
from livegenre.screen.view import View
from livegenre.screen.words import decibels, duration, percent, ranking, source_words

LEAST_CHIP = 12
"""Columns below which the word has no chip around it."""


def status_line(view: View, width: int) -> Row:
    """Draw what stands below the big word where there is no room for three lines."""
    if view.source.state != "live":
        words = phrase((source_words(view.source), inks(view.variant).warn))
        return join(width, spaced(1, [words, last_answer(view)]))
    sure = _rest(view)
    age = [] if view.decision is None else [held(view)]
    return join(width, spaced(1, [*sure[:1], *age, *sure[1:]]))


def answer_line(view: View, width: int) -> Row:
    """Draw the answer in one row, for the smallest terminals."""
    if width < LEAST_CHIP:
        text = shortened(word(view).upper(), width)
        return join(width, [phrase((text, inks(view.variant).ink(colour(view), bold=True)))])
    chip = inks(view.variant).chip(colour(view))
    text = "listening…" if view.decision is None and view.source.hearing else word(view).upper()
    start = phrase((f" {shortened(text, width - 2)} ", chip))
    if view.decision is None and view.source.hearing:
        start = phrase((shortened(text, width), STRONG))
    sure = _rest(view)
    first = spaced(0, [start, *sure[:1]], 1)
    rest = spaced(2, [*_age(view), *sure[1:]])
    return join(width, [*first, *rest], [level_phrase(view)] if view.source.state == "live" else [])


def _age(view: View) -> Sequence[Phrase]:
    dim = inks(view.variant).dim
    if view.source.state != "live":
        return [phrase((source_words(view.source), inks(view.variant).warn))]
    if view.decision is None:
        return []
    seconds = view.decision.time - view.decision.since
    return [phrase((duration(seconds) if seconds >= 60 else f"{int(seconds)} s", dim))]


def _rest(view: View) -> list[Phrase]:
    """Say in short phrases how sure the answer is."""
    decision, facts, dim = view.decision, view.facts, inks(view.variant).dim
    if view.source.state != "live":
        return []
    if decision is None:
        return [phrase(("first answer after ", dim), (f"{facts.first_seconds:.1f} s", STRONG))]
    if decision.state == "not_music":
        return [phrase((f"{percent(decision.not_music)} %", STRONG))]
    order = ranking(decision)
    if not order:
        return [phrase((f"level {decibels(decision.level_dbfs).strip()} dBFS", dim))]
    if decision.label is None:
        return [share_phrase(view, "leaning ", *order[0])]
    named = phrase((f"{percent(decision.posterior[decision.label])} %", STRONG))
    others = [item for item in order if item[0] != decision.label]
    return [named, *[share_phrase(view, "next ", *item) for item in others[:1]]]
