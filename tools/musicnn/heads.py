"""The heads of the convolutional model: balanced logistic regressions on rows of embeddings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler

from livegenre.arrays import FloatArray
from tools.musicnn.model import Linear
from tools.training.dataset import Dataset, row_weights


def genre_fitter(
    strength: float, emphasis: NDArray[np.float64]
) -> Callable[[Dataset, int], Linear]:
    """Return what trains the genre head, for ``cross_validate`` and for good.

    Parameters
    ----------
    strength : float
        Inverse of the regularisation, > 0: scikit-learn's ``C`` for weights that sum to the
        number of tracks.
    emphasis : ndarray [shape=(n_tracks,)]
        How much each track counts beside others of its genre, > 0.
    """

    def fit(dataset: Dataset, seed: int) -> Linear:
        weights = row_weights(dataset) * emphasis[dataset.track]
        weights /= np.bincount(dataset.row_genre, weights)[dataset.row_genre]
        weights *= len(np.unique(dataset.track)) / weights.sum()
        return _fit(dataset.features, dataset.row_genre, weights, strength, len(dataset.labels))

    return fit


def emphasise(
    dataset: Dataset, is_first_set: NDArray[np.bool_], others: float
) -> NDArray[np.float64]:
    """Let no artist with many tracks drown the rest, and raise the sets after the first.

    Parameters
    ----------
    dataset : Dataset
    is_first_set : ndarray [shape=(n_rows,)]
        Rows of the set that most tracks are from.
    others : float
        How much more a track of any other set counts.

    Returns
    -------
    ndarray [shape=(n_tracks,)]
        Falls with the square root of how many tracks the artist has.
    """
    n_by_artist = np.bincount(dataset.artist)
    emphasis = (1 / np.sqrt(n_by_artist[dataset.artist])).astype(np.float64)
    emphasis[np.unique(dataset.track[~is_first_set])] *= others
    return emphasis


@dataclass(frozen=True, slots=True)
class Sounds:
    """Rows of what is music and what is not, each of a clip, each of a source."""

    features: FloatArray
    """[shape=(n_rows, n_features)]"""
    is_music: NDArray[np.bool_]
    """[shape=(n_rows,)]"""
    clip: NDArray[np.int64]
    """Number of each row's clip [shape=(n_rows,)]."""
    source: NDArray[np.str_]
    """Who or what made the sound: never on both sides of a split [shape=(n_rows,)]."""
    label: NDArray[np.str_]
    """Kind of sound, for the report: speech, effects, a genre, ... [shape=(n_rows,)]."""


def fit_not_music(sounds: Sounds, strength: float) -> Linear:
    """Train the head that tells what is not music: music and the rest weigh the same."""
    two = _fit(sounds.features, ~sounds.is_music, _clip_weights(sounds), strength, 2)
    return Linear(two.weights[:, 1:] - two.weights[:, :1], two.bias[1:] - two.bias[:1])


def judge_not_music(
    sounds: Sounds, strength: float, n_folds: int, seed: int
) -> NDArray[np.float64]:
    """Return the probability of each row of not being music, by heads that never heard its source.

    Returns
    -------
    ndarray [shape=(n_rows,)]
    """
    probability = np.empty(len(sounds.clip))
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(sounds.features, sounds.is_music, groups=sounds.source):
        part = Sounds(
            *(
                values[train]
                for values in (
                    sounds.features,
                    sounds.is_music,
                    sounds.clip,
                    sounds.source,
                    sounds.label,
                )
            )
        )
        logit = fit_not_music(part, strength)(sounds.features[test])[:, 0]
        probability[test] = 1 / (1 + np.exp(-logit))
    return probability


def _clip_weights(sounds: Sounds) -> NDArray[np.float64]:
    """Weigh both kinds the same, and in each every clip; sums to the number of clips."""
    weights = 1 / np.bincount(sounds.clip)[sounds.clip]
    for kind in (True, False):
        chosen = sounds.is_music == kind
        weights[chosen] *= len(np.unique(sounds.clip)) / 2 / weights[chosen].sum()
    return weights


def _fit(
    features: FloatArray,
    classes: NDArray[np.generic],
    weights: NDArray[np.float64],
    strength: float,
    n_classes: int,
) -> Linear:
    """Fit scaler and classifier and fold the one into the other."""
    scaler = StandardScaler().fit(features.astype("f8"), sample_weight=weights)
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(scaler.transform(features.astype("f8")), classes, sample_weight=weights)
    coefficients, intercept = model.coef_, model.intercept_
    if len(coefficients) == 1:
        coefficients = np.vstack((-coefficients / 2, coefficients / 2))
        intercept = np.array((-intercept[0] / 2, intercept[0] / 2))
    weights_in = np.zeros((features.shape[1], n_classes))
    bias = np.full(n_classes, -30.0)  # a class that was never heard
    known = model.classes_.astype(int)
    weights_in[:, known] = (coefficients / scaler.scale_).T
    bias[known] = intercept - (scaler.mean_ / scaler.scale_) @ coefficients.T
    return Linear(weights_in, bias)
