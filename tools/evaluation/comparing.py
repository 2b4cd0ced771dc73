"""Trains the published recipe for a run, and measures it on the clips that the model heard."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import SourceError
from livegenre.training.recordings import WindowReader
from tools.build_backbone import CACHE, build_backbones
from tools.evaluation.baseline import (
    RECIPE,
    Embedded,
    embedding_reader,
    judge,
    make_folds,
    split,
    summarise,
)
from tools.evaluation.clips import Clip
from tools.evaluation.scores import Json, accuracy, per_genre
from tools.evaluation.subject import Subject
from tools.musicnn.wheel import Wheel, download

Progress: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The published recipe, ready to be trained and measured."""

    pool: Sequence[Clip]
    """What it may be trained on."""
    fold: Mapping[Clip, int]
    """Of every clip to measure: none of its artists is trained on."""
    reader: WindowReader

    def measure(self, clips: Sequence[Clip], labels: Sequence[str], progress: Progress) -> Json:
        """Measure the recipe on clips of ``fold``.

        Raises
        ------
        DataError
            If too little is left to train on.
        """
        rows = self._embed([*dict.fromkeys((*clips, *self.pool))], progress)
        pool, judged = (
            Embedded(kept, np.array([rows[clip] for clip in kept]))
            for part in (self.pool, clips)
            for kept in [[clip for clip in part if clip in rows]]
        )
        fold = np.array([self.fold[clip] for clip in judged.clips])
        n_folds = len(np.unique(fold))
        with progress("training the baseline", n_folds) as advance:
            found = judge(pool, judged, fold, labels, advance)
        return {
            "recipe": RECIPE,
            **accuracy(found.answers, len(judged.clips)),
            "per_genre": per_genre(found.answers, labels),
            "n_folds": n_folds,
            "n_train": found.n_train,
            "left_out_of_training": found.left_out,
        }

    def _embed(self, clips: Sequence[Clip], progress: Progress) -> dict[Clip, FloatArray]:
        """Embed what can be; what cannot was named when the model was to hear it."""
        found = {}
        with progress("embedding for the baseline", len(clips)) as advance:
            for clip in clips:
                with suppress(SourceError):
                    found[clip] = summarise(self.reader.read(clip.path))
                advance()
        return found


def prepare(
    train: Sequence[Clip],
    clips: Sequence[Clip],
    subject: Subject,
    *,
    wheel: Path | None,
    cache: Path,
) -> Comparison:
    """Decide what to train on, and get the network.

    Parameters
    ----------
    train : sequence of Clip
        What to train on; nothing: the clips measured, by folds.
    clips : sequence of Clip
        What to measure on, all of genres of the subject.
    subject : Subject
        Where it has folds, the recipe has the same.
    wheel : Path or None
        musicnn's; None: that which was downloaded before, or is now.
    cache : Path
        Folder of embeddings.

    Raises
    ------
    DataError
        If there is too little to make folds of.
    WheelError, CheckpointError
        If musicnn's weights cannot be had.
    """
    pool, fold = _plan(train, clips, subject)
    split(pool, clips, fold)  # what cannot be trained is to be known at once
    network = build_backbones(Wheel(wheel or download(CACHE)), ["msd"])
    numbers = dict(zip(clips, fold.tolist(), strict=True))
    return Comparison(pool, numbers, embedding_reader(network, cache))


def _plan(
    train: Sequence[Clip], clips: Sequence[Clip], subject: Subject
) -> tuple[Sequence[Clip], NDArray[np.int64]]:
    """Return what to train on, and the fold of each clip to measure [shape=(n_clips,)]."""
    pool = [clip for clip in train if clip.label in subject.card.labels]
    if subject.by_folds:
        known = {clip.path.resolve() for clip in pool}
        pool += [clip for clip in clips if clip.path.resolve() not in known]
        return pool, np.array([subject.number_for(clip) for clip in clips])
    if train:
        return pool, np.zeros(len(clips), np.int64)
    return clips, make_folds(clips)
