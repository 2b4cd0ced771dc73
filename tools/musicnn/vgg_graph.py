"""The VGG as a part of the graph.

Of its patch of 187 frames it sees only the first 161, and 94 of the 96 bands: what the last pooling
leaves over, no output depends on. Only that much is computed.
"""

import numpy as np

from tools.musicnn.kept import FAR, MOVED, Kept, Seam, join
from tools.musicnn.nodes import Nodes, limit
from tools.musicnn.vgg import Vgg
from tools.musicnn.weights import UNLIMITED, Layer

POOLS = ((4, 1), (1, 4), (2, 2), (2, 2), (4, 4))
"""Frames and bands of the maxima, which do not overlap.

So in the graph published with MSD_vgg's checkpoint, in which it was trained. The published source
has those of MTT_vgg's; as many values are left in the end, so that no shape tells them apart.
"""
POOLED = (2, 1)
"""What is left in the end of frames and bands."""
BLOCK = 8
"""ONNX Runtime convolves faster where channels come in blocks of so many."""
N_HEAD = 2
"""Columns of the second and third stage that see where the patch begins."""


def add_vgg(nodes: Nodes, name: str, patch: str, vgg: Vgg) -> tuple[str, str, list[Kept]]:
    """Add the network; return the names of the pooled channels and the logits, and what is kept.

    A patch that is shorter than the network's is repeated, as ``np.resize`` does; of a longer one,
    the first frames are heard. Of its second and third stage columns are taken over where the patch
    has moved on by whole columns, 4 and 8 frames each, and neither patch is repeated.
    """
    n_frames, n_bands = _seen(axis=0), _seen(axis=1)
    frames = nodes.add("Mod", nodes.index(*range(n_frames)), nodes.size(patch, 1))
    seen = nodes.cut(nodes.add("Gather", patch, frames, axis=1), 2, end=n_bands)
    moved = nodes.add("Add", seen, nodes.constant(vgg.offset))
    image = nodes.add("Unsqueeze", moved, nodes.index(1))
    layers = [_in_blocks(layer) for layer in vgg.convolutions]
    is_whole = nodes.calculate("Min", nodes.calculate("Div", nodes.size(patch, 1), n_frames), 1)
    second, channels = _two_stages(nodes, name, image, layers[:2], is_whole)
    third, channels = _third_stage(nodes, name, channels, layers[2], is_whole)
    for layer, size in zip(layers[3:], POOLS[3:], strict=True):
        channels = _stage(nodes, channels, layer, size)
    last = nodes.add("Transpose", channels, perm=[0, 2, 3, 1])
    pooled = nodes.add("Flatten", last, output=f"{name}_pooled")
    tags = nodes.constant(vgg.tag_weights), nodes.constant(vgg.tag_bias)
    logits = nodes.add("Gemm", pooled, *tags, output=f"{name}_logits")
    return pooled, logits, [second, third]


def _two_stages(
    nodes: Nodes, name: str, image: str, layers: list[Layer], is_whole: str
) -> tuple[Kept, str]:
    """Add the first two stages, columns of 4 frames.

    The first columns see the first 13 frames; two more bring the seam to the border of a column.
    """
    kept = Kept(f"{name}_second", (len(layers[1].bias), None, _left(1, axis=1)))
    seam = _seam(nodes, kept, 4, _left(1, axis=0), is_whole)
    start = nodes.calculate("Mul", nodes.calculate("Add", seam.n_taken, 1), 4)
    made = _across(nodes, image, seam, 15, nodes.calculate("Sub", start, 1))
    for layer, size in zip(layers, POOLS[:2], strict=True):
        made = _stage(nodes, made, layer, size)
    return kept, _keep(nodes, kept, made, seam, 3, is_whole)


