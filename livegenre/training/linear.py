"""The head: a balanced multinomial logistic regression on embeddings, as strict as it must be."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from livegenre.arrays import FloatArray
from livegenre.training.dataset import Dataset, row_weights
from livegenre.training.measures import best_temperature, log_loss
from livegenre.training.validation import Judged

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1)
"""What C of scikit-learn may be, where each track weighs 1."""
USUAL_STRENGTH = 0.01
"""C where there are too few artists to find out."""
N_INNER_FOLDS = 3
NEVER = -30.0
"""Logit of a genre that was never heard in training."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Logits from rows of embeddings: ``row @ weights + bias``."""

    weights: NDArray[np.float64]
    """[shape=(n_features, n_outputs)]"""
    bias: NDArray[np.float64]
    """[shape=(n_outputs,)]"""

    def __call__(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the logits of rows [shape=(n_rows, n_outputs)]."""
        result: NDArray[np.float64] = rows.astype("f8") @ self.weights + self.bias
        return result


def fit_head(dataset: Dataset, seed: int) -> Linear:
    """Train a head, genres and in them tracks weighing the same.

    How strictly it is held back is chosen by artist-grouped cross-validation inside the dataset:
    whoever judges the head on other artists judges the choice, too.
    """
    return _fit(dataset, best_strength(dataset, seed))


def best_strength(dataset: Dataset, seed: int) -> float:
    """Return the C of least loss on artists held out, each at its best temperature."""
    artists, genres = dataset.artist[dataset.track], dataset.row_genre
    if min(len(np.unique(artists[genres == genre])) for genre in np.unique(genres)) < N_INNER_FOLDS:
        return USUAL_STRENGTH
    splitter = StratifiedGroupKFold(N_INNER_FOLDS, shuffle=True, random_state=seed)
    logits = np.empty((len(STRENGTHS), len(genres), len(dataset.labels)))
    for learnt, judged in splitter.split(genres, genres, groups=artists):
        lesson = dataset.of_rows(np.isin(np.arange(len(genres)), learnt))
        for number, strength in enumerate(STRENGTHS):
            logits[number, judged] = _fit(lesson, strength)(dataset.features[judged])
    losses = [_loss(Judged(each[np.newaxis], dataset)) for each in logits]
    return STRENGTHS[int(np.argmin(losses))]


def _loss(judged: Judged) -> float:
    return log_loss(judged, best_temperature(judged))


def _fit(dataset: Dataset, strength: float) -> Linear:
    mean, spread = dataset.features.mean(axis=0), dataset.features.std(axis=0)
    scale = np.where(spread < 1e-6, 1.0, spread)
    regression = LogisticRegression(C=strength, max_iter=300)
    with warnings.catch_warnings():
        # Steps that are left out are smaller than what other artists would change.
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression.fit(
            (dataset.features - mean) / scale, dataset.row_genre, sample_weight=row_weights(dataset)
        )
    weights, bias = regression.coef_.T.astype("f8"), regression.intercept_.astype("f8")
    if len(regression.classes_) == 2:  # of two, scikit-learn keeps one map alone
        weights, bias = np.hstack((0 * weights, weights)), np.append(0, bias)
    weights /= scale[:, np.newaxis]
    head = Linear(np.zeros((len(mean), len(dataset.labels))), np.full(len(dataset.labels), NEVER))
    head.weights[:, regression.classes_] = weights
    head.bias[regression.classes_] = bias - mean @ weights
    return head
