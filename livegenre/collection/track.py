"""What is known of one file once it was heard, small enough to keep of every file there is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from livegenre.decision import State


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in a track from which another answer holds."""

    time: float
    """In seconds from the start of the sound."""
    answer: str
    """A label, or ``not_music`` or ``silence``."""


@dataclass(frozen=True, slots=True)
class Track:
    """The sound of a file, judged as a whole and in its course."""

    seconds: float
    """Of sound that was judged, > 0."""
    state: State
    """What kind of answer there is for the whole."""
    label: str | None
    """The genre, in state ``genre``; else None."""
    posterior: Mapping[str, float]
    """Label -> posterior over all windows of music; empty where all is silence."""
    shares: Mapping[State, float]
    """State -> share of the sound that was in it, 0..1; sums to 1."""
    turns: tuple[Turn, ...]
    """The first answer and all that followed; what is unsure is no answer."""

    @property
    def n_changes(self) -> int:
        """How often one answer gave way to another."""
        return max(0, len(self.turns) - 1)

    @property
    def best(self) -> tuple[str, float] | None:
        """The label with the largest posterior, and that; None where all is silence."""
        return max(self.posterior.items(), key=lambda item: item[1], default=None)

    def strength(self, answer: str) -> float | None:
        """Return the posterior of an answer, or of the best label where it is none."""
        return self.posterior.get(answer, self.best[1]) if self.best else None

    def answer(self, min_posterior: float | None = None) -> str:
        """Return the label, or the state where there is none.

        Parameters
        ----------
        min_posterior : float, optional
            Name what has as much, 0..1, in place of what reaches the model's own thresholds.
        """
        if min_posterior is None or self.state not in ("genre", "unsure"):
            return self.label or self.state
        label, posterior = self.best or ("", 0.0)
        return label if posterior >= min_posterior else "unsure"

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(
            {
                "seconds": round(self.seconds, 3),
                "state": self.state,
                "label": self.label,
                "posterior": {label: round(p, 5) for label, p in self.posterior.items()},
                "shares": {state: round(share, 5) for state, share in self.shares.items()},
                "turns": [[round(turn.time, 2), turn.answer] for turn in self.turns],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Track":
        """Read what ``to_json`` wrote.

        Raises
        ------
        ValueError, LookupError, TypeError
            If it is something else.
        """
        values = json.loads(text)
        turns = tuple(Turn(time, answer) for time, answer in values.pop("turns"))
        return cls(turns=turns, **values)
