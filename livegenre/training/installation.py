"""Puts a model file in its place only after it has answered as the trained pipeline does."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.pipeline import Pipeline

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.errors import LivegenreError
from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import windows
from livegenre.training.estimators import logits

TOLERANCE = 1e-5
"""Largest difference between posteriors that is let pass."""
GOLDEN_SIGNALS = ("tone:220", "sweep", "noise:pink")


class ExportError(LivegenreError):
    """The exported model is not the trained one."""


def golden_features(spec: FeatureSpec) -> FloatArray:
    """Return each golden signal's first full window [shape=(n_signals, n_features)]."""
    return np.stack([_first_full_window(signal, spec) for signal in GOLDEN_SIGNALS])


def _first_full_window(signal: str, spec: FeatureSpec) -> FloatArray:
    with open_source(ReplayOptions(spec=signal, speed=math.inf)) as source:
        return next(
            window.features
            for _, window in windows(source, create_extractor(spec))
            if window.n_frames == spec.window_frames
        )


def posteriors(
    pipeline: Pipeline, features: FloatArray, n_labels: int, temperature: float
) -> NDArray[np.float64]:
    """Return what scikit-learn makes of rows [shape=(n_rows, n_labels)], each summing to 1."""
    scaled = logits(pipeline, features, n_labels) / temperature
    result: NDArray[np.float64] = softmax(scaled, axis=1)
    return result


def prove_golden(classifier: Classifier) -> None:
    """See that a model gives the posteriors that its card has for the golden signals.

    Raises
    ------
    ExportError
        If it does not, for all at once or one by one.
    """
    features = golden_features(classifier.card.features)
    expected = np.array([classifier.card.golden[signal] for signal in GOLDEN_SIGNALS])
    together = classifier.judge(features).posterior
    require_equal(together, expected, "golden signals")
    require_equal(together.sum(axis=1), np.ones(len(features)), "golden signals: sum")
    alone = np.concatenate([classifier.judge(row[None]).posterior for row in features])
    require_equal(alone, together, "golden signals: one by one or all at once")


def install(model: Any, path: Path, prove: Callable[[Classifier], None] = prove_golden) -> None:
    """Write a model file, reload it, and move it to its place if it proves sound.

    Parameters
    ----------
    model : onnx.ModelProto
        With its card.
    path : Path
        Where to put it; what is there stays untouched if the new one is refused.
    prove : callable
        Raises if the model that was read back does not answer as it should.

    Raises
    ------
    ExportError
        If it does not.
    ModelError
        If the file cannot be loaded.
    """
    unproven = path.with_suffix(".unproven.onnx")
    try:
        onnx.save(model, unproven)
        prove(Classifier.load(unproven))
        unproven.replace(path)
    finally:
        unproven.unlink(missing_ok=True)


def prove_pipeline(classifier: Classifier, pipeline: Pipeline, features: FloatArray) -> None:
    """See that a model answers as the pipeline that it was made from.

    Parameters
    ----------
    classifier : Classifier
    pipeline : Pipeline
    features : ndarray [shape=(n_rows, n_features)], float32
        Rows it was trained on.

    Raises
    ------
    ExportError
        If scikit-learn and ONNX Runtime disagree, on these rows or on golden signals.
    """
    card = classifier.card
    trained = posteriors(pipeline, features, len(card.labels), card.temperature)
    require_equal(classifier.judge(features).posterior, trained, "training rows")
    prove_golden(classifier)


def require_equal(found: Any, expected: Any, what: str) -> None:
    """Refuse what differs by more than ``TOLERANCE``.

    Raises
    ------
    ExportError
        If it does, or is no number.
    """
    difference = np.abs(np.asarray(found, np.float64) - expected).max()
    if not difference <= TOLERANCE:  # also true of NaN
        raise ExportError(
            f"refused: {what}: ONNX Runtime and what was trained differ by {difference:.1e}, "
            f"more than {TOLERANCE:.0e}"
        )
