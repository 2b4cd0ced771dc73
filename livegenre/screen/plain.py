"""Plain lines in place of the live screen: for pipes, logs, dumb terminals and screen readers."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from shutil import get_terminal_size
from types import TracebackType
from typing import Self

from livegenre.decision import Decision
from livegenre.screen.choice import can_encode
from livegenre.screen.facts import Facts
from livegenre.screen.glyphs import MINUS
from livegenre.screen.tally import Tally
from livegenre.screen.variant import Variant
from livegenre.screen.view import SourceStatus
from livegenre.screen.words import (
    answer,
    clock_tenths,
    decibels,
    duration,
    others,
    printable,
    ranking,
    rate,
    state_words,
)

QUIET_SECONDS = 10.0
"""Longest time without a line, sound or not."""
PATIENCE_SECONDS = 1.0
"""How long the last lines may take to be written."""


class PlainLines:
    """A context manager that writes a line at every change of answer or input and every 10 s.

    Parameters
    ----------
    facts : Facts
    write : callable
        Takes one line, without its end. What it raises, ``show`` and ``watch`` raise.
    source_status : callable
        Returns how the source fares.
    encoding : str
        What a line can be written in; other characters are replaced.
    tend : callable
        Given a time in seconds: writes on, for so long at most, what could not be written yet.
    """

    def __init__(
        self,
        facts: Facts,
        write: Callable[[str], None],
        *,
        source_status: Callable[[], SourceStatus] = SourceStatus,
        encoding: str = "utf-8",
        tend: Callable[[float], object] = lambda seconds: None,
    ) -> None:
        self._tend = tend
        self._facts = facts
        self._write = write
        self._encoding = encoding
        self._source_status = source_status
        self._tally = Tally(facts)
        self._last: Decision | None = None
        self._told = SourceStatus()

    def show(self, decision: Decision) -> None:
        """Take the newest decision and write a line if it is due."""
        self._tally.add(decision)
        if self._last is not None and not self._is_due(decision, self._last):
            return
        known_lost = 0 if self._last is None else self._last.lost
        self._last = decision
        self._say(decision_line(decision, known_lost, self._facts))

    def inform(self, facts: Facts) -> None:
        """Take what a session is about from here on, and write what has changed in it."""
        before, self._facts = self._facts, facts
        self._tally.facts = facts
        if facts.source != before.source:
            self._say(f"input {printable(facts.source)}")
        if facts.model != before.model:
            self._say(model_line(facts))

    def watch(self) -> None:
        """Write a line if the source fares differently, or has given no sound for long."""
        self._tend(0.0)
        source = self._source_status()
        late = source.state_seconds >= self._told.state_seconds + QUIET_SECONDS
        told = self._told.state, self._told.trouble
        if (source.state, source.trouble) != told or (late and not source.hearing):
            self._told = source
            self._say(source_line(source))

    def __enter__(self) -> Self:
        facts = self._facts
        self._say(f"livegenre: {printable(facts.source)}, {rate(facts.sample_rate)}")
        self._say(model_line(facts))
        if facts.recording:
            self._say(f"recording to {printable(facts.recording)}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            return
        with suppress(*([] if error is None else [OSError])):  # the first error counts
            for line in self._last_words():
                self._say(line)
            self._tend(PATIENCE_SECONDS)

    def _last_words(self) -> list[str]:
        from livegenre.screen.summary import summary

        variant = Variant("none", ascii=not can_encode(self._encoding))
        width = get_terminal_size().columns
        rows = summary(self._tally, self._source_status(), width, variant, fold=False)
        return ["".join(segment.text for segment in row).rstrip() for row in rows]

    def _is_due(self, decision: Decision, last: Decision) -> bool:
        changed = (decision.state, decision.label) != (last.state, last.label)
        late = decision.time >= last.time + QUIET_SECONDS
        return changed or late or decision.lost > last.lost

    def _say(self, line: str) -> None:
        try:
            line.encode(self._encoding)
        except UnicodeEncodeError:
            line = line.replace(MINUS, "-").encode(self._encoding, "replace").decode(self._encoding)
        self._write(line)


def model_line(facts: Facts) -> str:
    """Return a model's name and what it is worth."""
    worth = printable(facts.accuracy) or "accuracy not measured"
    return f"model {printable(facts.model)}: {worth}"


def decision_line(decision: Decision, known_lost: int, facts: Facts) -> str:
    """Return a decision in one line, as in ``0:41.5 metal 0.85 (next rock 0.08) -14.2 dBFS``."""
    words = [clock_tenths(decision.time), answer(decision)]
    order = ranking(decision)
    if decision.label is not None:
        words.append(f"{decision.posterior[decision.label]:.2f}")
        word, items = others(decision, facts)
        words.append(f"({word} {_shares(items)})")
    elif decision.state == "unsure":
        words.append(f"(leaning {_share(*order[0])}, then {_share(*order[1])})")
    told = decision.label is not None or (facts.multi_label and decision.state == "unsure")
    if decision.tags and not told:
        words.append(f"[{_shares(decision.tags.items())}]")
    words.append(f"{decibels(decision.level_dbfs).strip()} dBFS")
    if decision.lost > known_lost:
        words.append(f"({decision.lost} samples lost so far)")
    return " ".join(words)


def source_line(source: SourceStatus) -> str:
    """Return a source's state in one line, as in ``0:41.5 stalled: no sound for 0.5 s``."""
    begin = f"{clock_tenths(source.seconds)} {state_words(source)}"
    if source.state == "muted":
        return f"{begin}: only digital zeros come"
    if source.state == "live":
        lost = source.missing_seconds
        return f"{begin} again" + (f": {lost:.2f} s of sound lost so far" if lost else "")
    why = f" ({printable(source.trouble)})" if source.trouble else ""
    return f"{begin}: no sound for {duration(source.state_seconds)}{why}"


def _shares(items: Iterable[tuple[str, float]]) -> str:
    return ", ".join(_share(*item) for item in items)


def _share(label: str, share: float) -> str:
    return f"{printable(label)} {share:.2f}"
