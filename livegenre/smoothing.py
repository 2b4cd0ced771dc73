"""What windows say, averaged over time, and begun anew where the newest sound says otherwise."""

import math
from dataclasses import dataclass

import numpy as np

from livegenre.arrays import FloatArray

LEAST = np.float32(1e-3)
"""Posteriors below it count as it: no single window can rule a label out."""


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Probabilities of one window, or smoothed over several."""

    posterior: FloatArray
    """[shape=(n_labels,)]"""
    not_music: float
    tags: FloatArray
    """[shape=(n_tags,)]"""


def to_logs(posterior: FloatArray, *, multi_label: bool) -> FloatArray:
    """Return what is averaged in place of posteriors: their logarithms, or log odds.

    Parameters
    ----------
    posterior : ndarray [shape=(n_labels,)], float32, 0..1
    multi_label : bool
        Posteriors are independent of each other rather than of sum 1.
    """
    if multi_label:
        kept = np.clip(posterior, LEAST, 1 - LEAST)
        odds: FloatArray = np.log(kept / (1 - kept))
        return odds
    logs: FloatArray = np.log(np.maximum(posterior, LEAST))
    return logs


def from_logs(logs: FloatArray, *, multi_label: bool) -> FloatArray:
    """Return the posteriors that a mean of ``to_logs`` stands for; of sum 1 unless multi-label."""
    raised: FloatArray = np.exp(logs)
    return raised / ((1 + raised) if multi_label else raised.sum())


class Smoother:
    """Averages probabilities exponentially, over a long time and over a short one.

    The long average is what holds. Where the two come to differ by more than ``LEAP``, in the
    probability of not being music or in the share of the posterior that lies elsewhere (total
    variation), other sound has begun, and the long one goes on from the short one.

    Posteriors are averaged as logarithms or, where they need not sum to 1, as log odds: what a
    linear head says of the mean of windows. Time is in seconds, so that the step does not matter.

    Parameters
    ----------
    smoothing_seconds : float >= 0
        Time constant of the long average; 0 smooths nothing.
    multi_label : bool
        Posteriors are independent of each other rather than of sum 1.
    """

    RECENT_SECONDS = 0.75
    LEAP = 0.45

    def __init__(self, smoothing_seconds: float, *, multi_label: bool) -> None:
        self.smoothing_seconds = smoothing_seconds
        self._multi_label = multi_label
        self._long: Smoothed | None = None
        self._short: Smoothed | None = None

    def forget(self) -> None:
        """Begin anew with what comes next."""
        self._long = self._short = None

    def smooth(self, newest: Smoothed, seconds: float) -> Smoothed:
        """Take what a window says and return what holds.

        Parameters
        ----------
        newest : Smoothed
            Of one window.
        seconds : float
            Time since the window before; of the first it does not matter.
        """
        if self.smoothing_seconds <= 0:
            return newest
        posterior = to_logs(newest.posterior, multi_label=self._multi_label)
        logs = Smoothed(posterior, newest.not_music, newest.tags)
        self._long = _moved(self._long, logs, seconds, self.smoothing_seconds)
        self._short = _moved(self._short, logs, seconds, self.RECENT_SECONDS)
        if self._differ():
            self._long = self._short
        return self._in_probabilities(self._long)

    def _differ(self) -> bool:
        if self._long is None or self._short is None:
            return False
        long, short = self._in_probabilities(self._long), self._in_probabilities(self._short)
        moved = np.abs(long.posterior - short.posterior).sum()
        share = float(moved / (long.posterior.sum() + short.posterior.sum()))
        return max(share, abs(long.not_music - short.not_music)) > self.LEAP

    def _in_probabilities(self, logs: Smoothed) -> Smoothed:
        posterior = from_logs(logs.posterior, multi_label=self._multi_label)
        return Smoothed(posterior, logs.not_music, logs.tags)


def _moved(
    average: Smoothed | None, newest: Smoothed, seconds: float, constant_seconds: float
) -> Smoothed:
    if average is None:
        return newest
    keep = math.exp(-seconds / constant_seconds)
    stay, come = np.float32(keep), np.float32(1 - keep)
    return Smoothed(
        stay * average.posterior + come * newest.posterior,
        keep * average.not_music + (1 - keep) * newest.not_music,
        stay * average.tags + come * newest.tags,
    )
