"""The convolutional model: leveller, backbones and linear heads as one graph with its card."""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import compose, helper, numpy_helper

from livegenre.card import CARD_KEY, ModelCard
from livegenre.contract import KEEP
from livegenre.training.installation import ExportError
from livegenre.training.linear import Linear
from tools.musicnn.graph import BATCH, IR_VERSION, OPSET
from tools.musicnn.heads import Heads
from tools.musicnn.level import SOUND, levelled

EMBEDDED = (
    "msd_embedding",
    "msd_logits",
    "mtt_embedding",
    "mtt_logits",
    "vgg_logits",
    "vgg_pooled",
)
"""Outputs of the backbones that the heads stand on, in order."""
WIDTHS = (200, 50, 200, 50, 50, 256)
FIRST_TAGS = (sum(WIDTHS[:1]), sum(WIDTHS[:4]))
"""Features of a row that are the logit of the first Last.fm tag, by two of the networks."""
ROW = "row"


def build_embedder(backbones: onnx.ModelProto) -> onnx.ModelProto:
    """Return a graph from ``sound`` [batch, n_frames, 96] to ``row`` [batch, 806]."""
    wired = [(name, f"part_{name}") for name in EMBEDDED]
    joined = compose.merge_models(levelled(backbones), _join(), io_map=wired)
    return only(joined, [SOUND], [ROW])


def build_cnn(
    backbones: onnx.ModelProto, heads: Heads, temperature: float, card: ModelCard
) -> onnx.ModelProto:
    """Return the whole model: ``logits``, ``not_music`` and, of the MSD network, ``tags``.

    Parameters
    ----------
    backbones : onnx.ModelProto
    heads : Heads
    temperature : float > 0
        Of the genres and other music; what is given as ``logits`` are log posteriors.
    card : ModelCard
    """
    wired = [(name, f"part_{name}") for name in EMBEDDED]
    front = levelled(backbones)
    whole = compose.merge_models(front, _head_graph(heads, temperature), io_map=wired)
    inputs = [value.name for value in front.graph.input]
    kept = [value.name for value in front.graph.output if value.name.startswith(KEEP)]
    model = only(whole, inputs, ["logits", "not_music", "tags", *kept])
    notice = next(p.value for p in backbones.metadata_props if p.key == "licence")
    helper.set_model_props(model, {CARD_KEY: card.to_json(), "musicnn_licence": notice})
    onnx.checker.check_model(model, full_check=True)
    return model


def heads_of(cnn: onnx.ModelProto) -> Heads:
    """Take the heads out of a whole model, their temperature folded in.

    Raises
    ------
    ExportError
        If it has none.
    """
    constants = {
        tensor.name: numpy_helper.to_array(tensor).astype("f8") for tensor in cnn.graph.initializer
    }
    try:
        genres, not_music = (
            Linear(constants[f"{name}_weights"], constants[f"{name}_bias"])
            for name in ("genre", "music")
        )
    except KeyError as error:
        raise ExportError(f"the model has no {error}: train_cnn.py did not write it") from error
    return Heads(genres, not_music)


def _join() -> onnx.ModelProto:
    parts = [f"part_{name}" for name in EMBEDDED]
    return _graph([helper.make_node("Concat", parts, [ROW], axis=1)], [(ROW, sum(WIDTHS))], [])


def _head_graph(heads: Heads, temperature: float) -> onnx.ModelProto:
    """Do what ``spread_other`` does behind the genre head, and leave the other head's logit."""
    parts = [f"part_{name}" for name in EMBEDDED]
    nodes = [
        helper.make_node("Concat", parts, [ROW], axis=1),
        helper.make_node("Gemm", [ROW, "genre_weights", "genre_bias"], ["scaled"]),
        helper.make_node("Softmax", ["scaled"], ["shares"], axis=1),
        helper.make_node("MatMul", ["shares", "spread"], ["posterior"]),
        helper.make_node("Log", ["posterior"], ["logits"]),
        helper.make_node("Gemm", [ROW, "music_weights", "music_bias"], ["not_music"]),
        helper.make_node("Identity", ["part_msd_logits"], ["tags"]),
    ]
    n_genres = len(heads.genres.bias) - 1
    constants = {
        "genre_weights": heads.genres.weights / temperature,
        "genre_bias": heads.genres.bias / temperature,
        "spread": np.vstack((np.eye(n_genres), np.full(n_genres, 1 / n_genres))),
        "music_weights": heads.not_music.weights,
        "music_bias": heads.not_music.bias,
    }
    outputs = [("logits", n_genres), ("not_music", 1), ("tags", WIDTHS[1])]
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


def only(model: onnx.ModelProto, inputs: Sequence[str], outputs: Sequence[str]) -> onnx.ModelProto:
    """Drop all that these outputs do not need; what else was an input is a constant then."""
    return onnx.utils.Extractor(model).extract_model(list(inputs), list(outputs))
