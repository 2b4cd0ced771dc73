"""How sure the answer is, in colour and in words."""

from rich.style import Style

from livegenre.screen import palette
from livegenre.screen.cells import PLAIN, Phrase, bar, phrase, sentence, style
from livegenre.screen.view import View
from livegenre.screen.words import (
    answer,
    clock_tenths,
    decibels,
    duration,
    others,
    percent,
    printable,
    ranking,
    whole,
)

DIM = style(palette.DIM)
STRONG = style(bold=True)
NUMBER_WIDTH = 7


def colour(view: View) -> str:
    """Return the colour of the answer: the genre's, grey where none is named."""
    if view.decision is None or view.decision.label is None:
        return palette.GREY
    return palette.label_colours(view.facts.labels)[view.decision.label]


def word_colour(view: View) -> str:
    """Return the colour of the big word: fainter while it is early."""
    if not view.source.hearing:
        return palette.WARN
    if view.decision is None:
        return palette.EDGE
    return palette.faded(colour(view)) if view.decision.early else colour(view)


def word(view: View) -> str:
    """Return the answer in a word, or that there is no sound to answer for."""
    if not view.source.hearing:
        return "ended" if view.source.state == "ended" else "no input"
    return "listening" if view.decision is None else answer(view.decision)


def detail_lines(view: View, width: int) -> list[list[Phrase]]:
    """Say in three lines how sure the answer is, and what else is heard."""
    decision, facts = view.decision, view.facts
    if not view.source.hearing:
        return _gap_lines(view, width)
    if decision is None:
        first = f"{facts.first_seconds:.1f} s"
        return [
            [dim("listening… first answer after "), phrase((first, STRONG))],
            [dim(f"then one every {facts.step_seconds:.1f} s")],
            [],
        ]
    if decision.state == "silence":
        level, gate = decibels(decision.level_dbfs).strip(), decibels(facts.silence_dbfs).strip()
        return [
            [phrase(("level ", DIM), (f"{level} dBFS", STRONG)), dim(f", gate {gate} dBFS")],
            [dim("the model does not run in silence")],
            [_muted(view)] if view.source.state == "muted" else [],
        ]
    if decision.state == "not_music":
        share = phrase(("not music ", DIM), (f"{percent(decision.not_music)} %", STRONG))
        dimmed = dim(sentence("the bars are dimmed: they are no answer", width))
        return [[share], [dimmed], [_tags(view, width)]]
    return _unsure_lines(view, width) if decision.label is None else _genre_lines(view, width)


def _gap_lines(view: View, width: int) -> list[list[Phrase]]:
    """Say for how long there has been no sound, what was heard last, why, and what is done."""
    source, decision = view.source, view.decision
    if source.state == "ended":
        return [[], [_last_answer(view)], []]
    why = f"{printable(source.trouble)}; it" if source.trouble else "the input"
    cure = f"{why} is opened anew until it answers; the gap is counted as lost"
    return [
        [phrase(("no sound for ", DIM), (duration(source.state_seconds), STRONG))],
        [] if decision is None else [_last_answer(view)],
        [dim(sentence(cure, width))],
    ]


def _last_answer(view: View) -> Phrase:
    decision = view.decision
    if decision is None:
        return dim("nothing was heard")
    until = f" until {clock_tenths(decision.time)}"
    return phrase(("last answer ", DIM), (answer(decision), STRONG), (until, DIM))


def _muted(view: View) -> Phrase:
    held = duration(view.source.state_seconds)
    why = view.source.trouble or "is the input muted?"
    return phrase((f"only digital zeros for {held}: {why}", style(palette.WARN)))


def _genre_lines(view: View, width: int) -> list[list[Phrase]]:
    decision, facts = view.decision, view.facts
    assert decision is not None
    assert decision.label is not None
    share = decision.posterior[decision.label]
    room = width - NUMBER_WIDTH - 1
    mark = int(facts.thresholds[decision.label] * room)
    gauge = bar(room, share, [word_colour(view)] * room, palette.TRACK, mark, palette.DIM)
    return [
        [phrase((f"{percent(share):>3} %  ", STRONG)), gauge],
        _others(view, share),
        [dim(f"early: a full window takes {facts.window_seconds:.1f} s")]
        if decision.early
        else [_beyond(view, width)],
    ]


def _others(view: View, share: float) -> list[Phrase]:
    """Say what else is heard, and how far behind; what is judged alone leads nothing."""
    assert view.decision is not None
    word, items = others(view.decision, view.facts)
    first, *rest = items
    told = [share_phrase(f"{word}  ", view, *first)]
    if view.facts.multi_label:
        return told + [share_phrase(", ", view, *item) for item in rest]
    return [*told, phrase(("   lead ", DIM), (f"{whole(100 * (share - first[1]))} points", DIM))]


def _unsure_lines(view: View, width: int) -> list[list[Phrase]]:
    decision = view.decision
    assert decision is not None
    (best, share), (second, second_share) = ranking(decision)[:2]
    need = dim(f", a name needs {percent(view.facts.thresholds[best])} %")
    return [
        [share_phrase("leaning ", view, best, share), need],
        [share_phrase("then ", view, second, second_share)],
        [_beyond(view, width)],
    ]


def _beyond(view: View, width: int) -> Phrase:
    """Say what the bars do not: tags or, where they are tags, how to read them."""
    if view.facts.multi_label:
        return dim(sentence("labels stand alone: they need not add up to 100 %", width))
    return _tags(view, width)


def _tags(view: View, width: int) -> Phrase:
    """Say what else the model hears, strongest first; nothing if it knows no tags."""
    assert view.decision is not None
    tags = [f"{printable(tag)} {percent(share)} %" for tag, share in view.decision.tags.items()]
    return dim(sentence("sounds like " + ", ".join(tags), width) if tags else "")


def share_phrase(before: str, view: View, label: str, share: float) -> Phrase:
    """Return a label in its colour with its share."""
    return phrase((before, DIM), label_words(view, label), (f" {percent(share)} %", PLAIN))


def label_words(view: View, label: str) -> tuple[str, Style]:
    """Return a label as text and its colour as style."""
    return printable(label), style(palette.label_colours(view.facts.labels)[label], bold=True)


def dim(text: str) -> Phrase:
    """Return a quiet phrase."""
    return phrase((text, DIM))
