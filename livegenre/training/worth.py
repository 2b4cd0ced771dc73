"""What a model is worth, by what it says of music by artists that it never heard."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegenre.card import Accuracy
from livegenre.training.measures import (
    Threshold,
    accuracy,
    best_temperature,
    calibration_error,
    unsure_threshold,
)
from livegenre.training.validation import Judged, Plan

ONE_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Worth:
    """Measured on tracks held out."""

    labels: tuple[str, ...]
    accuracy: Accuracy
    confusion: NDArray[np.float64]
    """Tracks of a genre (row) that were given another's name (column), the mean of all repeats
    [shape=(n_labels, n_labels)]."""
    temperature: float
    calibration_error: float
    """Of the posterior of windows, 0..1."""
    threshold: Threshold

    @classmethod
    def of(cls, judged: Judged, plan: Plan, precision: float) -> "Worth":
        """Measure; ``precision`` is the share of names that are to be right."""
        labels = judged.rows.labels
        named = judged.clip_posteriors(1.0).argmax(axis=2)
        confusion = np.zeros((len(labels), len(labels)))
        np.add.at(confusion, (np.broadcast_to(judged.clip_genres, named.shape), named), 1)
        temperature = best_temperature(judged, 1 / (named.shape[1] + 2))
        return cls(
            labels=labels,
            accuracy=accuracy(judged, str(plan)),
            confusion=confusion / len(named),
            temperature=temperature,
            calibration_error=calibration_error(judged, temperature),
            threshold=_threshold(judged, temperature, precision),
        )

    @property
    def found(self) -> NDArray[np.float64]:
        """Share of each genre's tracks that are named so [shape=(n_labels,)]."""
        return np.asarray(np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=1), 1e-9))

    @property
    def right(self) -> NDArray[np.float64]:
        """Share of the tracks named so that are of the genre [shape=(n_labels,)]."""
        return np.asarray(np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=0), 1e-9))

    def to_json(self) -> dict[str, Any]:
        """Return all of it for programs."""
        n_tracks = self.confusion.sum(axis=1)
        return {
            "accuracy": asdict(self.accuracy),
            "genres": {
                label: {"tracks": round(float(n), 2), "found": float(found), "right": float(right)}
                for label, n, found, right in zip(
                    self.labels, n_tracks, self.found, self.right, strict=True
                )
            },
            "confusion": self.confusion.tolist(),
            "temperature": self.temperature,
            "calibration_error": self.calibration_error,
            "threshold": asdict(self.threshold),
        }


def _threshold(judged: Judged, temperature: float, precision: float) -> Threshold:
    """Return the threshold; one half at most where even the least sure are right often enough."""
    found = unsure_threshold(judged, temperature, precision)
    return found if found.coverage < 1 else replace(found, value=min(found.value, ONE_HALF))


def said(threshold: Threshold) -> str:
    """Say what a threshold is worth."""
    return (
        f"above a posterior of {threshold.value:.3f}, {100 * threshold.precision:.0f} % of genres "
        f"named are right and {100 * threshold.coverage:.0f} % of clips are named"
    )
