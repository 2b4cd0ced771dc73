"""The lines below the big word where there is nothing to answer for: silence, gaps, the end."""

from livegenre.screen.cells import PLAIN, STRONG, phrase, sentence, shortened
from livegenre.screen.details import Line, answer_lines, dim, last_answer
from livegenre.screen.episodes import summary
from livegenre.screen.inks import inks
from livegenre.screen.view import View
from livegenre.screen.words import counted, decibels, duration, percent, printable, whole

WRONG_INPUT_SECONDS = 4.0
"""Of silence, after which it may be worth a look at the input."""


def detail_lines(view: View, width: int) -> list[Line]:
    """Say in up to four lines what is to be said of the answer, or of why there is none."""
    decision = view.decision
    if view.source.state == "ended":
        return _ended_lines(view, width)
    if not view.source.hearing:
        return _gap_lines(view, width)
    if decision is None:
        first = (f"{view.facts.first_seconds:.1f} s", STRONG)
        return [
            [dim(view, "listening… first answer after "), phrase(first)],
            [dim(view, f"then one every {view.facts.step_seconds:.1f} s")],
        ]
    return (_silence_lines if decision.state == "silence" else answer_lines)(view, width)


def _silence_lines(view: View, width: int) -> list[Line]:
    decision, facts = view.decision, view.facts
    assert decision is not None
    level = f"{decibels(decision.level_dbfs).strip()} dBFS"
    gate = f", gate {whole(facts.silence_dbfs)} dBFS"
    lines: list[Line] = [
        [dim(view, "level "), phrase((level, STRONG)), dim(view, gate)],
        [last_answer(view)],
    ]
    if view.source.state == "muted":
        held = duration(view.source.state_seconds)
        why = printable(view.source.trouble) or "muted?"
        words = sentence(f"only digital zeros for {held}: {why}", width)
        return [*lines, [phrase((words, inks(view.variant).warn))]]
    if not facts.replay and decision.time - decision.since >= WRONG_INPUT_SECONDS:
        hint = sentence("music playing? press d: maybe the wrong input", width)
        return [*lines, [dim(view, hint)]]
    return lines


def _gap_lines(view: View, width: int) -> list[Line]:
    """Say for how long there has been no sound, what was heard last, and what is done."""
    source, facts = view.source, view.facts
    held = duration(source.state_seconds)
    cure = "waiting for the sound to go on" if facts.replay else "opened anew until sound comes"
    if source.state == "stalled":
        words = f"no audio for {held}" + ("" if facts.replay else ", the device is open")
        first = phrase((sentence(words, width), PLAIN))
    else:
        end = f" vanished {held} ago"
        name = shortened(printable(facts.source), max(width - len(end), 0))
        first = phrase((f"{name}{end}", PLAIN))
        gap = "logged" if facts.log else "counted as lost"
        cure = f"d chooses another input; the gap is {gap}"
    if source.trouble:
        cure = f"{printable(source.trouble)}; {cure}"
    return [[first], [last_answer(view)], [dim(view, sentence(cure, width))]]


def _ended_lines(view: View, width: int) -> list[Line]:
    """Sum the session up: the share of each answer, changes, silence."""
    whole_session = summary(tuple(view.columns), view.facts.step_seconds)
    shares = [f"{printable(name)} {percent(share)} %" for name, share in whole_session.shares]
    counts = f"{counted(whole_session.n_changes, 'change')}   silence "
    counts += duration(whole_session.silent_seconds)
    scope = "" if whole_session.is_whole else "   in the last ten minutes"
    return [
        [phrase((sentence(", ".join(shares) or "nothing was heard", width), PLAIN))],
        [dim(view, counts), dim(view, scope)],
        [last_answer(view)],
    ]
