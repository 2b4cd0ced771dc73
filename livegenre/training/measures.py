"""What held-out logits say: accuracy, temperature, when to keep silent, and calibration error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from livegenre.card import Accuracy
from livegenre.training.dataset import row_weights
from livegenre.training.validation import Judged

_Z95 = 1.959964
_N_BINS = 10


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of ``n`` (Wilson 1927, JASA 22)."""
    spread = _Z95**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = _Z95 / (1 + spread) * np.sqrt(share * (1 - share) / n + spread / (4 * n))
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))


def recalls(judged: Judged) -> NDArray[np.float64]:
    """Return the share of right answers of each genre's clips [shape=(n_labels,)]."""
    right = judged.clip_posteriors(1.0).argmax(axis=2) == judged.clip_genres
    n_labels = len(judged.rows.labels)
    return np.array([right[:, judged.clip_genres == genre].mean() for genre in range(n_labels)])


def accuracy(judged: Judged, protocol: str) -> Accuracy:
    """Measure the share of clips that are right: the greatest of the mean posterior is its genre.

    Repeats are averaged; the interval is that of as many clips as there are, however many repeats.
    """
    right = judged.clip_posteriors(1.0).argmax(axis=2) == judged.clip_genres
    value, n = float(right.mean()), right.shape[1]
    low, high = wilson_interval(value, n)
    return Accuracy(
        value=value,
        low=low,
        high=high,
        n=n,
        unit="clips",
        macro=float(np.nanmean(recalls(judged))),
        protocol=protocol,
    )


def best_temperature(judged: Judged, doubt: float = 0.0) -> float:
    """Find the temperature of least log loss over the rows, weighed like in training.

    Guo et al., On Calibration of Modern Neural Networks, ICML 2017. Where few tracks are judged and
    all of them right, no temperature is too low: some doubt keeps it from that, as in Platt,
    Probabilistic Outputs for Support Vector Machines, 1999.

    Parameters
    ----------
    judged : Judged
    doubt : float in [0, 1)
        Share of each row that is taken to be of any genre.
    """

    def loss(log_temperature: float) -> float:
        return log_loss(judged, float(np.exp(log_temperature)), doubt)

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def log_loss(judged: Judged, temperature: float, doubt: float = 0.0) -> float:
    """Return the log loss over the rows, weighed like in training; doubt as above."""
    genres, weights = judged.rows.row_genre, row_weights(judged.rows)
    log_posteriors = log_softmax(judged.logits / temperature, axis=2)
    own = log_posteriors[:, np.arange(len(genres)), genres]
    hoped = (1 - doubt) * own + doubt * log_posteriors.mean(axis=2)
    return float(-(hoped @ weights).mean())


def calibration_error(judged: Judged, temperature: float) -> float:
    """Return the expected calibration error of the rows: ten bins of equal width, tracks equal."""
    posteriors = softmax(judged.logits / temperature, axis=2)
    right = posteriors.argmax(axis=2) == judged.rows.row_genre
    top = posteriors.max(axis=2)
    weights = np.broadcast_to(row_weights(judged.rows), top.shape)
    bins = np.minimum((top * _N_BINS).astype(int), _N_BINS - 1).ravel()
    gaps = np.bincount(bins, (weights * (top - right)).ravel(), _N_BINS)
    return float(np.abs(gaps).sum() / weights.sum())


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where to stop naming a genre, and what that is worth."""

    value: float
    """Least posterior to name a genre by."""
    precision: float
    """Share of the clips named that are right."""
    coverage: float
    """Share of the clips that are named."""


def unsure_threshold(
    judged: Judged, temperature: float, wanted: float, min_coverage: float = 0.1
) -> Threshold:
    """Find the least threshold on a clip's posterior above which the wanted share is right.

    Where none does that and still names ``min_coverage`` of the clips, the most precise of those
    that name as many is returned.
    """
    posteriors = judged.clip_posteriors(temperature)
    top = posteriors.max(axis=2).ravel()
    right = (posteriors.argmax(axis=2) == judged.clip_genres).ravel()
    order = np.argsort(-top, kind="stable")
    n_named = np.arange(1, len(top) + 1)
    precision = np.cumsum(right[order]) / n_named
    allowed = np.flatnonzero(n_named >= min_coverage * len(top))
    enough = allowed[precision[allowed] >= wanted]
    last = enough[-1] if len(enough) else allowed[precision[allowed].argmax()]
    return Threshold(
        float(top[order[last]]), float(precision[last]), float(n_named[last] / len(top))
    )
