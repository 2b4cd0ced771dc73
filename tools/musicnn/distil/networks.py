"""Back ends of the networks in PyTorch, to be trained; convolutions compute in bfloat16."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from tools.musicnn.distil.tensors import Net, back_end, with_back_end
from tools.musicnn.vgg_graph import POOLS
from tools.musicnn.weights import UNLIMITED, Layer

LEAST_SPREAD = 0.2
"""Values that hardly vary count as if they varied this share of what is usual."""


class Network(ABC):
    """The layers of a network that are trained, and what they give; of either kind below."""

    CROPS: tuple[int, ...] = ()
    """Frames of a step's windows, drawn at random; empty where they must be whole."""

    def __init__(self, torch: Any, network: Net) -> None:
        self._torch = torch
        layers = back_end(network)
        self._raised = [torch.from_numpy(layer.upper == UNLIMITED) for layer in layers]
        self._tags = [torch.from_numpy(v) for v in (network.tag_weights, network.tag_bias)]
        self.parameters = [
            torch.from_numpy(values.copy())
            for layer in layers
            for values in (layer.weights, layer.bias, _limits(layer))
        ]

    @abstractmethod
    def __call__(self, channels: NDArray[np.floating]) -> tuple[Any, Any]:
        """Return what heads stand on and the logits [n, 50] of the front end's channels."""

    def spreads(self, channels: NDArray[np.float16]) -> list[Any]:
        """Return the standard deviation of each value that is given."""
        torch = self._torch
        with torch.no_grad():
            parts = [self(channels[at : at + 32]) for at in range(0, len(channels), 32)]
        deviations = [torch.cat(part).std(0) for part in zip(*parts, strict=True)]
        return [part.clamp(min=LEAST_SPREAD * float(part.median())) for part in deviations]

    def restored(self, like: Net, parameters: Sequence[Any]) -> Net:
        """Return a network with these parameters in its back end."""
        layers = []
        for number, raised in enumerate(self._raised):
            weights, bias, limits = (v.numpy() for v in parameters[3 * number : 3 * number + 3])
            lower = np.where(raised.numpy(), limits, -UNLIMITED)
            upper = np.where(raised.numpy(), UNLIMITED, limits)
            layers.append(Layer(weights, bias, lower, upper))
        return with_back_end(like, layers)

    def _layer(self, number: int) -> list[Any]:
        return self.parameters[3 * number : 3 * number + 3]

    def _limited(self, values: Any, number: int) -> Any:
        """Do what is left of ReLU and batch normalisation; filters are the second axis."""
        shape = (-1, *[1] * (values.dim() - 2))
        limits, raised = self._layer(number)[2].view(shape), self._raised[number].view(shape)
        maximum, minimum = self._torch.maximum, self._torch.minimum
        return self._torch.where(raised, maximum(values, limits), minimum(values, limits))


class Musicnn(Network):
    """Three convolutions, pooling and the dense layer of a musicnn."""

    CROPS = (187, 124, 93, 93)  # live windows are of 62 to 187

    def __call__(self, channels: NDArray[np.floating]) -> tuple[Any, Any]:
        """Return embedding [n, 200] and logits [n, 50] of channels [n, n_channels, n_frames]."""
        torch = self._torch
        stages = [torch.from_numpy(channels.astype(np.float32))]
        *convolutions, dense = range(len(self._raised))
        for number in convolutions:
            weights, bias, _ = self._layer(number)
            convolved = torch.nn.functional.conv1d(
                stages[-1].bfloat16(), weights.bfloat16(), padding=weights.shape[2] // 2
            )
            limited = self._limited(convolved.float() + bias[:, None], number)
            stages.append(limited + stages[-1] if number else limited)
        stacked = torch.cat(stages, 1)
        pooled = torch.cat([stacked.amax(2), stacked.mean(2)], 1)
        weights, bias, _ = self._layer(dense)
        embedding = self._limited(pooled @ weights + bias, dense)
        return embedding, embedding @ self._tags[0] + self._tags[1]


class VggEnd(Network):
    """The last convolutions of the VGG, each with its maxima."""

    def __call__(self, channels: NDArray[np.floating]) -> tuple[Any, Any]:
        """Return pooled [n, 256] and logits [n, 50] of channels [n, n_channels, frames, bands]."""
        torch = self._torch
        values = torch.from_numpy(channels.astype(np.float32))
        for number, size in enumerate(POOLS[-len(self._raised) :]):
            weights, bias, _ = self._layer(number)
            padded = torch.nn.functional.pad(values, (1, 0, 1, 0)).bfloat16()
            convolved = torch.nn.functional.conv2d(padded, weights.bfloat16()).float()
            maxima = torch.nn.functional.max_pool2d(convolved + bias[:, None, None], size)
            values = self._limited(maxima, number)
        pooled = values.permute(0, 2, 3, 1).flatten(1)
        return pooled, pooled @ self._tags[0] + self._tags[1]


def _limits(layer: Layer) -> FloatArray:
    """Return the one limit of each filter that is no infinity."""
    return np.where(layer.upper == UNLIMITED, layer.lower, layer.upper)
