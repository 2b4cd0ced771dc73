"""What is worked on: the same music for all, at any rate."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

import livegenre
from livegenre.arrays import FloatArray

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
