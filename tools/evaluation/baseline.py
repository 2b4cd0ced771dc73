"""The published recipe, to stand beside a model: MSD_musicnn's embedding, PCA and an SVM.

J. Pons and X. Serra, musicnn (late-breaking ISMIR 2019). Where their code whitens, votes and lets
genres weigh what they may, this does what makes the recipe better on few clips.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from livegenre.arrays import FloatArray
from livegenre.training.dataset import DataError
from livegenre.training.recordings import WindowReader
from tools.evaluation.answers import Answers
from tools.evaluation.clips import Clip
from tools.musicnn.spec import SPEC as CNN_SPEC

RECIPE = "MSD_musicnn embedding, mean of 3 s windows, PCA-128, balanced RBF SVM"
N_COMPONENTS = 128
N_FOLDS = 5
SPEC = replace(CNN_SPEC, step_frames=62)
"""Windows of 3 s, one a second, after shorter ones at the beginning."""
N_SHORT = 2
"""How many windows are shorter by more than a frame."""


class Embedder:
    """Patches to embeddings, as published: nothing levels them first."""

    def __init__(self, backbone: onnx.ModelProto) -> None:
        content = backbone.SerializeToString()
        self.key = hashlib.sha256(content).digest()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # that ``cached`` could be a constant is no news
        self._session: Any = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, patch: FloatArray) -> FloatArray:
        """Return the embedding of a patch [shape=(200,)]."""
        found: FloatArray = self._session.run(["msd_embedding"], {"patch": patch[None]})[0][0]
        return found


def embedding_reader(backbone: onnx.ModelProto, cache: Path) -> WindowReader:
    """Return what turns a file into the embeddings of its windows, and remembers them."""
    embedder = Embedder(backbone)
    return WindowReader(SPEC, cache, further=embedder, key=embedder.key)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Clips, each with a row."""

    clips: Sequence[Clip]
    rows: FloatArray
    """[shape=(n_clips, n_features)]"""

    def of(self, wanted: NDArray[np.bool_]) -> "Embedded":
        """Keep some clips [shape=(n_clips,)]."""
        kept = np.flatnonzero(wanted).tolist()
        return Embedded([self.clips[i] for i in kept], self.rows[kept])


def summarise(windows: FloatArray) -> FloatArray:
    """Return the row of a clip: the mean over its full windows, or the longest if none is full.

    Parameters
    ----------
    windows : ndarray [shape=(n_windows, n_features)]
        As ``SPEC`` has them, in order; one at least.
    """
    full = windows[N_SHORT:] if len(windows) > N_SHORT else windows[-1:]
    row: FloatArray = full.mean(axis=0)
    return row


@dataclass(frozen=True, slots=True)
class Judged:
    """What the recipe answers, and what it was trained on for that."""

    answers: Answers
    n_train: int
    """Clips of the smallest training set."""
    left_out: int
    """Clips for training that no fold was trained on: their artists are judged."""


def make_folds(clips: Sequence[Clip]) -> NDArray[np.int64]:
    """Give clips numbers of folds by their artists [shape=(n_clips,)].

    Raises
    ------
    DataError
        If there are too few clips or artists of a genre.
    """
    labels = sorted({clip.label for clip in clips})
    genre = np.array([labels.index(clip.label) for clip in clips])
    numbers = {artist: n for n, artist in enumerate(dict.fromkeys(clip.artist for clip in clips))}
    artist = np.array([numbers[clip.artist] for clip in clips])
    for index, label in enumerate(labels):
        n_clips, n_artists = (genre == index).sum(), len(set(artist[genre == index]))
        if n_clips < N_FOLDS or n_artists < 2:
            raise DataError(
                f"{label} has {n_clips} clips by {n_artists} artists, too few for {N_FOLDS} folds"
            )
    fold = np.empty(len(clips), np.int64)
    splitter = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=0)
    for number, (_, held_out) in enumerate(splitter.split(genre, genre, artist)):
        fold[held_out] = number
    return fold


def judge(
    pool: Embedded,
    judged: Embedded,
    fold: NDArray[np.int64],
    labels: Sequence[str],
    on_fold: Callable[[], None] = lambda: None,
) -> Judged:
    """Answer clips by recipes trained without their artists.

    Parameters
    ----------
    pool : Embedded
        Clips to train on; for each fold, those whose artists are not in it.
    judged : Embedded
        Clips to answer.
    fold : ndarray [shape=(n_judged,)]
        Number of each judged clip's fold.
    labels : sequence of str
        What answers are numbered by.
    on_fold : callable
        Called after each fold, to show progress.

    Raises
    ------
    DataError
        If less than two genres are left to train on.
    """
    answer = np.empty(len(judged.clips), np.int64)
    used = np.zeros(len(pool.clips), np.bool_)
    n_train = len(pool.clips)
    for chosen, free in split(pool.clips, judged.clips, fold):
        used |= free
        n_train = min(n_train, int(free.sum()))
        answer[chosen] = _fit(pool.of(free), labels).predict(judged.of(chosen).rows)
        on_fold()
    genre = np.array([labels.index(clip.label) for clip in judged.clips])
    certain = np.ones(len(answer))  # it gives no posterior
    return Judged(Answers(genre, answer, certain), n_train, int((~used).sum()))


def split(
    pool: Sequence[Clip], judged: Sequence[Clip], fold: NDArray[np.int64]
) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Tell for each fold which clips are judged, and which of the pool may be trained on for that.

    Returns
    -------
    list of (ndarray [shape=(n_judged,)], ndarray [shape=(n_pool,)])

    Raises
    ------
    DataError
        If less than two genres are left to train on.
    """
    parts = []
    for number in np.unique(fold):
        chosen = fold == number
        artists = {clip.artist for clip, wanted in zip(judged, chosen, strict=True) if wanted}
        free = np.array([clip.artist not in artists for clip in pool])
        genres = {clip.label for clip, wanted in zip(pool, free, strict=True) if wanted}
        if len(genres) < 2:
            found = f"only {genres.pop()} is" if genres else "nothing is"
            raise DataError(f"{found} left to train on by other artists")
        parts.append((chosen, free))
    return parts


def _fit(pool: Embedded, labels: Sequence[str]) -> Pipeline:
    genre = [labels.index(clip.label) for clip in pool.clips]
    n_components = min(N_COMPONENTS, *pool.rows.shape)
    recipe = make_pipeline(
        PCA(n_components, random_state=0), SVC(C=1, gamma="scale", class_weight="balanced")
    )
    return recipe.fit(pool.rows, genre)
