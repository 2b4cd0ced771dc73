"""From musicnn's published tensors to the few linear maps that are left of the network.

Batch normalisation is folded into the layers, and channels that died in training are merged into
one; both are exact. Knows nothing of ONNX.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from tools.musicnn.tensors import Checkpoint, Exact, expected_shapes

N_TIMBRAL, N_FRONT, N_CONVOLUTIONS = 2, 5, 8
"""The timbral convolutions come first, then the temporal ones, then those behind both."""
POOLED, DENSE = 9, 10
"""Numbers of the batch normalisations behind pooling and behind the dense layer."""
DEAD_BELOW = 1e-4
"""A channel that moves less than this where no value of the patch moves more than 1 is dead.

Weight decay drove most weights of the first layers to 1e-30 or so: of 561 channels 64 are alive in
MSD_musicnn and 225 in MTT_musicnn. What is merged moves no logit by more than 2e-5.
"""
UNLIMITED = np.finfo(np.float32).max


@dataclass(frozen=True, slots=True)
class Layer:
    """A linear map, ReLU and batch normalisation in one: min(max(W x + b, lower), upper)."""

    weights: FloatArray
    bias: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True)
class Backbone:
    """One network; convolutions have the shape [filters, channels, frames(, bands)]."""

    offset: FloatArray
    """What is added to the patch [shape=(1,)]; beyond its ends, the sum is 0."""
    timbral: tuple[Layer, ...]
    """Two convolutions over time and frequency."""
    temporal: tuple[Layer, ...]
    """Three convolutions over time, the same for each band."""
    middle: tuple[Layer, ...]
    """Three convolutions over time, the latter two residual."""
    dense: Layer
    """From the maxima and then the means over time to the embedding [shape=(n_pooled, 200)]."""
    tag_weights: FloatArray
    tag_bias: FloatArray


@dataclass(frozen=True, slots=True)
class Merge:
    """How the first layers' channels become those that are alive and a last one that is 1."""

    alive: NDArray[np.bool_]
    constants: FloatArray
    """What each channel is while its input does not move it."""

    def rows(self, weights: Exact) -> Exact:
        """Merge what multiplies the channels, the first axis; rows beyond them stay."""
        n_channels = len(self.alive)
        dead = np.flatnonzero(~self.alive)
        one = np.tensordot(self.constants[dead], weights[dead], 1)[np.newaxis]
        return np.concatenate([weights[:n_channels][self.alive], one, weights[n_channels:]])


def fold(tensors: Mapping[str, FloatArray], *, dead_below: float = DEAD_BELOW) -> Backbone:
    """Turn the tensors of a checkpoint into a backbone.

    Parameters
    ----------
    tensors : mapping
        Name -> float32 tensor, as in the checkpoint.
    dead_below : float >= 0
        Channels of the first layers below this are taken as constants.

    Raises
    ------
    CheckpointError
        If a tensor is missing or has another shape; names it.
    """
    checkpoint = Checkpoint(tensors, expected_shapes())
    front = [_front_layer(checkpoint, number) for number in range(N_FRONT)]
    alive = [np.abs(layer.weights).sum(axis=(1, 2, 3)) >= dead_below for layer in front]
    constants = [np.clip(layer.bias, layer.lower, layer.upper) for layer in front]
    merge = Merge(np.concatenate(alive), np.concatenate(constants))
    front = [pick(layer, kept) for layer, kept in zip(front, alive, strict=True)]
    front[-1] = with_one(front[-1])
    input_scale, input_shift = checkpoint.normalisation(0)
    tag_weights, tag_bias = checkpoint.dense(1)
    return Backbone(
        offset=single(input_shift / input_scale),
        timbral=tuple(front[:N_TIMBRAL]),
        temporal=tuple(front[N_TIMBRAL:]),
        middle=tuple(
            _middle_layer(checkpoint, number, merge) for number in range(N_FRONT, N_CONVOLUTIONS)
        ),
        dense=_dense_layer(checkpoint, merge),
        tag_weights=single(tag_weights),
        tag_bias=single(tag_bias),
    )


def _front_layer(checkpoint: Checkpoint, number: int) -> Layer:
    """Fold a convolution over the patch.

    Its maximum over frequency may be taken before the limits, since they are monotone.
    """
    kernel, bias = checkpoint.convolution(number)
    input_scale, _ = checkpoint.normalisation(0)
    layer = normalised(kernel * input_scale, bias, checkpoint, number + 1)
    return replace(layer, weights=layer.weights.transpose(3, 2, 0, 1))


def _middle_layer(checkpoint: Checkpoint, number: int, merge: Merge) -> Layer:
    kernel, bias = checkpoint.convolution(number)
    kernel = kernel[:, :, 0, :].transpose(1, 0, 2)
    if number == N_FRONT:
        kernel = merge.rows(kernel)
    layer = normalised(kernel, bias, checkpoint, number + 1)
    return replace(layer, weights=layer.weights.transpose(2, 0, 1))


def _dense_layer(checkpoint: Checkpoint, merge: Merge) -> Layer:
    kernel, bias = checkpoint.dense(0)
    scale, shift = checkpoint.normalisation(POOLED)
    bias = bias + shift @ kernel
    kernel = kernel * scale[:, np.newaxis]
    # musicnn interleaves maximum and mean of each channel.
    kernel = np.concatenate([merge.rows(kernel[0::2]), merge.rows(kernel[1::2])])
    return normalised(kernel, bias, checkpoint, DENSE)


def normalised(kernel: Exact, bias: Exact, checkpoint: Checkpoint, number: int) -> Layer:
    """Write scale * relu(W x + b) + shift as a layer; the filters are the kernel's last axis."""
    scale, shift = checkpoint.normalisation(number)
    return Layer(
        weights=single(kernel * scale),
        bias=single(bias * scale + shift),
        lower=single(np.where(scale > 0, shift, -UNLIMITED)),
        upper=single(np.where(scale > 0, UNLIMITED, shift)),
    )


def pick(layer: Layer, kept: NDArray[np.bool_]) -> Layer:
    """Keep some of the filters."""
    return Layer(layer.weights[kept], layer.bias[kept], layer.lower[kept], layer.upper[kept])


def with_one(layer: Layer) -> Layer:
    """Append a filter that gives 1 whatever it hears: what is left of the dead channels."""
    deaf = np.zeros_like(layer.weights, shape=(1, *layer.weights.shape[1:]))
    return Layer(
        weights=np.concatenate([layer.weights, deaf]),
        bias=np.append(layer.bias, np.float32(1)),
        lower=np.append(layer.lower, -UNLIMITED),
        upper=np.append(layer.upper, UNLIMITED),
    )


def single(values: Exact) -> FloatArray:
    """Round to what the graph computes in."""
    return values.astype(np.float32)
