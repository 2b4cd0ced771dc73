"""The answer: state, big word, and the lines that say how sure it is."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from livegenre.screen import palette
from livegenre.screen.cells import (
    PLAIN,
    Phrase,
    Row,
    bar,
    blank,
    join,
    phrase,
    sentence,
    shortened,
    style,
)
from livegenre.screen.letters import N_ROWS, big_word
from livegenre.screen.view import View
from livegenre.screen.words import (
    answer,
    clock_tenths,
    decibels,
    duration,
    percent,
    printable,
    ranking,
    whole,
)

DIM = style(palette.DIM)
STRONG = style(bold=True)
NUMBER_WIDTH = 7
STATE_CHIPS = {
    "genre": "GENRE",
    "unsure": "UNSURE",
    "not_music": "NOT MUSIC",
    "silence": "SILENCE",
}


def colour(view: View) -> str:
    """Return the colour of the answer: the genre's, grey where none is named."""
    if view.decision is None or view.decision.label is None:
        return palette.GREY
    return palette.label_colours(view.facts.labels)[view.decision.label]


def answer_block(view: View, width: int) -> list[Row]:
    """Draw the whole answer in ten rows: chip, big word, three lines."""
    lines = [join(width, [phrase((" ", PLAIN)), *line]) for line in _lines(view, width - 1)]
    return [
        join(width, _spaced(1, [_chip(view), *_stability(view)])),
        blank(width),
        *word_block(view, width),
        blank(width),
        *lines,
    ]


def word_block(view: View, width: int) -> list[Row]:
    """Draw the answer as a big word, or as plain bold text if there is no room for one."""
    word = "listening" if view.decision is None else answer(view.decision)
    ink = style(_word_colour(view), bold=True)
    big = big_word(word, width - 1)
    if big is None:
        small = join(width, [phrase((" " + shortened(word.upper(), width - 1), ink))])
        return [blank(width), small, *[blank(width)] * (N_ROWS - 2)]
    ink = style(_word_colour(view))
    return [join(width, [phrase((" " + row, ink))]) for row in big]


def answer_line(view: View, width: int) -> Row:
    """Draw the answer in one row, for the smallest terminals."""
    end = phrase((f"  {decibels(view.levels.rms_dbfs).strip()} dBFS", DIM))
    if view.source_state != "live":
        end = phrase((f"  {view.source_state}", style(palette.WARN, bold=True)))
    return join(width, _spaced(0, [_short_answer(view, width), *_rest(view)]), [end])


def status_line(view: View, width: int) -> Row:
    """Draw what stands below the big word where there is no room for three lines."""
    return join(width, _spaced(1, [*_rest(view), *_stability(view)]))


def _spaced(margin: int, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Set phrases two cells apart, the first of them ``margin`` cells from the edge."""
    return [
        [Segment(" " * (2 if place else margin), PLAIN), *phrase]
        for place, phrase in enumerate(phrases)
    ]


def _short_answer(view: View, width: int) -> Phrase:
    if view.decision is None:
        return phrase((shortened("listening…", width), STRONG))
    word = shortened(answer(view.decision).upper(), width)
    return phrase((word, style(_word_colour(view), bold=True)))


def _rest(view: View) -> list[Phrase]:
    """Say in short phrases how sure the answer is."""
    decision, facts = view.decision, view.facts
    if decision is None:
        return [phrase(("first answer after ", DIM), (f"{facts.first_seconds:.1f} s", STRONG))]
    order = ranking(decision)
    if not order:
        return [phrase((f"gate {decibels(facts.silence_dbfs).strip()} dBFS", DIM))]
    if decision.label is None:
        best, share = order[0]
        return [phrase(("leaning ", DIM), _label(view, best), (f" {percent(share)} %", STRONG))]
    named = phrase((f"{percent(decision.posterior[decision.label])} %", STRONG))
    others = [item for item in order if item[0] != decision.label]
    return [named, *[_share("next ", view, *item) for item in others[:1]]]


def _chip(view: View) -> Phrase:
    text, ground = _chip_text(view), colour(view)
    if view.source_state in ("stalled", "reconnecting"):
        ground = palette.WARN
    return phrase((f" {text} ", style(palette.ink(ground), on=ground, bold=True)))


def _chip_text(view: View) -> str:
    if view.source_state != "live":
        return view.source_state.upper()
    if view.decision is None:
        return "LISTENING"
    return "EARLY" if view.decision.early else STATE_CHIPS[view.decision.state]


def _word_colour(view: View) -> str:
    if view.decision is None:
        return palette.EDGE
    dimmed = view.source_state != "live" or view.decision.early
    return palette.faded(colour(view)) if dimmed else colour(view)


def _stability(view: View) -> list[Phrase]:
    if view.decision is None:
        return []
    held = duration(view.decision.time - view.decision.since)
    word = "stable" if view.decision.state == "genre" else "for"
    return [
        phrase((f"{word} ", DIM), (held, STRONG)),
        phrase((f"since {clock_tenths(view.decision.since)}", DIM)),
    ]


def _lines(view: View, width: int) -> list[list[Phrase]]:
    decision, facts = view.decision, view.facts
    if decision is None:
        first = f"{facts.first_seconds:.1f} s"
        return [
            [_dim("listening… first answer after "), phrase((first, STRONG))],
            [_dim(f"then one every {facts.step_seconds:.1f} s")],
            [],
        ]
    if decision.state == "silence":
        level, gate = decibels(decision.level_dbfs).strip(), decibels(facts.silence_dbfs).strip()
        return [
            [phrase(("level ", DIM), (f"{level} dBFS", STRONG)), _dim(f", gate {gate} dBFS")],
            [_dim("no genre is sought in silence")],
            [],
        ]
    if decision.state == "not_music":
        return [[_dim(sentence("the bars are dimmed: they are no answer", width))], [], []]
    return _unsure_lines(view) if decision.label is None else _genre_lines(view, width)


def _genre_lines(view: View, width: int) -> list[list[Phrase]]:
    decision, facts = view.decision, view.facts
    assert decision is not None
    assert decision.label is not None
    share = decision.posterior[decision.label]
    room = width - NUMBER_WIDTH - 1
    mark = int(facts.unsure_threshold * room)
    gauge = bar(room, share, [_word_colour(view)] * room, palette.TRACK, mark, palette.DIM)
    others = [item for item in ranking(decision) if item[0] != decision.label]
    lead = 100 * (share - others[0][1])
    return [
        [phrase((f"{percent(share):>3} %  ", STRONG)), gauge],
        [
            _share("next  ", view, *others[0]),
            phrase(("   lead ", DIM), (f"{whole(lead)} points", DIM)),
        ],
        [_dim(f"early: a full window takes {facts.window_seconds:.1f} s")]
        if decision.early
        else [],
    ]


def _unsure_lines(view: View) -> list[list[Phrase]]:
    decision = view.decision
    assert decision is not None
    (best, share), (second, second_share) = ranking(decision)[:2]
    need = _dim(f", a name needs {percent(view.facts.unsure_threshold)} %")
    return [
        [_share("leaning ", view, best, share), need],
        [_share("then ", view, second, second_share)],
        [],
    ]


def _share(before: str, view: View, label: str, share: float) -> Phrase:
    return phrase((before, DIM), _label(view, label), (f" {percent(share)} %", PLAIN))


def _label(view: View, label: str) -> tuple[str, Style]:
    return printable(label), style(palette.label_colours(view.facts.labels)[label], bold=True)


def _dim(text: str) -> Phrase:
    return phrase((text, DIM))
