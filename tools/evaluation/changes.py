"""One music after another: how long until the right label stands, how often a wrong one comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import soxr

from livegenre.decision import Decision
from livegenre.errors import SourceError
from tools.evaluation.answers import Heard
from tools.evaluation.clips import Clip
from tools.evaluation.conditions import Sound
from tools.evaluation.scores import Json, interval, share
from tools.evaluation.subject import Subject

HALF_SECONDS = 10.0
"""Of each of the two."""


@dataclass(frozen=True, slots=True)
class Change:
    """A clip, and one of another genre that is played before it."""

    before: Clip
    clip: Clip


def draw_changes(
    inside: Mapping[Clip, Heard], subject: Subject, n_most: int, seed: int
) -> list[Change]:
    """Pair clips that are long enough and that the same model is to hear.

    Genres take turns, so that the one with most clips does not decide.

    Parameters
    ----------
    inside : mapping
        Clips, and what was heard in them.
    subject : Subject
    n_most : int >= 0
        Fewer are returned where there are not so many clips.
    seed : int
    """
    rng = np.random.default_rng(seed)
    long = [clip for clip, heard in inside.items() if heard.seconds >= HALF_SECONDS]
    waiting: dict[str, list[Clip]] = {}
    for number in rng.permutation(len(long)):
        waiting.setdefault(long[number].label, []).append(long[number])
    changes: list[Change] = []
    while len(changes) < n_most and any(waiting.values()):
        for clips in (waiting[label] for label in sorted(waiting) if waiting[label]):
            clip = clips.pop()
            others = [
                other
                for other in long
                if other.label != clip.label and subject.file_for(other) == subject.file_for(clip)
            ]
            if others:
                changes.append(Change(others[int(rng.integers(len(others)))], clip))
    return changes[:n_most]


def join(before: Sound, after: Sound) -> Sound:
    """Play the start of a sound after that of another, at its own rate.

    Raises
    ------
    SourceError
        If one is too short.
    """
    halves = [
        soxr.resample(before.samples, before.sample_rate, after.sample_rate),
        after.samples,
    ]
    n_half = round(HALF_SECONDS * after.sample_rate)
    if min(map(len, halves)) < n_half:
        raise SourceError(f"too short: a change takes {HALF_SECONDS:g} s of each of the two")
    return Sound(np.concatenate([half[:n_half] for half in halves]), after.sample_rate)


def score_changes(heard: Mapping[Change, Heard]) -> Json:
    """Return how many changes end with the right label, after how long, and what came between.

    A wrong change is a name, other than the name before it, that is not that of what plays.
    """
    ends = [_ends_right(change, found) for change, found in heard.items()]
    reached = [seconds for seconds in ends if seconds is not None]
    minutes = sum(found.seconds for found in heard.values()) / 60
    wrong = sum(_count_wrong(change, found.decisions) for change, found in heard.items())
    right = np.array([seconds is not None for seconds in ends])
    low, middle, high = np.quantile(reached, (0.25, 0.5, 0.75)) if reached else (None,) * 3
    return {
        "n": len(heard),
        "seconds_to_right_label": middle,
        "seconds_to_right_label_quartiles": [low, high],
        "end_right": share(right),
        "end_right_interval": interval(right),
        "wrong_changes_a_minute": wrong / minutes if heard else None,
    }


def _ends_right(change: Change, heard: Heard) -> float | None:
    """Return how long after the change the right label stands for good, None if it never does."""
    since = None
    for decision in reversed(heard.decisions):
        if decision.label != change.clip.label or decision.state != "genre":
            break
        since = max(decision.time - HALF_SECONDS, 0.0)
    return since


def _count_wrong(change: Change, decisions: Sequence[Decision]) -> int:
    named = [decision for decision in decisions if decision.state == "genre"]
    return sum(
        decision.label not in (earlier.label, _playing(change, decision.time))
        for earlier, decision in pairwise(named)
    )


def _playing(change: Change, seconds: float) -> str:
    return (change.clip if seconds > HALF_SECONDS else change.before).label
