"""The networks as one ONNX graph that hears whole patches, or a stream step by step.

Front: the timbral convolutions, which see three frames either way, so that what they gave can be
kept from step to step. Back: all else, which depends on where a frame lies in the window.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tools.musicnn.nodes import Nodes
from tools.musicnn.vgg import Vgg
from tools.musicnn.vgg_graph import add_vgg
from tools.musicnn.weights import Backbone, Layer

OPSET = 17
IR_VERSION = 9
N_MELS = 96
CONTEXT = 3
"""Frames that a timbral convolution sees before, and after, the frame that it is about."""
BATCH, N_FRAMES = "batch", "n_frames"
PATCH, CACHED, TIMBRAL = "patch", "cached", "timbral"


def build_model(backbones: Mapping[str, Backbone | Vgg]) -> onnx.ModelProto:
    """Put networks that share their input into one graph.

    Inputs: ``patch`` [batch, n_frames, 96], log10(1 + 10000 mel power), of at least 6 frames. And,
    optional, ``cached`` [batch, n_channels, n_cached]: columns of the ``timbral`` that an earlier
    window gave, for the frames of this one from the fourth on, at most n_frames - 6 of them.

    Outputs: ``timbral`` [batch, n_channels, n_frames]; and for each backbone ``NAME_pooled``,
    maxima and then means over time of all channels that are alive, ``NAME_embedding`` [batch, 200]
    and ``NAME_logits`` [batch, 50]. For a VGG, which keeps nothing, they are ``NAME_pooled``
    [batch, 256] and ``NAME_logits`` [batch, 50]; where no backbone is, neither is ``timbral``.

    For a window n frames later, ``cached`` is ``timbral[:, :, n + 3 : -3]``; the frames at both
    ends are made anew, since they saw silence where they now have neighbours, or the reverse.

    Parameters
    ----------
    backbones : mapping
        Name, the first part of the names of its outputs -> network.
    """
    nodes = Nodes()
    cacheable = {name: net for name, net in backbones.items() if isinstance(net, Backbone)}
    n_channels = [sum(len(layer.bias) for layer in net.timbral) for net in cacheable.values()]
    outputs = _cacheable(nodes, cacheable, n_channels) if cacheable else []
    for name, network in backbones.items():
        if isinstance(network, Vgg):
            pooled, logits = add_vgg(nodes, name, PATCH, network)
            outputs.append(_value(pooled, BATCH, len(network.tag_weights)))
            outputs.append(_value(logits, BATCH, len(network.tag_bias)))
    return _finish(nodes, outputs, sum(n_channels))


def _cacheable(
    nodes: Nodes, backbones: Mapping[str, Backbone], n_channels: Sequence[int]
) -> list[onnx.ValueInfoProto]:
    """Add the networks that go on from what was kept; return their outputs."""
    outputs = [_value(TIMBRAL, BATCH, sum(n_channels), N_FRAMES)]
    timbral = []
    for (name, backbone), cached in zip(
        backbones.items(), _split_cached(nodes, n_channels), strict=True
    ):
        moved = nodes.add("Add", PATCH, nodes.constant(backbone.offset))
        image = nodes.add("Unsqueeze", moved, nodes.index(1))
        timbral.append(_front(nodes, image, cached, backbone))
        outputs += _back(nodes, name, image, timbral[-1], backbone)
    nodes.add("Concat", *timbral, output=TIMBRAL, axis=1)
    return outputs


def _split_cached(nodes: Nodes, n_channels: Sequence[int]) -> list[str]:
    """Share the cached columns out; the default, for a batch of one, is made to fit any."""
    batch = nodes.add("Shape", PATCH, end=1)
    columns = nodes.add("Expand", CACHED, nodes.add("Concat", batch, nodes.index(1, 1), axis=0))
    names = [f"{CACHED}_{number}" for number in range(len(n_channels))]
    split = helper.make_node("Split", [columns, nodes.index(*n_channels)], names, axis=1)
    nodes.nodes.append(split)
    return names


def _front(nodes: Nodes, image: str, cached: str, backbone: Backbone) -> str:
    """Return the timbral channels of all frames, of which those cached are not computed."""
    to_the_end = nodes.index(np.iinfo(np.int64).max)
    n_cached = nodes.add("Shape", cached, start=2)
    head = nodes.add("Slice", image, nodes.index(0), nodes.index(2 * CONTEXT), nodes.index(2))
    tail = nodes.add("Slice", image, n_cached, to_the_end, nodes.index(2))
    columns = (
        _over_bands(nodes, head, backbone.timbral, before=CONTEXT, after=0),
        cached,
        _over_bands(nodes, tail, backbone.timbral, before=0, after=CONTEXT),
    )
    return nodes.add("Concat", *columns, axis=2)


def _back(
    nodes: Nodes, name: str, image: str, timbral: str, backbone: Backbone
) -> list[onnx.ValueInfoProto]:
    """Add all that lies behind the timbral channels; return the outputs."""
    temporal = [
        _over_bands(nodes, image, [layer], before=(n_taps - 1) // 2, after=n_taps // 2)
        for layer in backbone.temporal
        for n_taps in [layer.weights.shape[2]]
    ]
    channels = nodes.add("Concat", timbral, *temporal, axis=1)
    stages = [channels]
    for number, layer in enumerate(backbone.middle):
        convolved = _limit(nodes, _convolve(nodes, channels, layer, [3, 3]), layer)
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
    lower, upper = nodes.constant(dense.lower), nodes.constant(dense.upper)
    linear = nodes.add("Gemm", pooled, nodes.constant(dense.weights), nodes.constant(dense.bias))
    raised = nodes.add("Max", linear, lower)
    embedding = nodes.add("Min", raised, upper, output=f"{name}_embedding")
    tags = nodes.constant(backbone.tag_weights), nodes.constant(backbone.tag_bias)
    logits = nodes.add("Gemm", embedding, *tags, output=f"{name}_logits")
    return [
        _value(embedding, BATCH, len(dense.bias)),
        _value(logits, BATCH, len(backbone.tag_bias)),
    ]


def _over_bands(
    nodes: Nodes, image: str, layers: Sequence[Layer], *, before: int, after: int
) -> str:
    """Return the maxima over frequency of convolutions, padded in time alone."""
    channels = [
        _limit(nodes, nodes.add("ReduceMax", convolved, axes=[3], keepdims=0), layer)
        for layer in layers
        for convolved in [_convolve(nodes, image, layer, [before, 0, after, 0])]
    ]
    return nodes.add("Concat", *channels, axis=1)


def _convolve(nodes: Nodes, image: str, layer: Layer, pads: list[int]) -> str:
    weights, bias = nodes.constant(layer.weights), nodes.constant(layer.bias)
    return nodes.add("Conv", image, weights, bias, pads=pads)


def _limit(nodes: Nodes, channels: str, layer: Layer) -> str:
    """Do what is left of ReLU and batch normalisation [batch, n_channels, n_frames]."""
    lower, upper = (nodes.constant(limit[:, np.newaxis]) for limit in (layer.lower, layer.upper))
    return nodes.add("Min", nodes.add("Max", channels, lower), upper)


def _value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _finish(nodes: Nodes, outputs: list[onnx.ValueInfoProto], n_cacheable: int) -> onnx.ModelProto:
    inputs = [_value(PATCH, BATCH, N_FRAMES, N_MELS)]
    constants = list(nodes.constants.values())
    if n_cacheable:
        nothing_cached = np.empty((1, n_cacheable, 0), np.float32)
        inputs.append(_value(CACHED, "cached_batch", n_cacheable, "n_cached"))
        constants.insert(0, numpy_helper.from_array(nothing_cached, CACHED))
    graph = helper.make_graph(nodes.nodes, "musicnn", inputs, outputs, constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model
