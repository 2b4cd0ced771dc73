"""Proof that a stream and a batch of the same sound give the same posteriors."""

from collections.abc import Callable, Iterator
from typing import Self

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import SourceError
from livegenre.features.base import Extractor
from livegenre.sources.base import Source, SourceState
from livegenre.sources.clipping import Clipping
from livegenre.stream import classify_stream

TOLERANCE = 1e-5
"""Largest difference of a posterior that still counts as none."""
BLOCK_LENGTHS = (160, 441, 1024, 4099, 65_536)
"""Samples a block; each is tried as it is and as the most of a random length."""


class Recording:
    """Sound held in memory, as a source.

    Parameters
    ----------
    samples : ndarray [shape=(n,)], float32
    sample_rate : int
        Hz.
    name : str
    seed : int, optional
        Makes every block a random part of what is asked for, the same for the same seed.
    """

    state: SourceState = "live"
    trouble = ""
    lost = 0

    def __init__(
        self, samples: FloatArray, sample_rate: int, name: str, *, seed: int | None = None
    ) -> None:
        self.name = name
        self.sample_rate = sample_rate
        self.duration_seconds = len(samples) / sample_rate
        self._samples = samples
        self.clipping = Clipping()
        self._position = 0
        self._random = None if seed is None else np.random.default_rng(seed)

    def read(self, n: int) -> FloatArray | None:
        """Return the next samples; see ``Source.read``."""
        if self._position >= len(self._samples):
            return None
        if self._random is not None:
            n = int(self._random.integers(n + 1))
        block = self._samples[self._position : self._position + n]
        self._position += len(block)
        self.clipping.push(block[:, None], self.sample_rate)
        return block

    def __enter__(self) -> Self:
        """Do nothing: it is open."""
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing: nothing is held."""


def verify(
    source: Source,
    extractor: Extractor,
    classifier: Classifier,
    new_decider: Callable[[], Decider],
) -> Iterator[tuple[str, float]]:
    """Compare the decisions from blocks of many lengths with those of one batch.

    Parameters
    ----------
    source : Source
        Read to its end and held in memory.
    extractor, classifier
        As for ``classify_stream``.
    new_decider : callable
        Makes a fresh decider for each run.

    Yields
    ------
    (str, float)
        The lengths of the blocks in words; the largest difference of any posterior, infinite if
        times, states or labels differ.

    Raises
    ------
    SourceError
        If the sound is too short for a decision.
    """
    samples = np.concatenate([np.empty(0, np.float32), *_blocks(source)])
    rate, name = source.sample_rate, source.name

    def run(block_length: int, seed: int | None = None) -> list[Decision]:
        extractor.reset()
        return list(
            classify_stream(
                Recording(samples, rate, name, seed=seed),
                extractor,
                classifier,
                new_decider(),
                block_seconds=block_length / rate,
            )
        )

    batch = run(len(samples))
    if not batch:
        raise SourceError(f"{name}: {len(samples) / rate:.2f} s is too short for a decision")
    for length in BLOCK_LENGTHS:
        yield f"{length} samples", largest_difference(batch, run(length))
        yield f"0 to {length} samples", largest_difference(batch, run(length, seed=length))


def largest_difference(batch: list[Decision], stream: list[Decision]) -> float:
    """Return the largest difference of any posterior; infinite where times or answers differ."""
    if [_answer(decision) for decision in batch] != [_answer(decision) for decision in stream]:
        return np.inf
    differences = np.abs(np.array(_posteriors(batch)) - np.array(_posteriors(stream)))
    largest = float(differences.max(initial=0.0))
    return largest if np.isfinite(largest) else np.inf


def _posteriors(decisions: list[Decision]) -> list[float]:
    """Return every number of both posteriors, one after the other."""
    both = (p for decision in decisions for p in (decision.posterior, decision.raw_posterior))
    return [value for posterior in both for value in posterior.values()]


def _answer(decision: Decision) -> tuple[float, str, str | None]:
    return decision.time, decision.state, decision.label


def _blocks(source: Source) -> Iterator[FloatArray]:
    while (block := source.read(source.sample_rate)) is not None:
        yield block
