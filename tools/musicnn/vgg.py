"""From the published tensors of the VGG to the few linear maps that are left of the network.

Folds and merges as is done for the other networks; both are exact. Knows nothing of ONNX.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from livegenre.arrays import FloatArray
from tools.musicnn.tensors import VGG_KERNELS, Checkpoint, Exact, vgg_layer, vgg_shapes
from tools.musicnn.weights import DEAD_BELOW, Layer, Merge, normalised, pick, single, with_one


@dataclass(frozen=True, slots=True)
class Vgg:
    """Five convolutions, each with a maximum behind it, and a dense layer."""

    offset: FloatArray
    """What is added to the patch [shape=(1,)]; beyond its ends, the sum is 0."""
    convolutions: tuple[Layer, ...]
    """Over time and frequency [shape=(filters, channels, 3, 3)].

    The last filter of all but the last gives 1: times weights, it is what the channels that died
    give. As they do, it ends where the padding begins, so that they are merged at the borders too.
    """
    tag_weights: FloatArray
    """[shape=(256, 50)]"""
    tag_bias: FloatArray


def fold_vgg(tensors: Mapping[str, FloatArray], *, dead_below: float = DEAD_BELOW) -> Vgg:
    """Turn the tensors of a checkpoint into a network.

    Parameters
    ----------
    tensors : mapping
        Name -> float32 tensor, as in the checkpoint.
    dead_below : float >= 0
        Channels below this, but for the last convolution's, are taken as constants.

    Raises
    ------
    CheckpointError
        If a tensor is missing or has another shape; names it.
    """
    checkpoint = Checkpoint(tensors, vgg_shapes())
    input_scale, input_shift = checkpoint.normalisation(0)
    tag_weights, tag_bias = checkpoint.layer("dense")
    return Vgg(
        offset=single(input_shift / input_scale),
        convolutions=_convolutions(checkpoint, input_scale, dead_below),
        tag_weights=single(tag_weights),
        tag_bias=single(tag_bias),
    )


def _convolutions(
    checkpoint: Checkpoint, input_scale: Exact, dead_below: float
) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    merge: Merge | None = None
    for number in range(len(VGG_KERNELS)):
        kernel, bias = checkpoint.layer(vgg_layer(number))
        channels = kernel.transpose(2, 0, 1, 3)
        merged = merge.rows(channels) if merge else channels * input_scale
        layer = normalised(merged, bias, checkpoint, number + 1)
        layer = replace(layer, weights=layer.weights.transpose(3, 0, 1, 2))
        if number < len(VGG_KERNELS) - 1:
            alive = np.abs(layer.weights).sum(axis=(1, 2, 3)) >= dead_below
            merge = Merge(alive, np.clip(layer.bias, layer.lower, layer.upper))
            layer = with_one(pick(layer, alive))
        layers.append(layer)
    return tuple(layers)
