"""Files of sound for the tests of collections: made, tiny, and each of other content."""

from pathlib import Path

import numpy as np
import soundfile

from livegenre.collection.hearing import Task, model_digest

SAMPLE_RATE = 22_050


def write_sound(
    path: Path, level: float = 0.3, *, seconds: float = 1.2, seed: int = 0, rate: int = SAMPLE_RATE
) -> Path:
    """Write noise of an RMS; the tiny model calls more than 0.1 loud, less quiet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).uniform(-1, 1, round(seconds * rate))
    soundfile.write(path, noise * level * np.sqrt(3), rate, format=None)
    return path


def task_for(path: Path | str, model: Path | str) -> Task:
    return Task(str(path), str(model), model_digest(str(model)))
