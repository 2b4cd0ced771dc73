"""Trains the back end of a network to say of degraded sound what it said of the clean; in PyTorch.

PyTorch is needed by nothing else and may be installed in an environment of its own.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegenre.errors import LivegenreError
from tools.musicnn.distil.networks import Musicnn, VggEnd
from tools.musicnn.distil.tensors import Net
from tools.musicnn.vgg import Vgg

AVERAGING = 0.01
"""How fast the average of the weights, which is what is kept, follows them."""
WARM_UP = 50


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
    teacher: Net,
    items: NDArray[np.float16],
    schedule: Schedule,
    advance: Callable[[], None],
) -> Net:
    """Return the network with a back end that minds degradations less.

    Parameters
    ----------
    teacher : Backbone or Vgg
        The network as it was published.
    items : ndarray [shape=(n_items, n_copies, n_channels, n_frames, ...)]
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
    kind: Any = VggEnd if isinstance(teacher, Vgg) else Musicnn
    student, published = kind(torch, teacher), kind(torch, teacher)
    spread = published.spreads(items[:, 0])
    parameters = [value.requires_grad_() for value in student.parameters]
    averages = [value.detach().clone() for value in parameters]
    optimiser = torch.optim.AdamW(parameters, lr=schedule.rate, weight_decay=0.0, betas=(0.9, 0.98))
    n_steps = schedule.steps(len(items))
    order = _orders(len(items), schedule.batch, rng)
    for step in range(n_steps):
        clean, degraded = _draw(items, next(order), rng, kind.CROPS)
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
    restored: Net = student.restored(teacher, averages)
    return restored


def _orders(n_items: int, batch: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield the items of step after step, all of them before any comes again."""
    waiting = np.empty(0, np.int64)
    while True:
        while len(waiting) < batch:
            waiting = np.concatenate([waiting, rng.permutation(n_items)])
        yield waiting[:batch]
        waiting = waiting[batch:]


def _draw(
    items: NDArray[np.float16],
    chosen: NDArray[np.int64],
    rng: np.random.Generator,
    crops: Sequence[int],
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """Return clean windows and a degraded copy of each, shortened at random."""
    n_frames = int(rng.choice(crops)) if crops else items.shape[3]
    start = int(rng.integers(0, items.shape[3] - n_frames + 1))
    copy = rng.integers(1, items.shape[1], len(chosen))
    part = items[:, :, :, start : start + n_frames]
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
