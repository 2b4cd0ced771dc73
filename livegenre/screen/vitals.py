"""What the answers cost, measured while the session runs."""

import threading
from collections import deque

import numpy as np

from livegenre.decision import Decision
from livegenre.screen.view import Health

COMPUTE_SECONDS = 60.0
CPU_SECONDS = 10.0
LOSS_SECONDS = 60.0


class Vitals:
    """Told of decisions on the reader's thread, asked about once a second on the screen's."""

    def __init__(self) -> None:
        self._costs: deque[tuple[float, float]] = deque()
        self._cpu: deque[tuple[float, float]] = deque()
        self._lost = 0
        self._lost_at = -LOSS_SECONDS
        self._lock = threading.Lock()

    def add(self, decision: Decision) -> None:
        """Take the newest step."""
        with self._lock:
            self._costs.append((decision.time, decision.compute_seconds))
            while decision.time - self._costs[0][0] > COMPUTE_SECONDS:
                self._costs.popleft()
            if decision.lost > self._lost:
                self._lost, self._lost_at = decision.lost, decision.time

    def health(self, sound_seconds: float, cpu_seconds: float) -> Health:
        """Return how things are.

        Parameters
        ----------
        sound_seconds : float
            Sound so far, missing sound included.
        cpu_seconds : float
            CPU time of the whole program so far, as ``time.process_time`` counts it.
        """
        with self._lock:
            costs = [cost for _, cost in self._costs]
            lost_at = self._lost_at
        self._cpu.append((sound_seconds, cpu_seconds))
        while sound_seconds - self._cpu[0][0] > CPU_SECONDS and len(self._cpu) > 2:
            self._cpu.popleft()
        heard, used = sound_seconds - self._cpu[0][0], cpu_seconds - self._cpu[0][1]
        return Health(
            compute_seconds=float(np.percentile(costs, 95)) if costs else 0.0,
            cpu=used / heard if heard >= CPU_SECONDS / 2 else None,
            lost_lately=self._lost > 0 and sound_seconds - lost_at < LOSS_SECONDS,
        )
