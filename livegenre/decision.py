"""From the posterior of each window to one steady answer: smoothing, hysteresis, abstention."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.smoothing import Smoothed, Smoother

SILENCE_DBFS = -60.0
SMOOTHING_SECONDS = 4.0
HOLD_SECONDS = 1.0
"""What ``Decider`` goes by unless asked otherwise."""

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
    """Smoothed over time, label -> probability; empty in silence, when the model does not run.
    Sums to 1, unless the model is multi-label."""
    raw_posterior: Mapping[str, float]
    """Of this window alone, calibrated; empty in silence."""
    early: bool
    """The window was shorter than the model's full one."""
    level_dbfs: float
    """RMS over the window in dB below full scale, >= -120."""
    lost: int
    """Samples of the source, at its own rate, lost so far."""
    not_music: float
    """Probability that it is no music, smoothed, 0..1; 0 where the model cannot tell."""
    tags: Mapping[str, float]
    """The strongest tags, strongest first, tag -> smoothed probability; empty in silence. Of a
    multi-label model, its strongest labels."""
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
    not_music: float
    """Smoothed probability that it is no music."""
    tags: FloatArray
    """Smoothed, one for each tag; empty in silence."""


NO_TAGS: FloatArray = np.empty(0, np.float32)


class Decider:
    """Smooths probabilities over time and names a genre only when it is clear and has stayed so.

    - Probabilities are smoothed over time by a ``Smoother``. Silence, and a gap (``restart``),
      begin it anew.
    - Of the genres whose smoothed posterior reaches their threshold the strongest is named.
    - A named genre is kept for ``hold_seconds`` at least, and after that for as long as no other
      leads it by ``MARGIN`` and it stays above its threshold less ``MARGIN`` or, where that is
      less, less a quarter.
    - From ``not_music_threshold`` on nothing is named, until less ``MARGIN``.

    Parameters
    ----------
    labels : sequence of str
        In the order of the classifier's posterior.
    unsure_threshold : float
        Smallest smoothed posterior that is worth a name, 0..1.
    thresholds : mapping, optional
        The same for single labels, label -> posterior; those not here need ``unsure_threshold``.
    not_music_threshold : float, optional
        Smallest smoothed probability of not being music that forbids a name, 0..1.
    silence_dbfs : float
        Windows with an RMS below it, in dB below full scale, are silence.
    multi_label : bool
        Posteriors are independent of each other rather than of sum 1.
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
        thresholds: Mapping[str, float] = MappingProxyType({}),
        not_music_threshold: float | None = None,
        multi_label: bool = False,
        silence_dbfs: float = SILENCE_DBFS,
        smoothing_seconds: float = SMOOTHING_SECONDS,
        hold_seconds: float = HOLD_SECONDS,
    ) -> None:
        self.labels = tuple(labels)
        self.thresholds = {label: thresholds.get(label, unsure_threshold) for label in self.labels}
        self._needed = np.array(list(self.thresholds.values()), np.float32)
        self.not_music_threshold = math.inf if not_music_threshold is None else not_music_threshold
        self.silence_dbfs = silence_dbfs
        self.smoothing_seconds = smoothing_seconds
        self.hold_seconds = hold_seconds
        self._smoother = Smoother(smoothing_seconds, multi_label=multi_label)
        self._time = 0.0
        self._state: State | None = None
        self._label: str | None = None
        self._since = 0.0

    def is_silent(self, level_dbfs: float) -> bool:
        """Tell whether a window of this level is silence, which no classifier need judge."""
        return level_dbfs < self.silence_dbfs

    def restart(self) -> None:
        """Forget what was smoothed: what comes next is other sound."""
        self._smoother.forget()

    def begin_anew(self) -> None:
        """Forget also the answer that held: what comes next is another place or another model."""
        self.restart()
        self._state = self._label = None

    def decide(
        self,
        time: float,
        posterior: FloatArray | None,
        *,
        not_music: float = 0.0,
        tags: FloatArray = NO_TAGS,
    ) -> Verdict:
        """Take what a model says of one window and return the answer that holds from then on.

        Parameters
        ----------
        time : float
            End of the window in seconds; grows from call to call.
        posterior : ndarray [shape=(n_labels,)], float32, or None
            Of this window alone; None for a silent one.
        not_music : float
            Probability that the window is no music.
        tags : ndarray [shape=(n_tags,)], float32
            Probability of each tag.
        """
        if posterior is None:
            self._smoother.forget()
            return self._answer("silence", None, time, None, 0.0, NO_TAGS)
        smoothed = self._smoother.smooth(Smoothed(posterior, not_music, tags), time - self._time)
        state, label = self._name(smoothed.posterior, smoothed.not_music, time)
        return self._answer(
            state, label, time, smoothed.posterior, smoothed.not_music, smoothed.tags
        )

    def _answer(
        self,
        state: State,
        label: str | None,
        time: float,
        posterior: FloatArray | None,
        not_music: float,
        tags: FloatArray,
    ) -> Verdict:
        if (state, label) != (self._state, self._label):
            self._state, self._label, self._since = state, label, time
        self._time = time
        return Verdict(state, label, self._since, posterior, not_music, tags)

    def _name(
        self, posterior: FloatArray, not_music: float, time: float
    ) -> tuple[State, str | None]:
        nameable = posterior >= self._needed
        best = int(np.where(nameable, posterior, -np.inf).argmax())
        music_ends = self.not_music_threshold - self.MARGIN * (self._state == "not_music")
        if self._label is not None:
            held = float(posterior[self.labels.index(self._label)])
            leads = nameable[best] and float(posterior[best]) >= held + self.MARGIN
            needed = self.thresholds[self._label]
            fades = held < needed - min(self.MARGIN, needed / 4) or not_music >= music_ends
            if time - self._since < self.hold_seconds or not (leads or fades):
                return "genre", self._label
        if not_music >= music_ends:
            return "not_music", None
        if nameable[best]:
            return "genre", self.labels[best]
        return "unsure", None
