"""A device's samples against the monotonic clock: what drivers lose in silence.

Owns the comparison alone; knows nothing about streams.
"""

import math

MAX_DRIFT_PPM = 1_000.0
"""Difference of two clocks that is no loss; crystals stay within a tenth of it."""
MISSING_SECONDS = 0.1
INTERVAL_SECONDS = 1.0
_LATE_INTERVALS = 2


class FrameClock:
    """Finds samples that never came, from how many came by when.

    Blocks come late by turns, never early: the least lateness of a second tells what time the
    device keeps. Where that rises beyond drift and stays up, samples are missing.

    Parameters
    ----------
    sample_rate : int > 0
        Nominal, in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self.missing = 0
        """Samples found missing so far."""
        self._sample_rate = sample_rate
        self._began: float | None = None
        self._least = math.inf
        self._floor = math.inf
        self._n_late = 0

    def observe(self, n_samples: int, seconds: float) -> None:
        """Note how many samples had come when the last of them came.

        Parameters
        ----------
        n_samples : int >= 0
            All that the device delivered or admitted to have lost.
        seconds : float
            Monotonic time.
        """
        if self._began is None:
            self._began = seconds
        lateness = seconds - (n_samples + self.missing) / self._sample_rate
        self._least = min(self._least, lateness)
        elapsed = seconds - self._began
        if elapsed >= INTERVAL_SECONDS:
            self._judge(elapsed)
            self._began, self._least = seconds, math.inf

    def _judge(self, elapsed: float) -> None:
        excess = self._least - self._floor
        self._n_late = self._n_late + 1 if excess > MISSING_SECONDS else 0
        if self._n_late == _LATE_INTERVALS:
            self.missing += round(excess * self._sample_rate)
            self._least -= excess
            self._n_late = 0
        self._floor = min(self._least, self._floor + elapsed * MAX_DRIFT_PPM / 1e6)
