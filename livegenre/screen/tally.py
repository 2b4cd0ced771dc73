"""What a session heard as a whole, for its last words."""

from collections import Counter

from livegenre.decision import Decision
from livegenre.screen.words import answer, clock, percent


class Tally:
    """Counts decisions; not thread-safe, fed on the caller's thread."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0
        self._lost = 0

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self._counts[answer(decision)] += 1
        self._seconds = decision.time
        self._lost = decision.lost

    def summary(self) -> str:
        """Return one line: time heard, share of each answer, lost samples."""
        n_decisions = self._counts.total()
        if not n_decisions:
            return "nothing heard: the sound ended before the first answer"
        shares = ", ".join(
            f"{name} {percent(n / n_decisions)} %" for name, n in self._counts.most_common()
        ).replace(">99 %", "100 %" if len(self._counts) == 1 else ">99 %")
        return f"heard {clock(self._seconds)}: {shares}; {self._losses()}"

    def _losses(self) -> str:
        if not self._lost:
            return "no sample lost"
        return f"{self._lost} samples lost ({self._lost / self._sample_rate:.2f} s)"
