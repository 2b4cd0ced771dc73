"""What decisions are worth: pure functions from what was heard to numbers ready for JSON.

Accuracy and calibration are of windows that are not silent; all else is of every window.
"""

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegenre.decision import Decision
from livegenre.training.measures import wilson_interval
from tools.evaluation.answers import NO_ANSWER, Answers, Heard, clip_answers

Json = dict[str, Any]
N_BINS = 10
SECONDS = (1, 2, 3, 5, 10, 30)
TOLERANCE_SECONDS = 0.1
"""By how much a window may end late, or a clip early, and still be of so many seconds."""


def accuracy(answers: Answers, n_independent: int) -> Json:
    """Return the share of right answers and its 95 % interval for so many independent ones.

    Windows of one clip are not independent: their interval is that of as many clips.
    """
    if not len(answers.genre):
        return {"accuracy": None, "interval": None, "macro": None, "n": 0}
    value = float(answers.right.mean())
    return {
        "accuracy": value,
        "interval": list(wilson_interval(value, n_independent)),
        "macro": macro(answers),
        "n": len(answers.genre),
    }


def macro(answers: Answers) -> float:
    """Return the mean over the genres that occur of the share of right answers."""
    return float(
        np.mean([answers.right[answers.genre == genre].mean() for genre in set(answers.genre)])
    )


def per_genre(answers: Answers, labels: Sequence[str]) -> Json:
    """Return recall and precision of each label; None where nothing is or is called so."""
    return {
        label: {
            "n": int((answers.genre == index).sum()),
            "recall": share(answers.right[answers.genre == index]),
            "recall_interval": interval(answers.right[answers.genre == index]),
            "precision": share(answers.right[answers.answer == index]),
            "precision_interval": interval(answers.right[answers.answer == index]),
        }
        for index, label in enumerate(labels)
    }


def confusion(answers: Answers, labels: Sequence[str]) -> Json:
    """Count answers: a row for each genre, a column for each answer."""
    answered = answers.answer != NO_ANSWER
    counts = np.zeros((len(labels), len(labels)), int)
    np.add.at(counts, (answers.genre[answered], answers.answer[answered]), 1)
    return {"labels": list(labels), "counts": counts.tolist()}


def calibration(answers: Answers) -> Json:
    """Return the expected calibration error and its reliability bins.

    Ten bins of equal width (Guo et al., On Calibration of Modern Neural Networks, ICML 2017).
    """
    index = np.minimum((answers.posterior * N_BINS).astype(int), N_BINS - 1)
    bins: list[Json] = []
    for number in range(N_BINS):
        inside = index == number
        bins.append(
            {
                "low": number / N_BINS,
                "high": (number + 1) / N_BINS,
                "n": int(inside.sum()),
                "posterior": share(answers.posterior[inside]),
                "accuracy": share(answers.right[inside]),
            }
        )
    gaps = [b["n"] * abs(b["posterior"] - b["accuracy"]) for b in bins if b["n"]]
    return {"ece": sum(gaps) / len(index) if len(index) else None, "bins": bins}


def risk_coverage(answers: Answers) -> list[Json]:
    """Return, for each tenth of coverage, how many of the surest answers are right."""
    order = np.argsort(-answers.posterior, kind="stable")
    curve = []
    for tenth in range(1, 11):
        n_named = max(1, round(len(order) * tenth / 10))
        surest = order[:n_named]
        curve.append(
            {
                "coverage": n_named / len(order),
                "precision": share(answers.right[surest]),
                "threshold": float(answers.posterior[surest[-1]]),
            }
        )
    return curve


def abstention(clips: Sequence[Heard]) -> Json:
    """Return how many windows are named and how many names are right; of clips by the last one."""
    windows = [(clip.label, d) for clip in clips for d in clip.decisions]
    ends = [(clip.label, clip.decisions[-1]) for clip in clips]
    return {**_named(windows), "clip": _named(ends)}


def _named(answered: list[tuple[str, Decision]]) -> Json:
    named = [decision.state == "genre" for _, decision in answered]
    right = [decision.label == label for label, decision in answered if decision.state == "genre"]
    return {"precision": share(right), "coverage": share(named), "n": len(answered)}


def times(clips: Sequence[Heard]) -> Json:
    """Return the median times to the first name and to the name held at the end, in seconds."""
    first = [next((d.time for d in c.decisions if d.state == "genre"), None) for c in clips]
    answered = [time for time in first if time is not None]
    ends = [clip.decisions[-1] for clip in clips]
    stable = [decision.since for decision in ends if decision.state == "genre"]
    return {
        "time_to_answer_seconds": median(answered) if answered else None,
        "time_to_stable_label_seconds": median(stable) if stable else None,
        "never_answered": 1 - len(answered) / len(clips),
    }


def accuracy_at(clips: Sequence[Heard], labels: Sequence[str]) -> Json:
    """Return the macro accuracy after so many seconds, of the clips that last as long, and n."""
    found: Json = {
        "accuracy_at_seconds": {},
        "accuracy_at_seconds_n": {},
        "accuracy_at_seconds_of": "mean over genres of clips that last at least as long",
    }
    for seconds in SECONDS:
        long = [clip for clip in clips if clip.seconds >= seconds - TOLERANCE_SECONDS]
        answers = clip_answers(long, labels, seconds + TOLERANCE_SECONDS)
        found["accuracy_at_seconds"][str(seconds)] = macro(answers) if long else None
        found["accuracy_at_seconds_n"][str(seconds)] = len(long)
    return found


def states(clips: Sequence[Heard]) -> Json:
    """Return what shares of the windows are called a genre and not music."""
    found = [decision.state for clip in clips for decision in clip.decisions]
    return {
        "called_genre": share([state == "genre" for state in found]),
        "called_not_music": share([state == "not_music" for state in found]),
        "n_windows": len(found),
        "n_clips": len(clips),
    }


def states_by_label(clips: Sequence[Heard]) -> Json:
    """Return ``states`` of the clips of each label."""
    labels = sorted({clip.label for clip in clips})
    return {label: states([clip for clip in clips if clip.label == label]) for label in labels}


def step_cost_ms(clips: Sequence[Heard]) -> float:
    """Return the median CPU time of a step in milliseconds."""
    return 1000 * median(d.compute_seconds for clip in clips for d in clip.decisions)


def interval(values: NDArray[np.bool_]) -> list[float] | None:
    """Return the 95 % interval of the share of independent answers, None of nothing."""
    return list(wilson_interval(float(values.mean()), len(values))) if len(values) else None


def share(values: Sequence[bool] | NDArray[np.bool_] | NDArray[np.float64]) -> float | None:
    """Return the mean, None of nothing."""
    return float(np.mean(values)) if len(values) else None
