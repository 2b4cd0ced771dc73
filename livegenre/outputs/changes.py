"""Changes of the answer, told once each: what lights and logs act on."""

from livegenre.decision import Decision
from livegenre.outputs.base import Change

HOLD_SECONDS = 2.0
"""How long an answer stands before it is told as a change, unless asked otherwise."""
ROUNDING_SECONDS = 1e-6


class Debouncer:
    """Finds, in decisions, where an answer became another that stayed.

    Parameters
    ----------
    hold_seconds : float >= 0
        How long an answer must stand to count; what stood for less never was.
    """

    def __init__(self, hold_seconds: float = HOLD_SECONDS) -> None:
        self._hold_seconds = hold_seconds
        self._answer: str | None = None
        self._since = 0.0

    def push(self, decision: Decision) -> Change | None:
        """Take the next decision; return the change that it confirms, if any."""
        stood = decision.time - decision.since
        answer = answer_of(decision)
        if answer == self._answer or stood < self._hold_seconds - ROUNDING_SECONDS:
            return None
        change = Change(
            time=decision.since,
            before=self._answer,
            after=answer,
            state=decision.state,
            posterior=decision.posterior.get(answer, 0.0),
            duration=decision.since - self._since,
        )
        self._answer, self._since = answer, decision.since
        return change


def answer_of(decision: Decision) -> str:
    """Return a decision in one word: its label, or the state in which there is none."""
    return decision.label or decision.state
