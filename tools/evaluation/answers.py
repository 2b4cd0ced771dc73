"""What was heard, and what was answered, by clip and by window.

A window is one decision. Silent windows, for which no model ran, have no posterior: clips are
answered without them, and a clip of nothing else has no answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegenre.decision import Decision

NO_ANSWER = -1


@dataclass(frozen=True, slots=True)
class Heard:
    """A clip: what it is, how long, and every decision on it, at least one."""

    label: str
    seconds: float
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What clips or windows are and what was answered; arrays [shape=(n,)]."""

    genre: NDArray[np.int64]
    answer: NDArray[np.int64]
    """Label of the greatest posterior, or ``NO_ANSWER``."""
    posterior: NDArray[np.float64]
    """Of the answer; 0 where there is none."""

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is the genre."""
        return np.equal(self.genre, self.answer)


def clip_answers(
    clips: Sequence[Heard], labels: Sequence[str], until_seconds: float = np.inf
) -> Answers:
    """Answer each clip by the mean of the raw posteriors of its windows up to a time.

    An early window counts as much less as it has heard less.
    """
    posteriors = [
        mean_posterior([d for d in clip.decisions if d.time <= until_seconds], labels)
        for clip in clips
    ]
    return _answers([clip.label for clip in clips], posteriors, labels)


def window_answers(clips: Sequence[Heard], labels: Sequence[str]) -> Answers:
    """Answer each window that is not silent by its own raw posterior."""
    judged = [(clip.label, d) for clip in clips for d in clip.decisions if d.raw_posterior]
    posteriors = [mean_posterior([decision], labels) for _, decision in judged]
    return _answers([label for label, _ in judged], posteriors, labels)


def mean_posterior(decisions: Sequence[Decision], labels: Sequence[str]) -> NDArray[np.float64]:
    """Return the mean of the raw posteriors by how much each window heard; 0 of silence alone."""
    full_seconds = next((d.time for d in decisions if not d.early), np.inf)
    judged = [d for d in decisions if d.raw_posterior]
    if not judged:
        return np.zeros(len(labels))
    rows = [[d.raw_posterior[label] for label in labels] for d in judged]
    return np.average(rows, axis=0, weights=[min(d.time, full_seconds) for d in judged])


def _answers(
    genres: list[str], posteriors: list[NDArray[np.float64]], labels: Sequence[str]
) -> Answers:
    rows = np.array(posteriors).reshape(len(genres), len(labels))
    top = rows.max(axis=1, initial=0.0)
    return Answers(
        genre=np.array([labels.index(genre) for genre in genres], np.int64),
        answer=np.where(top > 0, rows.argmax(axis=1), NO_ANSWER),
        posterior=top,
    )
