"""From the posterior of each window to one steady answer: smoothing, hysteresis, abstention."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from livegenre.arrays import FloatArray

State = Literal["genre", "unsure", "not_music", "silence"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What livegenre says about one window; one a step, immutable."""

    time: float
    """End of the window in seconds since the first sample, lost sound included."""
    state: State
    """What kind of answer this is."""
    label: str | None
    """The genre, in state ``genre``; else None."""
    since: float
    """Time in seconds from which state and label have held."""
    posterior: Mapping[str, float]
    """Smoothed over time, label -> probability; empty in silence, when the model does not run."""
    raw_posterior: Mapping[str, float]
    """Of this window alone, calibrated; empty in silence."""
    early: bool
    """The window was shorter than the model's full one."""
    level_dbfs: float
    """RMS over the window in dB below full scale, >= -120."""
    lost: int
    """Samples of the source, at its own rate, lost so far."""
    compute_seconds: float
    """CPU time of the reading thread for this step, from sound to posterior, in seconds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The steady answer after one window: the decided part of a ``Decision``."""

    state: State
    label: str | None
    since: float
    posterior: FloatArray | None
    """Smoothed, one for each label; None in silence."""


class Decider:
    """Smooths posteriors over time and names a genre only when it is clear and has stayed so.

    - The posterior is smoothed exponentially with a time constant in seconds, so the step does
      not matter. Silence, and a gap (``restart``), begin it anew.
    - A genre is named once its smoothed posterior reaches ``unsure_threshold``.
    - A named genre is kept for ``hold_seconds`` at least, and after that for as long as no other
      leads it by ``MARGIN`` and it stays above the threshold less ``MARGIN``.

    Parameters
    ----------
    labels : sequence of str
        In the order of the classifier's posterior.
    unsure_threshold : float
        Smallest smoothed posterior that is worth a name, 0..1.
    silence_dbfs : float
        Windows with an RMS below it, in dB below full scale, are silence.
    smoothing_seconds : float
        Time constant of the smoothing, >= 0; 0 smooths nothing.
    hold_seconds : float
        Shortest time for which a named genre stands while there is sound, >= 0.
    """

    MARGIN = 0.05

    def __init__(
        self,
        labels: Sequence[str],
        *,
        unsure_threshold: float,
        silence_dbfs: float = -60.0,
        smoothing_seconds: float = 1.5,
        hold_seconds: float = 1.0,
    ) -> None:
        self.labels = tuple(labels)
        self.unsure_threshold = unsure_threshold
        self.silence_dbfs = silence_dbfs
        self.smoothing_seconds = smoothing_seconds
        self.hold_seconds = hold_seconds
        self._smoothed: FloatArray | None = None
        self._time = 0.0
        self._state: State | None = None
        self._label: str | None = None
        self._since = 0.0

    def is_silent(self, level_dbfs: float) -> bool:
        """Tell whether a window of this level is silence, which no classifier need judge."""
        return level_dbfs < self.silence_dbfs

    def restart(self) -> None:
        """Forget the smoothed posterior: what comes next is other sound."""
        self._smoothed = None

    def decide(self, time: float, posterior: FloatArray | None) -> Verdict:
        """Take the posterior of one window and return the answer that holds from then on.

        Parameters
        ----------
        time : float
            End of the window in seconds; grows from call to call.
        posterior : ndarray [shape=(n_labels,)], float32, or None
            Of this window alone; None for a silent one.
        """
        if posterior is None:
            self._smoothed = None
            self._change_to("silence", None, time)
        else:
            self._smoothed = self._smooth(posterior, time)
            self._change_to(*self._name(self._smoothed, time), time)
        self._time = time
        assert self._state is not None
        return Verdict(self._state, self._label, self._since, self._smoothed)

    def _smooth(self, posterior: FloatArray, time: float) -> FloatArray:
        if self._smoothed is None or self.smoothing_seconds <= 0:
            return posterior
        keep = math.exp((self._time - time) / self.smoothing_seconds)
        smoothed: FloatArray = np.float32(keep) * self._smoothed + np.float32(1 - keep) * posterior
        return smoothed

    def _name(self, smoothed: FloatArray, time: float) -> tuple[State, str | None]:
        best = int(smoothed.argmax())
        if self._label is not None:
            held = float(smoothed[self.labels.index(self._label)])
            leads = float(smoothed[best]) >= held + self.MARGIN
            fades = held < self.unsure_threshold - self.MARGIN
            if time - self._since < self.hold_seconds or not (leads or fades):
                return "genre", self._label
        if smoothed[best] >= self.unsure_threshold:
            return "genre", self.labels[best]
        return "unsure", None

    def _change_to(self, state: State, label: str | None, time: float) -> None:
        if (state, label) != (self._state, self._label):
            self._state, self._label, self._since = state, label, time
