"""The front of the musicnns as a part of the graph: convolutions over the patch.

Networks differ in what is added to their patch, of which they see 0 beyond its ends. Since it adds
the same to a column whatever the band, it is added behind the maxima over frequency, so that one
convolution does for all networks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from onnx import numpy_helper

from livegenre.arrays import FloatArray
from tools.musicnn.kept import Kept, columns
from tools.musicnn.nodes import Nodes, limit
from tools.musicnn.spectral import add_maxima, add_spectra
from tools.musicnn.weights import Backbone, Layer

LONGEST_KEPT = 32
"""Frames that a temporal convolution sees, at most, for its columns to be worth keeping.

With 64 or 128 frames in a window of 187, most columns are near an end.
"""


@dataclass(frozen=True, slots=True)
class Joined:
    """The same layer of several networks."""

    layer: Layer
    offsets: FloatArray
    """What is added to the patch that each filter sees."""
    n_filters: tuple[int, ...]
    """Of each network."""

    @classmethod
    def of(cls, layers: Sequence[Layer], backbones: Sequence[Backbone]) -> "Joined":
        """Join layers whose filters are of one size."""
        parts = ("weights", "bias", "lower", "upper")
        joined = Layer(
            *(np.concatenate([getattr(each, part) for each in layers]) for part in parts)
        )
        n_filters = tuple(len(layer.bias) for layer in layers)
        offsets = np.concatenate([backbone.offset for backbone in backbones])
        return cls(joined, np.repeat(offsets, n_filters), n_filters)

    @property
    def reach(self) -> tuple[int, int]:
        """Frames that a column sees before and after its own."""
        n_taps = self.layer.weights.shape[2]
        return (n_taps - 1) // 2, n_taps // 2


def add_front(
    nodes: Nodes, patch: str, backbones: Sequence[Backbone], *, direct: bool = False
) -> tuple[list[Kept], list[str]]:
    """Add the front of all networks; return what is kept, and the channels of each network.

    Parameters
    ----------
    direct : bool
        Whether to convolve as ONNX Runtime does by itself, and to keep nothing.
    """
    timbral = [
        Joined.of(part, backbones) for part in zip(*(b.timbral for b in backbones), strict=True)
    ]
    temporal = [
        Joined.of(part, backbones) for part in zip(*(b.temporal for b in backbones), strict=True)
    ]
    if direct:
        layers = [
            each
            for joined in (*timbral, *temporal)
            for each in _finished(nodes, patch, _convolved(nodes, joined)(patch), [joined])
        ]
        return [], _by_network(nodes, layers)
    kept = [Kept("timbral", (sum(len(each.offsets) for each in timbral), None))]
    maxima = columns(nodes, kept[0], patch, timbral[0].reach, _timbral(nodes, patch, timbral))
    layers = list(_finished(nodes, patch, maxima, timbral))
    for joined in temporal:
        make = _convolved(nodes, joined)
        n_filters, _, n_taps, _ = joined.layer.weights.shape
        if n_taps > LONGEST_KEPT:
            maxima = make(patch)
        else:
            kept.append(Kept(f"temporal_{n_taps}", (n_filters, None)))
            maxima = columns(nodes, kept[-1], patch, joined.reach, make)
        layers += _finished(nodes, patch, maxima, [joined])
    return kept, _by_network(nodes, layers)


def _by_network(nodes: Nodes, layers: Sequence[list[str]]) -> list[str]:
    return [nodes.add("Concat", *own, axis=1) for own in zip(*layers, strict=True)]


def _timbral(nodes: Nodes, patch: str, timbral: Sequence[Joined]) -> Callable[[str], str]:
    filters = [joined.layer.weights for joined in timbral]
    before, after = timbral[0].reach

    def make(frames: str) -> str:
        silence = nodes.index(0, before, 0, 0, after, 0)
        spectra = add_spectra(nodes, nodes.add("Pad", frames, silence), filters[0].shape[2])
        batch = nodes.size(patch, 0)
        maxima = [add_maxima(nodes, spectra, batch, each) for each in filters]
        return nodes.add("Concat", *maxima, axis=1)

    return make


def _convolved(nodes: Nodes, joined: Joined) -> Callable[[str], str]:
    before, after = joined.reach
    weights = nodes.constant(joined.layer.weights)

    def make(frames: str) -> str:
        image = nodes.add("Unsqueeze", frames, nodes.index(1))
        convolved = nodes.add("Conv", image, weights, pads=[before, 0, after, 0])
        return nodes.add("ReduceMax", convolved, axes=[3], keepdims=0)

    return make


def _finished(
    nodes: Nodes, patch: str, maxima: str, layers: Sequence[Joined]
) -> Iterator[list[str]]:
    """Do what is left behind the maxima; yield, of each layer, each network's channels."""
    weights = np.concatenate(
        [each.layer.weights.sum(axis=3) * each.offsets[:, None, None] for each in layers]
    )
    bias, lower, upper = (
        np.concatenate([getattr(each.layer, part) for each in layers])
        for part in ("bias", "lower", "upper")
    )
    shape = nodes.add("Concat", nodes.index(1, 1), nodes.size(patch, 1), axis=0)
    one = numpy_helper.from_array(np.ones(1, np.float32))
    window = nodes.add("ConstantOfShape", shape, value=one)
    added = nodes.add(
        "Conv",
        window,
        nodes.constant(weights),
        nodes.constant(bias),
        pads=list(layers[0].reach),
    )
    found = limit(
        nodes, nodes.add("Add", maxima, added), lower[:, np.newaxis], upper[:, np.newaxis]
    )
    names = iter(nodes.split(found, 1, [n for each in layers for n in each.n_filters]))
    for each in layers:
        yield [next(names) for _ in each.n_filters]
