"""The VGG as a part of the graph.

Of its patch of 187 frames it sees only the first 161, and 94 of the 96 bands: what the last pooling
leaves over, no output depends on. Only that much is computed.
"""

import numpy as np

from tools.musicnn.nodes import Nodes
from tools.musicnn.vgg import Vgg
from tools.musicnn.weights import Layer

POOLS = ((4, 1), (1, 4), (2, 2), (2, 2), (4, 4))
"""Frames and bands of the maxima, which do not overlap.

So in the graph published with MSD_vgg's checkpoint, in which it was trained. The published source
has those of MTT_vgg's; as many values are left in the end, so that no shape tells them apart.
"""
POOLED = (2, 1)
"""What is left in the end of frames and bands."""


def add_vgg(nodes: Nodes, name: str, patch: str, vgg: Vgg) -> tuple[str, str]:
    """Add the network; return the names of the pooled channels and the logits.

    A patch that is shorter than the network's is repeated, as ``np.resize`` does; of a longer one,
    the first frames are heard.
    """
    n_frames, n_bands = (_seen(axis) for axis in (0, 1))
    frames = nodes.add(
        "Mod", nodes.index(*range(n_frames)), nodes.add("Shape", patch, start=1, end=2)
    )
    filled = nodes.add("Gather", patch, frames, axis=1)
    seen = nodes.add("Slice", filled, nodes.index(0), nodes.index(n_bands), nodes.index(2))
    channels = nodes.add(
        "Unsqueeze", nodes.add("Add", seen, nodes.constant(vgg.offset)), nodes.index(1)
    )
    for layer, size in zip(vgg.convolutions, POOLS, strict=True):
        channels = _stage(nodes, channels, layer, size)
    last = nodes.add("Transpose", channels, perm=[0, 2, 3, 1])
    pooled = nodes.add("Flatten", last, output=f"{name}_pooled")
    tags = nodes.constant(vgg.tag_weights), nodes.constant(vgg.tag_bias)
    return pooled, nodes.add("Gemm", pooled, *tags, output=f"{name}_logits")


def _seen(axis: int) -> int:
    """Return how many frames (axis 0) or bands (axis 1) what is left in the end depends on."""
    n_seen = POOLED[axis]
    for size in reversed(POOLS):
        n_seen = n_seen * size[axis] + 1
    return n_seen


def _stage(nodes: Nodes, channels: str, layer: Layer, size: tuple[int, int]) -> str:
    """Convolve, padded at the start alone, and take maxima.

    They may be taken before the limits, since these are monotone.
    """
    weights, bias = nodes.constant(layer.weights), nodes.constant(layer.bias)
    convolved = nodes.add("Conv", channels, weights, bias, pads=[1, 1, 0, 0])
    maxima = nodes.add("MaxPool", convolved, kernel_shape=size, strides=size)
    lower, upper = (
        nodes.constant(limit[:, np.newaxis, np.newaxis]) for limit in (layer.lower, layer.upper)
    )
    return nodes.add("Min", nodes.add("Max", maxima, lower), upper)
