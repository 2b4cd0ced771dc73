"""Windows of a track added up: what it is as a whole, and where in its course that changes."""

from collections import defaultdict

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.classifier import Judgement
from livegenre.collection.track import Track, Turn
from livegenre.decision import Decider, State
from livegenre.smoothing import from_logs, to_logs

HOLD_SECONDS = 8.0
"""How long an answer stands before it counts as a change of the music: three windows."""


class Summing:
    """Adds windows up as they come; keeps no window.

    The whole is judged by the posteriors of its windows, each as it is alone and weighted by how
    long it is, averaged as they are in live smoothing. The models' thresholds are made for that:
    of clips heard by models that never heard the artist, more are named than by the plain mean,
    and nine in ten rightly. Windows that are no music by the course of the track have no say, and
    where they are more than half of what sounds, the whole is no music. The course is decided as
    it is live.

    Parameters
    ----------
    multi_label : bool
        Posteriors are independent of each other rather than of sum 1.
    course : Decider
        Fresh; smooths over time.
    whole : Decider
        Fresh; names by the same thresholds, and smooths nothing.
    """

    def __init__(self, multi_label: bool, course: Decider, whole: Decider) -> None:
        self._multi_label = multi_label
        self._course = course
        self._whole = whole
        self._seconds: dict[State, float] = defaultdict(float)
        self._logs: dict[bool, FloatArray] = {}
        """Whether it is music -> sum of what ``to_logs`` gives times seconds."""
        self._turns = _Turns()

    def is_silent(self, level_dbfs: float) -> bool:
        """Tell whether a window of this level need not be judged."""
        return self._course.is_silent(level_dbfs)

    def add(self, begin: float, end: float, judged: Judgement | None) -> None:
        """Take the next window.

        Parameters
        ----------
        begin, end : float
            In seconds from the start of the sound.
        judged : Judgement or None
            Of this window alone; None of a silent one.
        """
        length = end - begin
        if judged is None:
            verdict = self._course.decide(end, None)
        else:
            posterior = judged.posterior[0]
            verdict = self._course.decide(end, posterior, not_music=float(judged.not_music[0]))
            is_music = verdict.state != "not_music"
            logs = length * to_logs(posterior, multi_label=self._multi_label)
            self._logs[is_music] = self._logs.get(is_music, 0.0) + logs
        self._seconds[verdict.state] += length
        self._turns.add(begin, end, verdict.label or verdict.state)

    def track(self) -> Track:
        """Return what all windows come to; at least one must have been added."""
        total = sum(self._seconds.values())
        shares: dict[State, float] = {state: s / total for state, s in self._seconds.items()}
        state, label, posterior = self._judge_whole(shares)
        return Track(
            seconds=total,
            state=state,
            label=label,
            posterior=posterior,
            shares=shares,
            turns=self._turns.found(),
        )

    def _judge_whole(
        self, shares: dict[State, float]
    ) -> tuple[State, str | None, dict[str, float]]:
        sounding = 1 - shares.get("silence", 0.0)
        summed = self._logs.get(True, self._logs.get(False))
        if summed is None:
            return "silence", None, {}
        mostly_music = shares.get("not_music", 0.0) <= sounding / 2
        heard = self._seconds["genre"] + self._seconds["unsure"] or self._seconds["not_music"]
        mean = from_logs((summed / heard).astype(np.float32), multi_label=self._multi_label)
        verdict = self._whole.decide(0.0, mean, not_music=0.0 if mostly_music else 1.0)
        named = dict(zip(self._whole.labels, mean.tolist(), strict=True))
        return verdict.state, verdict.label, named


class _Turns:
    """Finds where an answer gave way to another that stayed; what is unsure is no answer."""

    def __init__(self) -> None:
        self._found: list[Turn] = []
        self._next: Turn | None = None
        self._held = 0.0

    def add(self, begin: float, end: float, answer: str) -> None:
        if answer == "unsure":
            return
        if self._next is None or answer != self._next.answer:
            self._next, self._held = Turn(begin, answer), 0.0
        self._held += end - begin
        if self._held >= HOLD_SECONDS:
            self._confirm(self._next)

    def found(self) -> tuple[Turn, ...]:
        if not self._found and self._next is not None:
            return (self._next,)  # of a track that is shorter than any answer must stand
        return tuple(self._found)

    def _confirm(self, turn: Turn) -> None:
        if not self._found or self._found[-1].answer != turn.answer:
            self._found.append(turn)
