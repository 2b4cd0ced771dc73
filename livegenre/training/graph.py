"""From a fitted pipeline to an ONNX graph: float32 ``features`` in, float32 ``logits`` out.

Inside it computes in float64, since in float32 scaling alone costs a kernel machine more than
the difference from scikit-learn that is let pass.
"""

import warnings
from typing import Any

import numpy as np
import onnx
import skl2onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.pipeline import Pipeline

from livegenre.card import CARD_KEY, ModelCard
from livegenre.training.dataset import IS_VARIANCE
from livegenre.training.estimators import LOWEST_PROBABILITY

_OPSET = 17


def build_graph(pipeline: Pipeline, card: ModelCard) -> Any:
    """Convert a pipeline of ``VarianceRoots``, scaler and classifier, and add its card.

    Returns
    -------
    onnx.ModelProto
        Logits are logarithms of the classifier's probabilities, so that their softmax is the
        posterior whatever the estimator.
    """
    n_features = len(IS_VARIANCE)
    model = _convert(pipeline[1:], n_features)
    graph = model.graph
    for node in reversed(_roots_nodes()):
        graph.node.insert(0, node)
    graph.node.extend(_logits_nodes(graph.output[1].name))
    graph.initializer.extend(
        [
            numpy_helper.from_array(IS_VARIANCE, "is_variance"),
            numpy_helper.from_array(np.array(LOWEST_PROBABILITY), "lowest_probability"),
        ]
    )
    del graph.input[:], graph.output[:]
    graph.input.append(_float_rows("features", n_features))
    graph.output.append(_float_rows("logits", len(card.labels)))
    # Takes along only what the logits need, which leaves the label behind.
    model = onnx.utils.Extractor(model).extract_model(["features"], ["logits"])
    helper.set_model_props(model, {CARD_KEY: card.to_json()})
    onnx.checker.check_model(model)
    return model


def _convert(pipeline: Pipeline, n_features: int) -> Any:
    with warnings.catch_warnings():
        # skl2onnx 1.20 reads probA_ of SVC, deprecated in scikit-learn 1.9.
        warnings.filterwarnings("ignore", "Attribute `prob._` was deprecated", FutureWarning)
        return skl2onnx.to_onnx(
            pipeline,
            initial_types=[("rows", DoubleTensorType([None, n_features]))],
            options={"zipmap": False},
            target_opset=_OPSET,
        )


def _roots_nodes() -> list[Any]:
    """Do as ``VarianceRoots`` does, from ``features`` to ``rows``."""
    return [
        helper.make_node("Cast", ["features"], ["wide"], to=TensorProto.DOUBLE),
        helper.make_node("Abs", ["wide"], ["magnitude"]),
        helper.make_node("Sqrt", ["magnitude"], ["root"]),
        helper.make_node("Where", ["is_variance", "root", "wide"], ["rows"]),
    ]


def _logits_nodes(probabilities: str) -> list[Any]:
    return [
        helper.make_node("Cast", [probabilities], ["wide_probabilities"], to=TensorProto.DOUBLE),
        helper.make_node("Max", ["wide_probabilities", "lowest_probability"], ["positive"]),
        helper.make_node("Log", ["positive"], ["wide_logits"]),
        helper.make_node("Cast", ["wide_logits"], ["logits"], to=TensorProto.FLOAT),
    ]


def _float_rows(name: str, n_columns: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", n_columns])
