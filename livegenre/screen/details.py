"""How sure the answer is, in colour and in words: the lines below the big word."""

from collections.abc import Sequence

from rich.style import Style

from livegenre.screen import palette
from livegenre.screen.cells import PLAIN, STRONG, Phrase, phrase, sentence
from livegenre.screen.episodes import Episode, episodes
from livegenre.screen.gauge import gauge
from livegenre.screen.inks import inks
from livegenre.screen.view import View
from livegenre.screen.words import (
    STATE_WORDS,
    clock_tenths,
    duration,
    others,
    percent,
    printable,
    ranking,
    whole,
)

NUMBER_WIDTH = 7
Line = Sequence[Phrase]


def answer_lines(view: View, width: int) -> list[Line]:
    """Say in up to four lines how sure the answer is, what else is heard, and what was before."""
    decision = view.decision
    assert decision is not None
    if decision.state == "not_music":
        share = phrase((f"not music {percent(decision.not_music)} %", STRONG))
        lines: list[Line] = [[share, dim(view, "  bars are dimmed: no answer")]]
    else:
        lines = _unsure_lines(view) if decision.label is None else _genre_lines(view, width)
    return [*lines, *_line(_beyond(view, width)), *_line(before(view))]


def _line(phrase: Phrase) -> list[Line]:
    return [[phrase]] if phrase else []


def _genre_lines(view: View, width: int) -> list[Line]:
    decision, facts, ink = view.decision, view.facts, inks(view.variant)
    assert decision is not None
    assert decision.label is not None
    share, colour = decision.posterior[decision.label], label_colour(view, decision.label)
    room = width - NUMBER_WIDTH - 1
    early = f"  window {window_seconds(view):.1f} of {facts.window_seconds:.1f} s"
    if decision.early:
        room -= len(early)
        colour = ink.faded(colour)
    marks = ((facts.thresholds[decision.label], ink.theme.edge),)
    bar = gauge(view.variant, room, share, ((max(room, 0), colour),), marks)
    first = [phrase((f"{percent(share):>3} %  ", STRONG)), bar]
    if decision.early:
        first.append(dim(view, early))
    return [first, _others(view, share)]


def window_seconds(view: View) -> float:
    """Return how much sound the newest decision heard: it grows after a start and after a gap."""
    n_early = 0
    for column in reversed(view.columns):
        if not column.early or column.state == "gap":
            break
        n_early += 1
    heard = view.facts.first_seconds + max(n_early - 1, 0) * view.facts.step_seconds
    return min(heard, view.facts.window_seconds)


def _others(view: View, share: float) -> Line:
    """Say what else is heard, and how far behind; what is judged alone leads nothing."""
    assert view.decision is not None
    word, items = others(view.decision, view.facts)
    if not items:
        return []
    first, *rest = items
    told = [share_phrase(view, f"{word}  ", *first)]
    if view.facts.multi_label:
        return told + [share_phrase(view, ", ", *item) for item in rest]
    lead = round(100 * share) - round(100 * first[1])  # of what is shown: anyone can check it
    return [*told, dim(view, f"   lead {whole(lead)} points")]


def _unsure_lines(view: View) -> list[Line]:
    assert view.decision is not None
    order = ranking(view.decision)
    need = f", a name needs {percent(view.facts.thresholds[order[0][0]])} %"
    first = [share_phrase(view, "leaning ", *order[0]), dim(view, need)]
    return [first, *[[share_phrase(view, "then ", *item)] for item in order[1:2]]]


def last_answer(view: View) -> Phrase:
    """Return the last label that was named, how sure that was and until when."""
    named = [episode for episode in _episodes(view) if episode.label is not None]
    if not named:
        return dim(view, "no label was named so far")
    label, share, until = str(named[0].label), named[0].share, clock_tenths(named[0].until)
    quiet = inks(view.variant).dim
    end = (f" {percent(share)} % until {until}", quiet)
    return phrase(("last answer  ", quiet), label_words(view, label), end)


def before(view: View) -> Phrase:
    """Return the two answers before this one, and how long each of them held."""
    decision, quiet = view.decision, inks(view.variant).dim
    told: list[Episode] = list(_episodes(view))
    if told and decision and (told[0].state, told[0].label) == (decision.state, decision.label):
        told.pop(0)
    parts: list[Phrase] = []
    for episode in told[:2]:
        name = (STATE_WORDS["not_music"], PLAIN)
        if episode.label is not None:
            name = label_words(view, episode.label)
        parts.append(phrase(name, (f" {duration(episode.seconds)}", PLAIN)))
    if not parts:
        return []
    arrow = phrase(("  ←  ", quiet))
    rest = [segment for part in parts[1:] for segment in [*arrow, *part]]
    return [*phrase(("before  ", quiet)), *parts[0], *rest]


def _episodes(view: View) -> tuple[Episode, ...]:
    return episodes(tuple(view.columns), view.facts.step_seconds)


def _beyond(view: View, width: int) -> Phrase:
    """Say what the bars do not: tags or, where they are tags, how to read them."""
    if view.facts.multi_label:
        text = "labels stand alone: they need not add up to 100 %"
        return dim(view, sentence(text, width))
    assert view.decision is not None
    tags = [f"{printable(tag)} {percent(share)} %" for tag, share in view.decision.tags.items()]
    return dim(view, sentence("sounds like " + ", ".join(tags), width)) if tags else []


def label_colour(view: View, label: str) -> str:
    """Return a label's colour; grey for one that the model does not know any more."""
    colours = palette.label_colours(view.facts.labels)
    return colours.get(label, inks(view.variant).theme.grey)


def label_words(view: View, label: str) -> tuple[str, Style]:
    """Return a label as text and its style; a chip where its colour is pale on the ground."""
    name = printable(label)
    text = f" {name} " if view.variant.light else name
    return text, inks(view.variant).label(label_colour(view, label))


def share_phrase(view: View, before: str, label: str, share: float) -> Phrase:
    """Return a label in its colour with its share."""
    quiet = inks(view.variant).dim
    return phrase((before, quiet), label_words(view, label), (f" {percent(share)} %", PLAIN))


def dim(view: View, text: str) -> Phrase:
    """Return a quiet phrase."""
    return phrase((text, inks(view.variant).dim))
