"""Which tensors a checkpoint of musicnn must hold, and the layers that they make up."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from tools.musicnn.bundle import CheckpointError

Exact: TypeAlias = NDArray[np.float64]
Shape: TypeAlias = tuple[int, ...]

KERNELS = (
    (7, 38, 1, 204),
    (7, 67, 1, 204),
    (128, 1, 1, 51),
    (64, 1, 1, 51),
    (32, 1, 1, 51),
    (7, 561, 1, 64),
    (7, 64, 1, 64),
    (7, 64, 1, 64),
)
"""Shapes of the convolutions' kernels: frames, bands or channels, 1, filters."""
NORMALISED = (1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)
"""Channels of the batch normalisations: of the input, the convolutions, the pooled, the dense."""
DENSE = ((1506, 200), (200, 50))
VGG_KERNELS = ((3, 3, 1, 128), *((3, 3, 128, 128),) * 4)
"""Of the network that is a VGG: frames, bands, channels, filters."""
VGG_DENSE = (256, 50)
EPSILON = 1e-3
"""What batch normalisation adds to the variance; TensorFlow's default."""


class Checkpoint:
    """The layers of a published network, in float64.

    Parameters
    ----------
    tensors : mapping
        Name -> float32 tensor, as in the file; there may be more than are needed.
    shapes : mapping
        Name -> shape of every tensor that is needed.

    Raises
    ------
    CheckpointError
        If a tensor is missing or has another shape; names it.
    """

    def __init__(self, tensors: Mapping[str, FloatArray], shapes: Mapping[str, Shape]) -> None:
        for name, shape in shapes.items():
            if name not in tensors:
                raise CheckpointError(f"it holds no tensor {name}; is it one of musicnn's?")
            if tensors[name].shape != shape:
                raise CheckpointError(f"tensor {name} has shape {tensors[name].shape}, not {shape}")
        self._tensors = tensors

    def convolution(self, number: int) -> tuple[Exact, Exact]:
        """Return kernel and bias."""
        return self.layer(_name("conv2d", number))

    def dense(self, number: int) -> tuple[Exact, Exact]:
        """Return kernel and bias."""
        return self.layer(_name("dense", number))

    def normalisation(self, number: int) -> tuple[Exact, Exact]:
        """Return the slope and the intercept that a batch normalisation has after training."""
        layer = _name("batch_normalization", number)
        gamma, beta, mean, variance = (
            self._tensors[f"{layer}/{part}"].astype(np.float64)
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + EPSILON)
        return scale, beta - mean * scale

    def layer(self, name: str) -> tuple[Exact, Exact]:
        """Return kernel and bias of a convolution or a dense layer."""
        kernel, bias = self._tensors[f"{name}/kernel"], self._tensors[f"{name}/bias"]
        return kernel.astype(np.float64), bias.astype(np.float64)


def expected_shapes() -> dict[str, Shape]:
    """Return the name and shape of every tensor that a musicnn needs."""
    kernels: dict[str, Shape] = {
        _name("conv2d", number): kernel for number, kernel in enumerate(KERNELS)
    }
    kernels |= {_name("dense", number): kernel for number, kernel in enumerate(DENSE)}
    return _shapes(kernels, NORMALISED)


def vgg_shapes() -> dict[str, Shape]:
    """Return the name and shape of every tensor that a VGG needs."""
    kernels: dict[str, Shape] = {
        vgg_layer(number): kernel for number, kernel in enumerate(VGG_KERNELS)
    }
    n_channels = [1, *(kernel[-1] for kernel in VGG_KERNELS)]
    return _shapes({**kernels, "dense": VGG_DENSE}, n_channels)


def vgg_layer(number: int) -> str:
    """Return the name of a convolution of a VGG."""
    return f"{number + 1}CNN"


def _shapes(kernels: Mapping[str, Shape], normalised: Sequence[int]) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for layer, kernel in kernels.items():
        shapes |= {f"{layer}/kernel": kernel, f"{layer}/bias": kernel[-1:]}
    for number, n_channels in enumerate(normalised):
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            shapes[f"{_name('batch_normalization', number)}/{part}"] = (n_channels,)
    return shapes


def _name(kind: str, number: int) -> str:
    """Return the name of a layer; TensorFlow numbers all but the first of a kind."""
    return f"{kind}_{number}" if number else kind
