"""Trains the back end of a network to say of degraded sound what it said of the clean; in PyTorch.

PyTorch is needed by nothing else and may be installed in an environment of its own.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from tools.musicnn.weights import UNLIMITED, Backbone, Layer

N_LAYERS = 4
CROPS = (187, 124, 93, 93)
"""Frames of a step's windows, drawn at random: live windows are of 62 to 187."""
AVERAGING = 0.01
"""How fast the average of the weights, which is what is kept, follows them."""
WARM_UP = 50
LEAST_SPREAD = 0.2
"""Values that hardly vary count as if they varied this share of what is usual."""


class StudentError(LivegenreError):
    """The student cannot be trained."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How to train."""

    epochs: float
    batch: int
    rate: float
    seed: int

    def steps(self, n_items: int) -> int:
        """Return how many steps there are for so many items."""
        return round(self.epochs * n_items / self.batch)

    def rate_at(self, step: int, n_steps: int) -> float:
        """Return the share of the learning rate of a step: a warm-up, then half a cosine."""
        fading = 0.5 * (1 + np.cos(np.pi * min(1.0, step / n_steps)))
        return float(min((step + 1) / WARM_UP, fading))


def distil(
    teacher: Backbone,
    items: NDArray[np.float16],
    schedule: Schedule,
    advance: Callable[[], None],
) -> Backbone:
    """Return the network with a back end that minds degradations less.

    Parameters
    ----------
    teacher : Backbone
        The network as it was published.
    items : ndarray [shape=(n_items, n_copies, n_channels, n_frames)]
        What its front end gave: of clean sound, then of degraded copies.
    schedule : Schedule
    advance : callable
        Called after each step.

    Raises
    ------
    StudentError
        If PyTorch is not installed.
    """
    torch = _torch()
    torch.manual_seed(schedule.seed)
    rng = np.random.default_rng(schedule.seed)
    student, published = Network(torch, teacher), Network(torch, teacher)
    spread = published.spreads(items[:, 0])
    parameters = [value.requires_grad_() for value in student.parameters]
    averages = [value.detach().clone() for value in parameters]
    optimiser = torch.optim.AdamW(parameters, lr=schedule.rate, weight_decay=0.0, betas=(0.9, 0.98))
    n_steps = schedule.steps(len(items))
    order = _orders(len(items), schedule.batch, rng)
    for step in range(n_steps):
        clean, degraded = _draw(items, next(order), rng)
        with torch.no_grad():
            wanted = published(clean)
        loss = _loss(student(np.concatenate([clean, degraded])), wanted, spread)
        optimiser.param_groups[0]["lr"] = schedule.rate * schedule.rate_at(step, n_steps)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        for average, value in zip(averages, parameters, strict=True):
            average.lerp_(value.detach(), AVERAGING if step > 2 * WARM_UP else 10 * AVERAGING)
        advance()
    return student.backbone(teacher, averages)


class Network:
    """The back end of a backbone in PyTorch; convolutions compute in bfloat16."""

    def __init__(self, torch: Any, backbone: Backbone) -> None:
        self._torch = torch
        layers = (*backbone.middle, backbone.dense)
        self._raised = [torch.from_numpy(layer.upper == UNLIMITED) for layer in layers]
        self._tags = [torch.from_numpy(v) for v in (backbone.tag_weights, backbone.tag_bias)]
        self.parameters = [
            torch.from_numpy(values.copy())
            for layer in layers
            for values in (layer.weights, layer.bias, _limits(layer))
        ]

    def __call__(self, channels: NDArray[np.floating]) -> tuple[Any, Any]:
        """Return embedding [n, 200] and logits [n, 50] of the front end's channels."""
        torch = self._torch
        given = torch.from_numpy(channels.astype(np.float32))
        stages = [given]
        for number in range(N_LAYERS - 1):
            weights, bias, _ = self._layer(number)
            convolved = torch.nn.functional.conv1d(
                stages[-1].bfloat16(), weights.bfloat16(), padding=weights.shape[2] // 2
            )
            limited = self._limited(convolved.float() + bias[:, None], number)
            stages.append(limited + stages[-1] if number else limited)
        stacked = torch.cat(stages, 1)
        pooled = torch.cat([stacked.amax(2), stacked.mean(2)], 1)
        weights, bias, _ = self._layer(N_LAYERS - 1)
        embedding = self._limited((pooled @ weights + bias)[..., None], N_LAYERS - 1)[..., 0]
        return embedding, embedding @ self._tags[0] + self._tags[1]

    def spreads(self, channels: NDArray[np.float16]) -> list[Any]:
        """Return the standard deviation of each value of embedding and logits."""
        torch = self._torch
        with torch.no_grad():
            parts = [self(channels[at : at + 32]) for at in range(0, len(channels), 32)]
        deviations = [torch.cat(part).std(0) for part in zip(*parts, strict=True)]
        return [part.clamp(min=LEAST_SPREAD * float(part.median())) for part in deviations]

    def backbone(self, like: Backbone, parameters: Sequence[Any]) -> Backbone:
        """Return a backbone with these parameters in its back end."""
        layers = []
        for number, raised in enumerate(self._raised):
            weights, bias, limits = (v.numpy() for v in parameters[3 * number : 3 * number + 3])
            lower = np.where(raised.numpy(), limits, -UNLIMITED)
            upper = np.where(raised.numpy(), UNLIMITED, limits)
            layers.append(Layer(weights, bias, lower, upper))
        return replace(like, middle=tuple(layers[:-1]), dense=layers[-1])

    def _layer(self, number: int) -> list[Any]:
        return self.parameters[3 * number : 3 * number + 3]

    def _limited(self, values: Any, number: int) -> Any:
        limits, raised = self._layer(number)[2][:, None], self._raised[number][:, None]
        maximum, minimum = self._torch.maximum, self._torch.minimum
        return self._torch.where(raised, maximum(values, limits), minimum(values, limits))


def _limits(layer: Layer) -> FloatArray:
    """Return the one limit of each filter that is no infinity."""
    return np.where(layer.upper == UNLIMITED, layer.lower, layer.upper)


def _orders(n_items: int, batch: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield the items of step after step, all of them before any comes again."""
    waiting = np.empty(0, np.int64)
    while True:
        while len(waiting) < batch:
            waiting = np.concatenate([waiting, rng.permutation(n_items)])
        yield waiting[:batch]
        waiting = waiting[batch:]


def _draw(
    items: NDArray[np.float16], chosen: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """Return clean windows and a degraded copy of each, shortened at random."""
    n_frames = int(rng.choice(CROPS))
    start = int(rng.integers(0, items.shape[3] - n_frames + 1))
    copy = rng.integers(1, items.shape[1], len(chosen))
    part = items[..., start : start + n_frames]
    return part[chosen, 0], part[chosen, copy]


def _loss(given: Sequence[Any], wanted: Sequence[Any], spread: Sequence[Any]) -> Any:
    """Add up what is lost of embedding and logits, of clean windows and of degraded ones."""
    return 2 * sum(
        (((part.view(2, *target.shape) - target) / scale) ** 2).mean()
        for part, target, scale in zip(given, wanted, spread, strict=True)
    )


def _torch() -> Any:
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError as error:
        raise StudentError("distilling needs PyTorch; pip install torch") from error
    torch.set_num_threads(1)
    return torch
