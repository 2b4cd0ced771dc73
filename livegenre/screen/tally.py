"""What a session heard as a whole, for its last words."""

from collections import Counter

from livegenre.decision import Decision
from livegenre.screen.view import SourceStatus
from livegenre.screen.words import answer, clock, counted, percent, printable, state_words


class Tally:
    """Counts decisions; not thread-safe, fed on the caller's thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self._counts[answer(decision)] += 1
        self._seconds = decision.time

    def summary(self, source: SourceStatus) -> str:
        """Return one line: time heard, share of each answer, losses, and trouble at the end."""
        n_decisions = self._counts.total()
        if not n_decisions:
            nothing = "nothing heard: the sound ended before the first answer"
            return nothing + _last_state(source)
        shares = ", ".join(
            f"{name} {percent(n / n_decisions)} %" for name, n in self._counts.most_common()
        ).replace(">99 %", "100 %" if len(self._counts) == 1 else ">99 %")
        clipped = f"; {source.clipped} samples clipped" if source.clipped else ""
        heard = f"heard {clock(self._seconds)}: {shares}; {_losses(source)}{clipped}"
        return heard + _last_state(source)


def _last_state(source: SourceStatus) -> str:
    if source.state in ("live", "ended"):
        return ""
    why = f" ({printable(source.trouble)})" if source.trouble and not source.hearing else ""
    return f"; {state_words(source)} at the end{why}"


def _losses(source: SourceStatus) -> str:
    if not source.missing_seconds:
        return "no sample lost"
    lost = f"{source.missing_seconds:.2f} s of sound lost"
    if not source.interruptions:
        return lost
    return f"{lost}, {counted(source.interruptions, 'interruption')}"
