"""The estimators to choose from, each a scikit-learn pipeline, and how they are fitted."""

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from livegenre.arrays import FloatArray
from livegenre.features.statistics import STATISTICS_FEATURES
from livegenre.training.dataset import IS_VARIANCE, Dataset, row_weights
from livegenre.training.validation import Scorer

GAIN_DB = (-12.0, 5.0)
"""Range of the gains that training adds: a microphone is seldom as loud as a record."""
LOWEST_PROBABILITY = 1e-8
"""Probabilities are raised to it before their logarithm is taken."""


class VarianceRoots(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Turn variances into standard deviations, which are less skewed; leave means alone."""

    def fit(self, features: NDArray[np.float64], labels: object = None) -> Self:
        """Learn nothing but the number of features."""
        self.n_features_in_ = features.shape[1]
        return self

    def transform(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the features [shape=(n_rows, n_features)] with the roots in place."""
        return np.where(IS_VARIANCE, np.sqrt(np.abs(features)), features)


ESTIMATORS: Mapping[str, Callable[[int], Any]] = MappingProxyType(
    {
        "logreg": lambda seed: LogisticRegression(C=0.5, max_iter=1000),
        "svm": lambda seed: CalibratedClassifierCV(SVC(C=30.0, gamma=0.005), cv=3, ensemble=False),
        "mlp": lambda seed: MLPClassifier(
            (256, 128, 64), alpha=3.0, learning_rate_init=5e-4, max_iter=25, random_state=seed
        ),
        "ann": lambda seed: MLPClassifier(
            (512, 256, 64), learning_rate_init=1e-4, max_iter=50, random_state=seed
        ),
        "knn": lambda seed: KNeighborsClassifier(15),
        "forest": lambda seed: RandomForestClassifier(
            200, min_samples_leaf=5, max_features=0.3, random_state=seed
        ),
    }
)
"""Classifiers by the name that ``--estimator`` takes, each made from a seed.

``ann`` is the network that most tutorials on GTZAN's tables build, as they build it.
"""
WEIGHTED = frozenset({"logreg", "forest"})
"""Those that take weights as they are; to the others, weights would be a second regularisation."""
MOST_ROWS: Mapping[str, int] = MappingProxyType({"svm": 6_000})
"""Rows for an estimator whose cost grows with their square."""


def train(name: str, dataset: Dataset, seed: int) -> Pipeline:
    """Fit scaler and classifier, every genre and in it every track weighing the same.

    Each row is there twice, once at a random gain. Estimators that are not ``WEIGHTED`` are given
    rows drawn by weight.
    """
    rng = np.random.default_rng(seed)
    features = np.concatenate([dataset.features, with_random_gain(dataset.features, rng)])
    genres = np.tile(dataset.row_genre, 2)
    weights = np.tile(row_weights(dataset) / 2, 2)
    classifier = ESTIMATORS[name](seed)
    pipeline = Pipeline(
        [("roots", VarianceRoots()), ("scaler", StandardScaler()), ("classifier", classifier)]
    )
    with warnings.catch_warnings():
        # The perceptron's few passes are its regularisation, not an oversight.
        warnings.simplefilter("ignore", ConvergenceWarning)
        if name in WEIGHTED:
            return pipeline.fit(features.astype("f8"), genres, classifier__sample_weight=weights)
        n_rows = min(len(weights), MOST_ROWS.get(name, len(weights)))
        drawn = _drawn(weights, n_rows, rng)
        if isinstance(classifier, KNeighborsClassifier):
            classifier.n_neighbors = min(classifier.n_neighbors, n_rows)
        return pipeline.fit(features[drawn].astype("f8"), genres[drawn])


def _drawn(weights: NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw ``n`` rows, each as often as its weight says but for less than one."""
    places = (np.arange(n) + rng.random()) / n
    shares = np.cumsum(weights / weights.sum())
    return rng.permutation(np.minimum(np.searchsorted(shares, places), len(weights) - 1))


def typical(pipeline: Pipeline) -> list[float]:
    """Return the features of a window that the scaler takes for the average one."""
    means = pipeline["scaler"].mean_
    features: list[float] = np.where(IS_VARIANCE, means**2, means).tolist()
    return features


def fitter(name: str) -> Callable[[Dataset, int], Scorer]:
    """Return what trains an estimator, for ``cross_validate``."""

    def fit(dataset: Dataset, seed: int) -> Scorer:
        pipeline = train(name, dataset, seed)
        return lambda features: logits(pipeline, features, len(dataset.labels))

    return fit


def with_random_gain(features: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the features that the same sound would have at other gains, one gain a row.

    Gain g scales the RMS by g and its variance by g**2, and adds 20 log10(g) to all mel bands,
    which the orthonormal DCT of n_mels = 128 gathers in the first MFCC. All else is free of it.
    """
    gain_db = rng.uniform(*GAIN_DB, len(features))
    changed = features.copy()
    changed[:, STATISTICS_FEATURES.index("rms_mean")] *= 10 ** (gain_db / 20)
    changed[:, STATISTICS_FEATURES.index("rms_var")] *= 10 ** (gain_db / 10)
    changed[:, STATISTICS_FEATURES.index("mfcc1_mean")] += gain_db * np.sqrt(128)
    return changed


def logits(pipeline: Pipeline, features: FloatArray, n_labels: int) -> NDArray[np.float64]:
    """Return log probabilities [shape=(n_rows, n_labels)], very low for genres never trained."""
    probabilities = np.zeros((len(features), n_labels))
    probabilities[:, pipeline.classes_] = pipeline.predict_proba(features.astype("f8"))
    return np.log(np.clip(probabilities, LOWEST_PROBABILITY, 1.0))
