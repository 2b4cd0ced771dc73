"""Hears clips as ``livegenre replay`` would, at once, as found or degraded; scores nothing."""

import math
import tempfile
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from livegenre.assembly import load_model, make_decider
from livegenre.card import ModelCard
from livegenre.errors import SourceError
from livegenre.session import Tap
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import classify_stream
from tools.evaluation.answers import Heard
from tools.evaluation.conditions import Condition, Sound
from tools.training.dataset import DataError
from tools.training.recordings import read_manifest
from tools.training.tables import read_csv

_BLOCK_LENGTH = 65_536


@dataclass(frozen=True, slots=True)
class Clip:
    """A file of sound and what it is of."""

    path: Path
    label: str
    """A genre, or what kind of sound it is that is no music."""


def read_music(path: Path) -> list[Clip]:
    """Read a manifest of music: columns ``path`` and ``genre``; see ``read_manifest``."""
    return [Clip(recording.path, recording.track.genre) for recording in read_manifest(path)]


def read_not_music(path: Path) -> list[Clip]:
    """Read a manifest of what is not music: columns ``path`` and ``label``.

    Raises
    ------
    DataError
        If it is not of that form.
    """
    rows = read_csv(path, ("path", "label"))
    return [Clip(path.parent / row["path"].strip(), row["label"].strip()) for row in rows]


def draw(clips: list[Clip], limit: int | None, seed: int) -> list[Clip]:
    """Return at most ``limit`` clips, drawn without regard to their labels, in their order."""
    if limit is None or limit >= len(clips):
        return clips
    chosen = np.random.default_rng(seed).choice(len(clips), limit, replace=False)
    return [clips[index] for index in sorted(chosen)]


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
        self._classifier, self._extractor = load_model(Namespace(model=model, step=None))

    @property
    def card(self) -> ModelCard:
        """The model's card."""
        return self._classifier.card

    def hear(self, clip: Clip) -> Heard:
        """Classify a clip to its end.

        Raises
        ------
        SourceError
            If it cannot be read, or is too short for a decision.
        """
        return self._hear(clip.path, clip.label)

    def hear_under(self, condition: Condition, clip: Clip, rng: np.random.Generator) -> Heard:
        """Classify a clip as a condition leaves it, by way of a temporary file."""
        degraded = condition(read_sound(clip.path), rng)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "degraded.wav"
            soundfile.write(path, degraded.samples, degraded.sample_rate, subtype="FLOAT")
            return self._hear(path, clip.label)

    def _hear(self, path: Path, label: str) -> Heard:
        options = Namespace(unsure=None, silence=None, smoothing=None, hold=None)
        decider = make_decider(options, self._classifier)
        self._extractor.reset()
        with Tap(open_source(ReplayOptions(spec=str(path.resolve()), speed=math.inf))) as tap:
            decisions = tuple(classify_stream(tap, self._extractor, self._classifier, decider))
            seconds = tap.seconds
        if not decisions:
            needed = self._extractor.spec.min_seconds
            raise SourceError(f"{path}: {seconds:.2f} s of sound; a decision needs {needed:.2f} s")
        return Heard(label, seconds, decisions)


def require_known(clips: list[Clip], labels: tuple[str, ...], manifest: Path) -> list[Clip]:
    """Return the clips whose genre a model can answer.

    Raises
    ------
    DataError
        If there is none.
    """
    known = [clip for clip in clips if clip.label in labels]
    if not known:
        genres = ", ".join(sorted({clip.label for clip in clips}))
        raise DataError(f"{manifest}: the model knows {', '.join(labels)}, but here is {genres}")
    return known
