"""What is worked on: the same music for all, at any rate, also as a source in memory."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile as sf
import soxr

import livegenre
from livegenre.arrays import FloatArray
from livegenre.sources.base import SourceState

DEMO = Path(livegenre.__file__).parent / "demo" / "demo.ogg"


@dataclass(frozen=True, slots=True)
class Material:
    """What every measurement is given."""

    music: Path = DEMO
    model: str = "cnn"
    """Name or path of the convolutional model."""

    def samples(self, sample_rate: int, n: int | None = None) -> FloatArray:
        """Return the music as mono sound, or its first ``n`` samples, repeated if it is short."""
        samples = _load(self.music, sample_rate)
        return samples if n is None else np.resize(samples, n)


@lru_cache(maxsize=4)
def _load(path: Path, sample_rate: int) -> FloatArray:
    samples, file_rate = sf.read(path, dtype="float32", always_2d=True)
    resampled: FloatArray = soxr.resample(samples.mean(axis=1), file_rate, sample_rate)
    return resampled


class Recording:
    """A source of samples in memory, as fast as they are asked for; see ``Source``."""

    name = "recording"
    lost = clipped = 0
    state: SourceState = "live"
    trouble = ""

    def __init__(self, samples: FloatArray, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._samples = samples
        self._at = 0

    @property
    def duration_seconds(self) -> float:
        """Length of the sound."""
        return len(self._samples) / self.sample_rate

    def read(self, n: int) -> FloatArray | None:
        """Return the next samples, at most ``n``; None at the end."""
        block = self._samples[self._at : self._at + n]
        self._at += len(block)
        return block if len(block) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free nothing."""
