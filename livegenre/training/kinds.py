"""What can be trained: each kind of estimator, what it hears, and how it becomes a model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from livegenre.arrays import FloatArray
from livegenre.card import ModelCard
from livegenre.classifier import model_path
from livegenre.features.base import FeatureSpec
from livegenre.training.backbone import Backbone, embedder
from livegenre.training.dataset import Dataset
from livegenre.training.estimators import ESTIMATORS, logits, train, typical
from livegenre.training.graph import build_graph
from livegenre.training.hearing import BACKBONE, STATISTICS, Heard
from livegenre.training.linear import Linear, fit_head
from livegenre.training.model import build_model
from livegenre.training.patches import fit_small_cnn

OWN = "backbone"
"""The kind that is trained unless another is asked for."""
NETWORK = "small-cnn"
"""The kind that needs PyTorch."""


class Fitted(Protocol):
    """What was trained."""

    def __call__(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the logits of rows [shape=(n_rows, n_labels)]."""

    def of_windows(self, features: FloatArray) -> NDArray[np.float64]:
        """Return the logits of what the extractor makes of windows."""

    def complete(self, card: ModelCard) -> ModelCard:
        """Add to a card what this kind of model can tell."""

    def build(self, card: ModelCard) -> onnx.ModelProto:
        """Return the model."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of estimator."""

    rows: Callable[[Heard], FloatArray]
    """What it learns from, of a track."""
    fit: Callable[[Dataset, int], Fitted]
    """Trains, with a seed."""
    spec: Callable[[], FeatureSpec]
    """What the model is to hear."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head on the networks of the bundled model."""

    linear: Linear

    def __call__(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the logits of embeddings."""
        return self.linear(rows)

    def of_windows(self, features: FloatArray) -> NDArray[np.float64]:
        """Return the logits of patches."""
        return self.linear(embedder(_networks())(features))

    def complete(self, card: ModelCard) -> ModelCard:
        """Add what the other heads say."""
        bundled = Backbone.load(_networks()).card
        return replace(card, not_music_threshold=bundled.not_music_threshold, tags=bundled.tags)

    def build(self, card: ModelCard) -> onnx.ModelProto:
        """Return networks and heads."""
        return build_model(Backbone.load(_networks()), self.linear, card)


@dataclass(frozen=True, slots=True)
class Classic:
    """A pipeline on the classic statistics."""

    pipeline: Pipeline
    n_labels: int

    def __call__(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the logits of rows of statistics."""
        return logits(self.pipeline, rows, self.n_labels)

    def of_windows(self, features: FloatArray) -> NDArray[np.float64]:
        """Return the same, since windows are rows here."""
        return self(features)

    def complete(self, card: ModelCard) -> ModelCard:
        """Add the average window."""
        return replace(card, typical=tuple(typical(self.pipeline)))

    def build(self, card: ModelCard) -> onnx.ModelProto:
        """Return the pipeline as a graph."""
        model: onnx.ModelProto = build_graph(self.pipeline, card)
        return model


def _networks() -> Path:
    return model_path(BACKBONE)


def _fit_classic(name: str, dataset: Dataset, seed: int) -> Fitted:
    return Classic(train(name, dataset, seed), len(dataset.labels))


def _statistics(heard: Heard) -> FloatArray:
    return heard.more["statistics"]


def _hears_patches() -> FeatureSpec:
    return embedder(_networks()).spec


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        OWN: Kind(
            lambda heard: heard.rows,
            lambda dataset, seed: Head(fit_head(dataset, seed)),
            _hears_patches,
        ),
        **{
            name: Kind(_statistics, partial(_fit_classic, name), lambda: STATISTICS)
            for name in ESTIMATORS
        },
        NETWORK: Kind(lambda heard: heard.more["patches"], fit_small_cnn, _hears_patches),
    }
)
"""All kinds by the name that ``--estimator`` takes."""
