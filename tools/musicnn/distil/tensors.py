"""The back end of a network as named arrays, in a file, and back in the network.

The file holds folded layers (``tools.musicnn.weights``), ``NAME_LAYER_PART``: ``msd_0_weights``.
Of a musicnn, layers 0 to 2 are the convolutions behind the front end and 3 is the dense layer; of
the VGG, 0 and 1 are the last convolutions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from tools.musicnn.vgg import Vgg
from tools.musicnn.weights import Backbone, Layer

PARTS = ("weights", "bias", "lower", "upper")
VGG_FRONT = 3
"""Convolutions of the VGG that stay as they were."""
Net: TypeAlias = Backbone | Vgg


class DistilledError(LivegenreError):
    """A file of distilled layers is not what it should be."""


def back_end(network: Backbone | Vgg) -> tuple[Layer, ...]:
    """Return the layers of a network that distillation changes."""
    if isinstance(network, Vgg):
        return network.convolutions[VGG_FRONT:]
    return (*network.middle, network.dense)


def with_back_end(network: Net, layers: Sequence[Layer]) -> Net:
    """Return the network with other layers in its back end; front end and tags stay."""
    if isinstance(network, Vgg):
        return replace(network, convolutions=(*network.convolutions[:VGG_FRONT], *layers))
    return replace(network, middle=tuple(layers[:-1]), dense=layers[-1])


def tensors_of(name: str, network: Backbone | Vgg) -> dict[str, FloatArray]:
    """Return the back end of a network, all but its tags, under the names of the file."""
    return {
        f"{name}_{number}_{part}": getattr(layer, part)
        for number, layer in enumerate(back_end(network))
        for part in PARTS
    }


def with_tensors(name: str, network: Net, tensors: Mapping[str, FloatArray]) -> Net:
    """Return the network with its back end exchanged; front end and tags stay.

    Raises
    ------
    DistilledError
        If a tensor is missing or has another shape; names it.
    """
    for key, original in tensors_of(name, network).items():
        if key not in tensors:
            raise DistilledError(f"distilled layers: no tensor {key}; distil the network anew")
        if tensors[key].shape != original.shape:
            raise DistilledError(
                f"distilled layers: {key} has shape {tensors[key].shape}, not {original.shape}; "
                "distil the network anew"
            )
    layers = [
        Layer(*(tensors[f"{name}_{number}_{part}"].astype(np.float32) for part in PARTS))
        for number in range(len(back_end(network)))
    ]
    return with_back_end(network, layers)


def read_tensors(path: Path) -> dict[str, FloatArray]:
    """Read a file of distilled layers.

    Raises
    ------
    DistilledError
        If it is no such file.
    """
    try:
        with np.load(path) as stored:
            return {key: stored[key] for key in stored.files}
    except (OSError, ValueError) as error:
        raise DistilledError(f"{path}: cannot be read ({error}); distil the networks") from error
