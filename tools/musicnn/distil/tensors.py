"""The back end of a network as named arrays, in a file, and back in the network.

The file holds folded layers (``tools.musicnn.weights``), ``NAME_LAYER_PART``: ``msd_0_weights``.
Layers 0 to 2 are the convolutions behind the front end, 3 is the dense layer.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from tools.musicnn.weights import Backbone, Layer

PARTS = ("weights", "bias", "lower", "upper")


class DistilledError(LivegenreError):
    """A file of distilled layers is not what it should be."""


def tensors_of(name: str, backbone: Backbone) -> dict[str, FloatArray]:
    """Return the back end of a network, all but its tags, under the names of the file."""
    return {
        f"{name}_{number}_{part}": getattr(layer, part)
        for number, layer in enumerate((*backbone.middle, backbone.dense))
        for part in PARTS
    }


def with_tensors(name: str, backbone: Backbone, tensors: Mapping[str, FloatArray]) -> Backbone:
    """Return the network with its back end exchanged; front end and tags stay.

    Raises
    ------
    DistilledError
        If a tensor is missing or has another shape; names it.
    """
    for key, original in tensors_of(name, backbone).items():
        if key not in tensors:
            raise DistilledError(f"distilled layers: no tensor {key}; distil the network anew")
        if tensors[key].shape != original.shape:
            raise DistilledError(
                f"distilled layers: {key} has shape {tensors[key].shape}, not {original.shape}; "
                "distil the network anew"
            )
    *middle, dense = (
        Layer(*(tensors[f"{name}_{number}_{part}"].astype(np.float32) for part in PARTS))
        for number in range(len(backbone.middle) + 1)
    )
    return replace(backbone, middle=tuple(middle), dense=dense)


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
