"""A device's samples against the monotonic clock, as their arrivals tell. Pure, NumPy alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING_SECONDS = 0.05
"""Lateness that comes and stays: less is how blocks happen to arrive."""
_INTERVAL_SECONDS = 0.25
_FEWEST_INTERVALS = 5


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the arrivals of some seconds tell."""

    missing: int
    """Samples that never came."""
    drift_ppm: float
    """How much faster than nominal the device's clock runs; tells little if samples are missing."""
    uncertainty_ppm: float
    """Two standard errors of the drift."""


def read_clock(
    n_samples: NDArray[np.int64], seconds: NDArray[np.float64], sample_rate: int
) -> ClockReading | None:
    """Compare how many samples had come with the time it took.

    Blocks come late by turns, never early: of every quarter of a second the least late counts.
    Where lateness rises for good, samples are missing; its slope is the drift of the clocks.

    Parameters
    ----------
    n_samples : ndarray [shape=(n_blocks,)], int64
        Samples that had come with each block, those in it included.
    seconds : ndarray [shape=(n_blocks,)], float64
        When it came, in monotonic time.
    sample_rate : int > 0
        Nominal, in Hz.

    Returns
    -------
    ClockReading or None
        None of less than about 1.25 s.
    """
    elapsed = seconds - seconds[0]
    lateness = elapsed - (n_samples - n_samples[0]) / sample_rate
    _, starts = np.unique(elapsed // _INTERVAL_SECONDS, return_index=True)
    if len(starts) < _FEWEST_INTERVALS:
        return None
    least = np.minimum.reduceat(lateness, starts)
    steps = np.minimum.accumulate(least[::-1])[::-1][1:] - np.maximum.accumulate(least)[:-1]
    steps[steps < MISSING_SECONDS] = 0
    least[1:] -= np.cumsum(steps)
    slope, error = _slope(elapsed[starts], least)
    return ClockReading(round(steps.sum() * sample_rate), -slope * 1e6, 2 * error * 1e6)


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the slope of the line through points, and its standard error."""
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    residual = y - slope * x
    return slope, float(np.sqrt(residual @ residual / (len(x) - 2) / (x @ x)))
