"""The last ten minutes of a session, one column a step: what waterfall and ribbon are drawn from.

Written on the reader's thread, read on the screen's; the one lock is held for a short copy only.
"""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livegenre.decision import Decision, State

N_BANDS = 64
"""Bands of a column, evenly from 50 Hz to 10 kHz on a logarithmic axis."""
KEPT_SECONDS = 600.0
PEAK_SECONDS = 10.0
Bands = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One step of the session; two of them are the same only if they are one object."""

    time: float
    """End of the step in seconds of the session, as in ``Decision.time``."""
    state: State | Literal["gap", "waiting"]
    """What was decided; ``gap``: sound was missing; ``waiting``: a new window had begun."""
    label: str | None
    share: float
    """Smoothed posterior of the strongest label, 0..1; 0 in silence and gaps."""
    early: bool
    bands_dbfs: Bands
    """Largest level in each band since the step before [shape=(N_BANDS,)], in whole dBFS."""
    marked: bool = False
    """Somebody pressed the key for a mark here."""
    number: int = 0
    """Of steps since the session began, gaps included: what the picture's columns are made by."""


class History:
    """Columns, oldest first.

    Parameters
    ----------
    step_seconds : float > 0
    """

    def __init__(self, step_seconds: float) -> None:
        self.step_seconds = step_seconds
        self._columns: deque[Column] = deque(maxlen=max(1, round(KEPT_SECONDS / step_seconds)))
        self._kept: tuple[Column, ...] | None = ()
        self._n_columns = self._lost = 0
        self._posteriors: deque[tuple[float, Mapping[str, float]]] = deque()
        self._lock = threading.Lock()

    def add(self, decision: Decision, bands_dbfs: Bands) -> None:
        """Take the newest step, and fill up what is missing since the one before.

        That is a gap if sound was lost; after a jump or with another model, nothing was decided
        until the new window held enough of the sound.
        """
        share = max(decision.posterior.values(), default=0.0)
        newest = Column(
            decision.time, decision.state, decision.label, share, decision.early, bands_dbfs
        )
        with self._lock:
            is_lost, self._lost = decision.lost != self._lost, decision.lost
            self._fill_up_to(decision.time - self.step_seconds, None if is_lost else bands_dbfs)
            self._append(newest)
            self._posteriors.append((decision.time, decision.posterior))
            while not 0 <= decision.time - self._posteriors[0][0] < PEAK_SECONDS:
                self._posteriors.popleft()

    def begin_model(self, step_seconds: float) -> None:
        """Go on with the steps of another model; what was before stays to be seen."""
        with self._lock:
            self.step_seconds = step_seconds
            self._posteriors.clear()

    def mark(self) -> float | None:
        """Mark the newest column; return its time, None if there is none yet."""
        with self._lock:
            if not self._columns:
                return None
            self._columns[-1] = replace(self._columns[-1], marked=True)
            self._kept = None
            return self._columns[-1].time

    def columns(self) -> tuple[Column, ...]:
        """Return all columns that are kept, oldest first; the same object until one is new."""
        with self._lock:
            if self._kept is None:
                self._kept = tuple(self._columns)
            return self._kept

    def peaks(self, since: float = 0.0) -> Mapping[str, float]:
        """Return the largest smoothed posterior of each label in the last ten seconds.

        Parameters
        ----------
        since : float
            Time of the session in seconds before which nothing counts.
        """
        with self._lock:
            recent = [row for time, row in self._posteriors if time >= since and row]
        if not recent:
            return {}
        largest = np.array([list(row.values()) for row in recent]).max(axis=0)
        return dict(zip(recent[0], largest.tolist(), strict=True))

    def _append(self, column: Column) -> None:
        self._columns.append(replace(column, number=self._n_columns))
        self._n_columns += 1
        self._kept = None

    def _fill_up_to(self, time: float, bands_dbfs: Bands | None) -> None:
        """Fill up with the sound of a time without a decision; None: it is a gap."""
        if not self._columns:
            return
        state: Literal["gap", "waiting"] = "gap" if bands_dbfs is None else "waiting"
        bands = np.full(N_BANDS, -120, np.int8) if bands_dbfs is None else bands_dbfs
        last = self._columns[-1].time
        n_missing = round((time - last) / self.step_seconds)
        for number in range(1, min(n_missing, self._columns.maxlen or 0) + 1):
            at = last + number * self.step_seconds
            self._append(Column(at, state, None, 0.0, False, bands))
