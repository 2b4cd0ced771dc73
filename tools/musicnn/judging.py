"""Judges heads on clips by artists and makers they never heard, as a listener would meet them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit

from livegenre.card import Accuracy
from livegenre.training.corrections import may_teach
from livegenre.training.dataset import Dataset
from livegenre.training.measures import accuracy
from livegenre.training.validation import Judged, Plan
from tools.musicnn.heads import Heads, fit_heads, genre_weights, spread_other
from tools.musicnn.material import Kind, Material, assign_folds
from tools.musicnn.moved import Moved
from tools.musicnn.spec import SPEC


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What heads that never heard a clip, nor its maker, say of its rows."""

    fold: NDArray[np.int64]
    """In which fold each clip was held out [shape=(n_repeats, n_clips)]."""
    logits: NDArray[np.float64]
    """Of the genres and of other music [shape=(n_repeats, n_rows, n_genres + 1)]."""
    not_music: NDArray[np.float64]
    """Probability [shape=(n_repeats, n_rows)]."""
    moved_right: NDArray[np.bool_]
    """Whether each clip moved was answered right as it is, and degraded
    [shape=(n_repeats, n_moved, 2)]."""


def judge(
    material: Material,
    moved: Sequence[Moved],
    plan: Plan,
    on_fold: Callable[[], None] = lambda: None,
    *,
    with_corrections: Material | None = None,
) -> HeldOut:
    """Cross-validate both heads, every repeat with folds of its own.

    Parameters
    ----------
    material : Material
    moved : sequence of Moved
    plan : Plan
    on_fold : callable
        Called after each fold, to show progress.
    with_corrections : Material, optional
        The material with corrections behind it, to be trained on too where they are by no maker
        held out.

    Raises
    ------
    DataError
        If the clips cannot be split so.
    """
    lesson = with_corrections or material
    n_rows, n_outputs = len(material.clip), len(material.labels) + 1
    folds = np.stack(
        [assign_folds(material, plan.n_folds, plan.seed + n) for n in range(plan.n_repeats)]
    )
    logits = np.empty((plan.n_repeats, n_rows, n_outputs))
    not_music = np.empty((plan.n_repeats, n_rows))
    right = np.zeros((plan.n_repeats, len(moved), 2), np.bool_)
    for repeat, fold in enumerate(folds):
        for number in range(plan.n_folds):
            heads = fit_heads(lesson, may_teach(lesson.source, fold != number), moved)
            rows = (fold == number)[material.clip]
            logits[repeat, rows] = heads.genres(material.features[rows])
            not_music[repeat, rows] = expit(heads.not_music(material.features[rows])[:, 0])
            _judge_moved(heads, material, fold == number, moved, right[repeat])
            on_fold()
    return HeldOut(folds, logits, not_music, right)


def _judge_moved(
    heads: Heads,
    material: Material,
    clips: NDArray[np.bool_],
    moved: Sequence[Moved],
    right: NDArray[np.bool_],
) -> None:
    genre = dict(zip([track.id for track in material.tracks], material.genre, strict=True))
    held_out = {track.id for track, held in zip(material.tracks, clips, strict=True) if held}
    for number, part in enumerate(moved):
        if part.track in held_out:
            for form, rows in enumerate((part.clean, part.degraded)):
                mean = np.exp(spread_other(heads.genres(rows), 1.0)).mean(axis=0)
                right[number, form] = mean.argmax() == genre[part.track]


def best_temperature(material: Material, held_out: HeldOut, clips: NDArray[np.bool_]) -> float:
    """Find the temperature of least log loss over the rows of some clips, weighed as in training.

    Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
    """
    rows = ((material.kind == Kind.GENRE) & clips)[material.clip]
    clip = material.clip[rows]
    genre = material.genre[clip]
    weights = (genre_weights(material, clips) / np.bincount(material.clip))[clip]

    def loss(log_temperature: float) -> float:
        log_posterior = spread_other(held_out.logits[:, rows], float(np.exp(log_temperature)))
        return float(-(log_posterior[:, np.arange(len(genre)), genre] @ weights).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def clips_right(material: Material, held_out: HeldOut, plan: Plan) -> Accuracy:
    """Measure the share of clips of the genres that are right."""
    everything = np.ones(len(material.tracks), np.bool_)
    temperature = best_temperature(material, held_out, everything)
    return accuracy(as_judged(material, spread_other(held_out.logits, temperature)), str(plan))


def heard_frames(clip: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many frames each row has heard: the first ones of a clip are early.

    Parameters
    ----------
    clip : ndarray [shape=(n_rows,)]
        Number of each row's clip; rows of a clip lie together, in order.
    """
    _, first, number = np.unique(clip, return_index=True, return_inverse=True)
    step = np.arange(len(clip)) - first[number]
    return np.asarray(np.minimum(SPEC.min_frames + step * SPEC.step_frames, SPEC.window_frames))


def as_judged(material: Material, log_posteriors: NDArray[np.float64]) -> Judged:
    """Return what was said of the rows of the genres, for the measures of every model.

    Parameters
    ----------
    material : Material
    log_posteriors : ndarray [shape=(n_repeats, n_rows, n_genres)]
    """
    rows = (material.kind == Kind.GENRE)[material.clip]
    dataset = Dataset(
        labels=material.labels,
        features=material.features[rows],
        track=material.clip[rows],
        judged=np.ones(int(rows.sum()), np.bool_),
        genre=material.genre,
        artist=material.source,
        is_test=np.zeros(len(material.tracks), np.bool_),
    )
    return Judged(log_posteriors[:, rows], dataset, heard_frames(material.clip)[rows])
