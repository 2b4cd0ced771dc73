"""What was answered before: stretches of one answer, from the columns of the last ten minutes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from livegenre.screen.history import Column
from livegenre.screen.words import STATE_WORDS

ANSWERS = ("genre", "not_music")


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of one answer; being unsure, silence and gaps do not break it."""

    state: str
    label: str | None
    share: float
    """Smoothed posterior at its end, 0..1."""
    until: float
    """Time of its end, in seconds of the session."""
    seconds: float
    """How long it was the answer."""


@lru_cache(maxsize=2)
def episodes(columns: tuple[Column, ...], step_seconds: float, n: int = 4) -> tuple[Episode, ...]:
    """Return the last ``n`` episodes, the newest first."""
    found: list[Episode] = []
    for column in reversed(columns):
        if column.state not in ANSWERS:
            continue
        newest = found[-1] if found else None
        if newest and (newest.state, newest.label) == (column.state, column.label):
            found[-1] = Episode(
                newest.state,
                newest.label,
                newest.share,
                newest.until,
                newest.seconds + step_seconds,
            )
        elif len(found) == n:
            break
        else:
            found.append(
                Episode(column.state, column.label, column.share, column.time, step_seconds)
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the columns come to."""

    shares: Sequence[tuple[str, float]]
    """Label or state in words, and its part of the time, largest first; of what was answered."""
    n_changes: int
    """How often the answer became another."""
    silent_seconds: float
    is_whole: bool
    """The columns reach back to the session's beginning."""


@lru_cache(maxsize=2)
def summary(columns: tuple[Column, ...], step_seconds: float) -> Summary:
    """Count up what was answered."""
    answers = [column.label or STATE_WORDS[column.state] for column in columns if column.share > 0]
    counts = Counter(answers)
    return Summary(
        shares=[(name, n / len(answers)) for name, n in counts.most_common()],
        n_changes=max(len(episodes(columns, step_seconds, len(columns))) - 1, 0),
        silent_seconds=step_seconds * sum(column.state == "silence" for column in columns),
        is_whole=not columns or columns[0].number == 0,
    )
