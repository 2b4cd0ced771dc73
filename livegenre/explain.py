"""Why a decision was made, found on a thread of its own and only when asked: no step waits."""

import os
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.attribution import ATTRIBUTIONS, band_groups
from livegenre.classifier import Classifier
from livegenre.decision import Decision
from livegenre.features.statistics import STATISTICS_FEATURES
from livegenre.screen.controls import Why

INTERVAL_SECONDS = 2.0
"""Shortest time from the beginning of one explanation to that of the next."""
PATIENCE_SECONDS = 2.0
N_FEATURES = 6
"""How many of the features are told."""
LOWEST_PRIORITY = 19
NOT_YET = "thinking ..."
NOT_MUSIC, MUSIC = "not music", "music"


class Explainer:
    """Explains the newest decision it was asked about: one at a time, at most every 2 s.

    Its thread begins with the first request and has the lowest priority where threads have one.

    Parameters
    ----------
    classifier : Classifier
        Shared with the reader's thread.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._newest: Why | str = NOT_YET
        self._request: tuple[FloatArray, Decision] | None = None
        self._asked = threading.Condition()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def newest(self) -> Why | str:
        """The newest explanation, or why there is none (yet)."""
        return self._newest

    def request(self, features: FloatArray, decision: Decision) -> None:
        """Ask, in place of any request that has not been begun; on any thread, never waits.

        Parameters
        ----------
        features : ndarray [shape=feature_shape], float32
            Of the window that was decided on; not changed by anyone afterwards.
        decision : Decision
        """
        with self._asked:
            if self._closed.is_set():
                return
            self._request = features, decision
            self._asked.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="explain", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread, after one run of the model at most."""
        with self._asked:
            self._closed.set()
            self._asked.notify()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        _yield_to_others()
        while (request := self._next()) is not None:
            began = time.monotonic()
            try:
                self._newest = explain(
                    self._classifier, *request, is_wanted=lambda: not self._closed.is_set()
                )
            except Exception as error:
                self._newest = f"no explanation: {error}"  # carried over to those who asked
            self._closed.wait(began + INTERVAL_SECONDS - time.monotonic())

    def _next(self) -> tuple[FloatArray, Decision] | None:
        with self._asked:
            self._asked.wait_for(lambda: self._request is not None or self._closed.is_set())
            request, self._request = self._request, None
            return None if self._closed.is_set() else request


def explain(
    classifier: Classifier,
    features: FloatArray,
    decision: Decision,
    *,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Why | str:
    """Find what in a window pushed its label against the runner-up.

    Parameters
    ----------
    classifier : Classifier
    features : ndarray [shape=feature_shape], float32
        Of the window.
    decision : Decision
        On this window.
    is_wanted : callable
        Asked before every run of the model; once it says False, there will be no answer.

    Returns
    -------
    Why or str
        A text says why there is no explanation.
    """
    if not decision.posterior:
        return "silence: the model did not run"
    card = classifier.card
    if card.features.extractor == "statistics" and not card.typical:
        return f"model {card.name}: its card tells no typical window; export it again"
    label, runner_up, margin = rivals(decision)
    pair = None if decision.state == "not_music" else (label, runner_up)

    def log_odds(window: FloatArray) -> float:
        if not is_wanted():
            raise InterruptedError("the session is over")
        return _log_odds(classifier, window, pair)

    typical = np.array(card.typical, np.float32)
    pushes = ATTRIBUTIONS[card.features.extractor](features, typical, card.features, log_odds)
    strongest = np.argsort(-np.abs(pushes.features))[:N_FEATURES]
    return Why(
        time=decision.time,
        label=label,
        runner_up=runner_up,
        margin=margin,
        bands_hz=band_groups(card.features)[0],
        bands=tuple(pushes.bands.tolist()),
        features=tuple((STATISTICS_FEATURES[n], float(pushes.features[n])) for n in strongest),
        method=pushes.method,
    )


def rivals(decision: Decision) -> tuple[str, str, float]:
    """Return what was decided or else leads, the next label, and by how much it is ahead of that.

    Where it is no music, the two are that and music.
    """
    if decision.state == "not_music":
        return NOT_MUSIC, MUSIC, 2 * decision.not_music - 1
    posterior = decision.posterior
    order = sorted(posterior, key=lambda name: -posterior[name])
    label = decision.label or order[0]
    runner_up = next(name for name in order if name != label)
    return label, runner_up, posterior[label] - posterior[runner_up]


def _log_odds(classifier: Classifier, window: FloatArray, pair: tuple[str, str] | None) -> float:
    """Tell how far a window speaks for one label against another, or, without, against music."""
    logits = classifier.run(window[np.newaxis])
    if pair is None:
        return float(logits["not_music"][0, 0])
    labels = classifier.card.labels
    first, second = (float(logits["logits"][0, labels.index(name)]) for name in pair)
    return (first - second) / classifier.card.temperature


def _yield_to_others() -> None:
    """Give this thread the lowest priority, where a system lets a thread have one: Linux."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
