"""Hears clips as ``livegenre replay`` would, at once, as found or degraded; scores nothing."""

import math
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from livegenre.assembly import DecisionOptions, load_model, make_decider
from livegenre.errors import SourceError
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import classify_stream
from livegenre.tap import Tap
from tools.evaluation.answers import Heard
from tools.evaluation.clips import Clip
from tools.evaluation.conditions import Condition, Sound

_BLOCK_LENGTH = 65_536


def read_sound(path: Path) -> Sound:
    """Read a whole file, mixed to mono, at its own rate.

    Raises
    ------
    SourceError
        If it cannot be read or holds nothing.
    """
    with open_source(ReplayOptions(spec=str(path.resolve()), speed=math.inf)) as source:
        blocks = []
        while (block := source.read(_BLOCK_LENGTH)) is not None:
            blocks.append(block)
        if not sum(map(len, blocks)):
            raise SourceError(f"{path}: holds no sound; leave it out")
        return Sound(np.concatenate(blocks), source.sample_rate)


class Listener:
    """A model with the decider that users get, ready for clip after clip.

    Parameters
    ----------
    model : str
        Name of a bundled model, or path of a model file.

    Raises
    ------
    ModelError
        If it cannot be used.
    """

    def __init__(self, model: str) -> None:
        self._classifier, self._extractor = load_model(model)

    def hear(self, clip: Clip) -> Heard:
        """Classify a clip to its end.

        Raises
        ------
        SourceError
            If it cannot be read, or is too short for a decision.
        """
        return self._hear(clip.path, clip.label)

    def hear_under(self, condition: Condition, clip: Clip, rng: np.random.Generator) -> Heard:
        """Classify a clip as a condition leaves it."""
        return self.hear_sound(condition(read_sound(clip.path), rng), clip.label)

    def hear_sound(self, sound: Sound, label: str) -> Heard:
        """Classify sound in memory, by way of a temporary file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sound.wav"
            soundfile.write(path, sound.samples, sound.sample_rate, subtype="FLOAT")
            return self._hear(path, label)

    def _hear(self, path: Path, label: str) -> Heard:
        decider = make_decider(DecisionOptions(), self._classifier)
        self._extractor.reset()
        with Tap(open_source(ReplayOptions(spec=str(path.resolve()), speed=math.inf))) as tap:
            decisions = tuple(classify_stream(tap, self._extractor, self._classifier, decider))
            seconds = tap.seconds
        if not decisions:
            needed = self._extractor.spec.min_seconds
            raise SourceError(f"{path}: {seconds:.2f} s of sound; a decision needs {needed:.2f} s")
        return Heard(label, seconds, decisions)