def _third_stage(
    nodes: Nodes, name: str, channels: str, layer: Layer, is_whole: str
) -> tuple[Kept, str]:
    """Add the third stage, columns of two of the second's."""
    kept = Kept(f"{name}_third", (len(layer.bias), None, _left(2, axis=1)))
    seam = _seam(nodes, kept, 8, _left(2, axis=0), is_whole)
    start = nodes.calculate("Add", nodes.calculate("Mul", seam.n_taken, 2), 3)
    made = _stage(nodes, _across(nodes, channels, seam, 5, start), layer, POOLS[2])
    return kept, _keep(nodes, kept, made, seam, 1, is_whole)


def _seam(nodes: Nodes, kept: Kept, n_frames: int, n_columns: int, is_whole: str) -> Seam:
    """Find how many columns of so many frames can be taken over."""
    first = nodes.calculate("Div", MOVED, n_frames)
    is_uneven = nodes.calculate("Min", nodes.calculate("Mod", MOVED, n_frames), 1)
    can_be = nodes.calculate("Mul", is_whole, nodes.calculate("Sub", 1, is_uneven))
    n_common = nodes.calculate("Sub", nodes.size(kept.taken, 2), first)
    n_common = nodes.calculate("Min", n_common, n_columns)
    n_taken = nodes.calculate("Max", nodes.calculate("Sub", n_common, N_HEAD), 0)
    n_taken = nodes.calculate("Mul", n_taken, can_be)
    taken = nodes.calculate("Add", first, N_HEAD)
    return Seam(taken, n_taken, nodes.calculate("Min", n_taken, 1))


def _across(nodes: Nodes, image: str, seam: Seam, n_head: int, start: str) -> str:
    """Return what is needed for new columns: the first ones and those from ``start`` on, or all."""
    head = nodes.cut(image, 2, end=nodes.calculate("Mul", seam.any, n_head))
    tail = nodes.cut(image, 2, nodes.calculate("Mul", seam.any, start))
    return nodes.add("Concat", head, tail, axis=2)


def _keep(nodes: Nodes, kept: Kept, made: str, seam: Seam, n_useless: int, is_whole: str) -> str:
    """Put columns together, and keep them unless the patch is repeated."""
    columns = join(nodes, kept, made, seam, n_head=N_HEAD, n_useless=n_useless)
    nodes.cut(columns, 2, end=nodes.calculate("Mul", is_whole, FAR), output=kept.given)
    return columns


def _seen(axis: int) -> int:
    """Return how many frames (axis 0) or bands (axis 1) what is left in the end depends on."""
    return _left(-1, axis)


def _left(stage: int, axis: int) -> int:
    """Return how many of the frames or bands a stage leaves are seen; of stage -1, the patch's."""
    n_seen = POOLED[axis]
    for size in reversed(POOLS[stage + 1 :]):
        n_seen = n_seen * size[axis] + 1
    return n_seen


def _stage(nodes: Nodes, channels: str, layer: Layer, size: tuple[int, int]) -> str:
    """Convolve, padded at the start alone, and take maxima.

    They may be taken before the limits, since these are monotone.
    """
    weights, bias = nodes.constant(layer.weights), nodes.constant(layer.bias)
    convolved = nodes.add("Conv", channels, weights, bias, pads=[1, 1, 0, 0])
    maxima = nodes.add("MaxPool", convolved, kernel_shape=size, strides=size)
    lower, upper = (limits[:, np.newaxis, np.newaxis] for limits in (layer.lower, layer.upper))
    return limit(nodes, maxima, lower, upper)


def _in_blocks(layer: Layer) -> Layer:
    """Add channels that are 0 up to whole blocks; the image itself stays one channel."""
    n_filters, n_channels = layer.weights.shape[:2]
    filters, channels = (0, -n_filters % BLOCK), (0, -n_channels % BLOCK if n_channels > 1 else 0)
    return Layer(
        weights=np.pad(layer.weights, (filters, channels, (0, 0), (0, 0))),
        bias=np.pad(layer.bias, filters),
        lower=np.pad(layer.lower, filters, constant_values=-UNLIMITED),
        upper=np.pad(layer.upper, filters, constant_values=UNLIMITED),
    )
