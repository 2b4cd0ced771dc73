"""The convolutional model: leveller, backbones and linear heads as one graph with its card."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import compose, helper, numpy_helper

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, ModelCard
from tools.musicnn.graph import BATCH, IR_VERSION, OPSET, PATCH
from tools.musicnn.level import SOUND, build_leveller

EMBEDDED = ("msd_embedding", "msd_logits", "mtt_embedding", "mtt_logits")
"""Outputs of the backbones that the heads stand on, in order."""
WIDTHS = (200, 50, 200, 50)
ROW = "row"


@dataclass(frozen=True, slots=True)
class Linear:
    """Logits from rows of embeddings: ``row @ weights + bias``."""

    weights: NDArray[np.float64]
    """[shape=(500, n_outputs)]"""
    bias: NDArray[np.float64]
    """[shape=(n_outputs,)]"""

    def __call__(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the logits of rows [shape=(n_rows, n_outputs)]."""
        result: NDArray[np.float64] = rows.astype("f8") @ self.weights + self.bias
        return result


def build_embedder(backbones: onnx.ModelProto) -> onnx.ModelProto:
    """Return a graph from ``sound`` [batch, n_frames, 96] to ``row`` [batch, 500]."""
    merged = compose.merge_models(build_leveller(), backbones, io_map=[(PATCH, PATCH)])
    joined = compose.merge_models(
        merged, _join(), io_map=[(name, f"part_{name}") for name in EMBEDDED]
    )
    return _keep_outputs(joined, [ROW])


def build_cnn(
    backbones: onnx.ModelProto, genres: Linear, not_music: Linear, card: ModelCard
) -> onnx.ModelProto:
    """Return the whole model: ``logits``, ``not_music`` and, of the MSD network, ``tags``."""
    merged = compose.merge_models(build_leveller(), backbones, io_map=[(PATCH, PATCH)])
    wired = [(name, f"part_{name}") for name in EMBEDDED]
    whole = compose.merge_models(merged, _heads(genres, not_music), io_map=wired)
    model = _keep_outputs(whole, ["logits", "not_music", "tags"])
    notice = next(p.value for p in backbones.metadata_props if p.key == "licence")
    helper.set_model_props(model, {CARD_KEY: card.to_json(), "musicnn_licence": notice})
    onnx.checker.check_model(model, full_check=True)
    return model


def _join() -> onnx.ModelProto:
    parts = [f"part_{name}" for name in EMBEDDED]
    return _graph([helper.make_node("Concat", parts, [ROW], axis=1)], [(ROW, sum(WIDTHS))], [])


def _heads(genres: Linear, not_music: Linear) -> onnx.ModelProto:
    parts = [f"part_{name}" for name in EMBEDDED]
    nodes = [
        helper.make_node("Concat", parts, [ROW], axis=1),
        helper.make_node("Gemm", [ROW, "genre_weights", "genre_bias"], ["logits"]),
        helper.make_node("Gemm", [ROW, "music_weights", "music_bias"], ["not_music"]),
        helper.make_node("Identity", ["part_msd_logits"], ["tags"]),
    ]
    constants = {
        "genre_weights": genres.weights,
        "genre_bias": genres.bias,
        "music_weights": not_music.weights,
        "music_bias": not_music.bias,
    }
    outputs = [("logits", len(genres.bias)), ("not_music", 1), ("tags", WIDTHS[1])]
    tensors = [
        numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()
    ]
    return _graph(nodes, outputs, tensors)


def _graph(
    nodes: Sequence[onnx.NodeProto],
    outputs: Sequence[tuple[str, int]],
    tensors: Sequence[onnx.TensorProto],
) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(f"part_{name}", onnx.TensorProto.FLOAT, [BATCH, width])
        for name, width in zip(EMBEDDED, WIDTHS, strict=True)
    ]
    values = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [BATCH, width])
        for name, width in outputs
    ]
    graph = helper.make_graph(nodes, "heads", inputs, values, tensors)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )


def _keep_outputs(model: onnx.ModelProto, names: Sequence[str]) -> onnx.ModelProto:
    """Drop all that these outputs do not need."""
    inputs = [value.name for value in model.graph.input if value.name == SOUND]
    return onnx.utils.Extractor(model).extract_model(inputs, list(names))
