"""The networks as one ONNX graph that hears whole patches, or a stream step by step.

Front: the convolutions over the patch. Back: all else, which depends on where a frame lies in the
window, and can take over nothing from the window before.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper

from tools.musicnn.front_graph import add_front
from tools.musicnn.kept import MOVED, Kept, not_moved_yet
from tools.musicnn.nodes import Nodes, limit
from tools.musicnn.vgg import Vgg
from tools.musicnn.vgg_graph import add_vgg
from tools.musicnn.weights import Backbone, Layer

OPSET = 17
IR_VERSION = 9
N_MELS = 96
BATCH, N_FRAMES = "batch", "n_frames"
PATCH = "patch"


def build_model(
    backbones: Mapping[str, Backbone | Vgg], *, direct: bool = False
) -> onnx.ModelProto:
    """Put networks that share their input into one graph.

    Inputs: ``patch`` [batch, n_frames, 96], log10(1 + 10000 mel power), of at least 31 frames. And,
    optional and for a batch of one, what the window before in a stream gave: ``kept_X`` for each
    output ``keep_X``, and ``moved_on`` [1], int64, how many frames this patch begins later. What
    lies in both patches must be equal.

    Outputs: for each backbone, ``NAME_pooled``, maxima and then means over time of all channels
    that are alive, ``NAME_embedding`` [batch, 200] and ``NAME_logits`` [batch, 50]; for a VGG,
    ``NAME_pooled`` [batch, 256] and ``NAME_logits`` [batch, 50]; and every ``keep_X``.

    Parameters
    ----------
    backbones : mapping
        Name, the first part of the names of its outputs -> network.
    direct : bool
        Whether fronts convolve as ONNX Runtime does by itself, and keep nothing: for comparison.
    """
    nodes = Nodes()
    outputs: list[onnx.ValueInfoProto] = []
    musicnns = {name: net for name, net in backbones.items() if isinstance(net, Backbone)}
    kept, channels = (
        add_front(nodes, PATCH, list(musicnns.values()), direct=direct) if musicnns else ([], [])
    )
    for (name, backbone), own in zip(musicnns.items(), channels, strict=True):
        outputs += _back(nodes, name, own, backbone)
    for name, network in backbones.items():
        if isinstance(network, Vgg):
            pooled, logits, stages = add_vgg(nodes, name, PATCH, network)
            outputs.append(_value(pooled, BATCH, len(network.tag_weights)))
            outputs.append(_value(logits, BATCH, len(network.tag_bias)))
            kept += stages
    return _finish(nodes, outputs, kept)


def _back(nodes: Nodes, name: str, channels: str, backbone: Backbone) -> list[onnx.ValueInfoProto]:
    """Add all that lies behind the front's channels; return the outputs."""
    stages = [channels]
    for number, layer in enumerate(backbone.middle):
        convolved = limit(
            nodes,
            _convolve(nodes, channels, layer),
            layer.lower[:, np.newaxis],
            layer.upper[:, np.newaxis],
        )
        channels = nodes.add("Add", convolved, channels) if number else convolved
        stages.append(channels)
    stacked = nodes.add("Concat", *stages, axis=1)
    maxima, means = (
        nodes.add(operator, stacked, axes=[2], keepdims=0)
        for operator in ("ReduceMax", "ReduceMean")
    )
    pooled = nodes.add("Concat", maxima, means, output=f"{name}_pooled", axis=1)
    return [
        _value(pooled, BATCH, len(backbone.dense.weights)),
        *_dense(nodes, name, pooled, backbone),
    ]


def _dense(nodes: Nodes, name: str, pooled: str, backbone: Backbone) -> list[onnx.ValueInfoProto]:
    """Add embedding and logits; return them."""
    dense = backbone.dense
    linear = nodes.add("Gemm", pooled, nodes.constant(dense.weights), nodes.constant(dense.bias))
    embedding = nodes.add(
        "Identity", limit(nodes, linear, dense.lower, dense.upper), output=f"{name}_embedding"
    )
    tags = nodes.constant(backbone.tag_weights), nodes.constant(backbone.tag_bias)
    logits = nodes.add("Gemm", embedding, *tags, output=f"{name}_logits")
    return [
        _value(embedding, BATCH, len(dense.bias)),
        _value(logits, BATCH, len(backbone.tag_bias)),
    ]


def _convolve(nodes: Nodes, channels: str, layer: Layer) -> str:
    """Convolve over time, as over an image of one row, which ONNX Runtime does faster."""
    weights = layer.weights[:, :, np.newaxis]
    pads = [0, weights.shape[3] // 2] * 2
    row = nodes.add("Unsqueeze", channels, nodes.index(2))
    convolved = nodes.add(
        "Conv", row, nodes.constant(weights), nodes.constant(layer.bias), pads=pads
    )
    return nodes.add("Squeeze", convolved, nodes.index(2))


def _value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _finish(
    nodes: Nodes, outputs: Sequence[onnx.ValueInfoProto], kept: Sequence[Kept]
) -> onnx.ModelProto:
    moved = helper.make_tensor_value_info(MOVED, TensorProto.INT64, [1])
    graph = helper.make_graph(
        nodes.nodes,
        "musicnn",
        [_value(PATCH, BATCH, N_FRAMES, N_MELS), moved, *(each.input() for each in kept)],
        [*outputs, *(each.output() for each in kept)],
        [not_moved_yet(), *(each.nothing() for each in kept), *nodes.constants.values()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model
