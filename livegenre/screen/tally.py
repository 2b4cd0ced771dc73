"""What a session heard as a whole, for its last words."""

from collections import Counter
from collections.abc import Mapping

from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.strip import Held, Strip
from livegenre.screen.view import SourceStatus
from livegenre.screen.words import answer, clock, counted, percent, printable, state_words

MOST_SHARES = 12
"""Answers that are told one by one."""


class Tally:
    """Counts decisions; fed on the reader's thread, asked when that has ended.

    Parameters
    ----------
    facts : Facts
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        """What the session is about from now on."""
        self._counts: Counter[str] = Counter()
        self._strip = Strip(facts.step_seconds)
        self._last: Decision | None = None
        self._n_changes = 0
        self._compute_seconds = 0.0

    @property
    def seconds(self) -> float:
        """Time of the last decision in seconds of the session; 0 before the first."""
        return 0.0 if self._last is None else self._last.time

    @property
    def counts(self) -> Mapping[str, int]:
        """How many decisions gave each answer, in words."""
        return self._counts

    @property
    def n_changes(self) -> int:
        """How often the answer became another."""
        return self._n_changes

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self._counts[answer(decision)] += 1
        self._strip.add(decision, self.facts.step_seconds)
        self._compute_seconds += decision.compute_seconds
        if self._last is not None:
            before = (self._last.state, self._last.label)
            self._n_changes += (decision.state, decision.label) != before
        self._last = decision

    def row(self, width: int) -> list[Held | None]:
        """Return what held longest in each of ``width`` parts of the session."""
        return self._strip.row(width)

    def shares(self) -> str:
        """Return time heard, the share of each answer, and how often it changed."""
        return heard_words(self._counts, self.seconds, self._n_changes)

    def costs(self, source: SourceStatus) -> str:
        """Return what was lost, what a step cost, and where all of it is written."""
        parts = [_losses(source, 0 if self._last is None else self._last.lost)]
        if source.clipped:
            parts.append(f"{counted(source.clipped, 'sample')} clipped")
        if n_decisions := self._counts.total():
            mean_ms = 1000 * self._compute_seconds / n_decisions
            parts.append(f"{mean_ms:.1f} ms of CPU a step")
        if last := _last_state(source):
            parts.append(last)
        for word, place in (("log", self.facts.log), ("recording", self.facts.recording)):
            if place:
                parts.append(f"{word} {printable(place)}")
        return "; ".join(parts)


def heard_words(counts: Mapping[str, float], seconds: float, n_changes: int) -> str:
    """Return what was heard in words.

    Parameters
    ----------
    counts : mapping
        Answer -> how much of it there was.
    seconds : float
        Time heard.
    n_changes : int
    """
    if not counts:
        return "nothing heard: it ended before the first answer"
    whole = sum(counts.values())
    ranking = Counter(counts).most_common()
    told = [_share(name, n / whole) for name, n in ranking[:MOST_SHARES]]
    if rest := ranking[MOST_SHARES:]:
        told.append(_share(counted(len(rest), "other"), sum(n for _, n in rest) / whole))
    return f"heard {clock(round(seconds))}: {', '.join(told)}; {changes_words(n_changes)}"


def changes_words(n_changes: int) -> str:
    """Return how often the answer changed in words."""
    return counted(n_changes, "change") if n_changes else "no change"


def _last_state(source: SourceStatus) -> str:
    if source.state in ("live", "ended"):
        return ""
    why = f" ({printable(source.trouble)})" if source.trouble and not source.hearing else ""
    return f"{state_words(source)} at the end{why}"


def _share(name: str, share: float) -> str:
    return f"{name} {'100' if share == 1 else percent(share)} %"


def _losses(source: SourceStatus, n_lost: int) -> str:
    if not source.missing_seconds:
        return "no sample lost"
    lost = f"{source.missing_seconds:.2f} s of sound lost"
    if n_lost:
        lost += f" ({counted(n_lost, 'sample')})"
    if not source.interruptions:
        return lost
    return f"{lost}, {counted(source.interruptions, 'interruption')}"
