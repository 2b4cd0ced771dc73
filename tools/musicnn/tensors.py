"""Which tensors a checkpoint of musicnn must hold, and the layers that they make up."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from tools.musicnn.bundle import CheckpointError

Exact: TypeAlias = NDArray[np.float64]

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
EPSILON = 1e-3
"""What batch normalisation adds to the variance; TensorFlow's default."""


class Checkpoint:
    """The layers of a published network, in float64.

    Parameters
    ----------
    tensors : mapping
        Name -> float32 tensor, as in the file; there may be more than are needed.

    Raises
    ------
    CheckpointError
        If a tensor is missing or has another shape; names it.
    """

    def __init__(self, tensors: Mapping[str, FloatArray]) -> None:
        for name, shape in expected_shapes().items():
            if name not in tensors:
                raise CheckpointError(f"it holds no tensor {name}; is it one of musicnn's?")
            if tensors[name].shape != shape:
                raise CheckpointError(f"tensor {name} has shape {tensors[name].shape}, not {shape}")
        self._tensors = tensors

    def convolution(self, number: int) -> tuple[Exact, Exact]:
        """Return kernel and bias."""
        return self._pair(_name("conv2d", number))

    def dense(self, number: int) -> tuple[Exact, Exact]:
        """Return kernel and bias."""
        return self._pair(_name("dense", number))

    def normalisation(self, number: int) -> tuple[Exact, Exact]:
        """Return the slope and the intercept that a batch normalisation has after training."""
        layer = _name("batch_normalization", number)
        gamma, beta, mean, variance = (
            self._tensors[f"{layer}/{part}"].astype(np.float64)
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + EPSILON)
        return scale, beta - mean * scale

    def _pair(self, layer: str) -> tuple[Exact, Exact]:
        kernel, bias = self._tensors[f"{layer}/kernel"], self._tensors[f"{layer}/bias"]
        return kernel.astype(np.float64), bias.astype(np.float64)


def expected_shapes() -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every tensor that the network needs."""
    shapes: dict[str, tuple[int, ...]] = {}
    for kind, kernels in (("conv2d", KERNELS), ("dense", DENSE)):
        for number, kernel in enumerate(kernels):
            layer = _name(kind, number)
            shapes |= {f"{layer}/kernel": kernel, f"{layer}/bias": kernel[-1:]}
    for number, n_channels in enumerate(NORMALISED):
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            shapes[f"{_name('batch_normalization', number)}/{part}"] = (n_channels,)
    return shapes


def _name(kind: str, number: int) -> str:
    """Return the name of a layer; TensorFlow numbers all but the first of a kind."""
    return f"{kind}_{number}" if number else kind
