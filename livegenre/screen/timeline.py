"""Time in columns: the steps of a session laid out so that one column of the screen is one moment.

The newest stands at the right edge, or the one where the picture was frozen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from livegenre.screen.history import N_BANDS, Bands, Column
from livegenre.screen.view import View

NOTHING: Bands = np.full(N_BANDS, -120, np.int8)


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One or more steps in one column of the picture; the same only if it is one object."""

    time: float
    """End of the last step, in seconds of the session."""
    state: str
    """What held in most of it, as in ``Column``."""
    label: str | None
    share: float
    """Largest posterior of the strongest label while that held."""
    bands_dbfs: Bands
    """Largest level in each band."""
    marked: bool
    number: int
    """Of the last step."""


Slots = tuple[Slot | None, ...]
"""From left to right; None: before the session, or after its end."""


def column_seconds(view: View, default: float) -> float:
    """Return how much sound a column holds: whole steps."""
    step = view.facts.step_seconds
    return step * _n_steps(view, default)


def _n_steps(view: View, default: float) -> int:
    seconds = view.look.column_seconds or default
    return max(1, round(seconds / view.facts.step_seconds))


def slots(view: View, width: int, default_seconds: float) -> Slots:
    """Return what stands in each of ``width`` columns.

    Parameters
    ----------
    view : View
    width : int >= 0
    default_seconds : float
        Sound in a column, unless the look asks for another length.
    """
    n_steps = _n_steps(view, default_seconds)
    return _laid_out(tuple(_shown(view, width * n_steps)), width, n_steps)


@lru_cache(maxsize=8)
def _laid_out(columns: tuple[Column, ...], width: int, n_steps: int) -> Slots:
    groups: dict[int, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.number // n_steps, []).append(column)
    if not groups:
        return (None,) * width
    last = max(groups)
    wanted = range(last - width + 1, last + 1)
    return tuple(_merged(tuple(groups[group])) if group in groups else None for group in wanted)


def last_number(view: View, shown: Slots, default_seconds: float) -> int:
    """Return the number of the last column, counted from the session's first; 0 if it is empty."""
    last = shown[-1] if shown else None
    return 0 if last is None else last.number // _n_steps(view, default_seconds)


def _shown(view: View, n_columns: int) -> Sequence[Column]:
    """Return the newest columns, up to the moment of freezing, and the gap that is not over."""
    columns, frozen = view.columns, view.look.frozen_seconds
    if not columns or n_columns < 1:
        return ()
    end = len(columns)
    if frozen is not None:
        while end and columns[end - 1].time > frozen + 1e-6:
            end -= 1
        return columns[max(0, end - n_columns) : end]
    missing = _gap(columns[-1], gap_steps(view), n_columns, view.facts.step_seconds)
    return [*columns[-n_columns:], *missing]


def gap_steps(view: View) -> int:
    """Return for how many steps sound has been missing since the newest column."""
    source, step = view.source, view.facts.step_seconds
    if not view.columns or source.state == "ended":
        return 0
    seconds = source.seconds - view.columns[-1].time
    if source.hearing:
        first = view.facts.first_seconds
        is_back = source.interruptions and source.state_seconds < first + step
        seconds = min(seconds, source.missing_seconds + first) if is_back else 0.0
    return int(seconds / step) if seconds >= 2 * step or not source.hearing else 0


@lru_cache(maxsize=4)
def _gap(last: Column, n_steps: int, n_columns: int, step_seconds: float) -> tuple[Column, ...]:
    """Return columns for a gap after the last step, of which no more than the newest are seen."""
    return tuple(
        Column(
            time=last.time + n * step_seconds,
            state="gap",
            label=None,
            share=0.0,
            early=False,
            bands_dbfs=NOTHING,
            number=last.number + n,
        )
        for n in range(max(1, n_steps - n_columns + 1), n_steps + 1)
    )


@lru_cache(maxsize=4096)
def _merged(columns: tuple[Column, ...]) -> Slot:
    """Merge the steps of one column: what held longest, the latest of equals, the loudest sound."""
    counts = Counter((column.state, column.label) for column in reversed(columns))
    state, label = counts.most_common(1)[0][0]
    if 2 * sum(column.state == "gap" for column in columns) >= len(columns):
        state, label = "gap", None
    held = [column for column in columns if (column.state, column.label) == (state, label)]
    return Slot(
        time=columns[-1].time,
        state=state,
        label=label,
        share=max(column.share for column in held),
        bands_dbfs=np.max([column.bands_dbfs for column in columns], axis=0),
        marked=any(column.marked for column in columns),
        number=columns[-1].number,
    )
