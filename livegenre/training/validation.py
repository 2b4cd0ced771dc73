"""Judges estimators on tracks that they never heard: cross-validation by artist or by track."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from livegenre.arrays import FloatArray
from livegenre.training.corrections import may_teach
from livegenre.training.dataset import DataError, Dataset


@dataclass(frozen=True, slots=True)
class Plan:
    """How tracks are split."""

    n_folds: int
    n_repeats: int
    seed: int
    by_artist: bool = True
    """False splits tracks at random, as tutorials do: artists are then on both sides."""

    def __str__(self) -> str:
        kind = "artist-grouped" if self.by_artist else "random-by-track"
        return f"{self.n_folds}-fold {kind} cross-validation x {self.n_repeats}"


@dataclass(frozen=True, slots=True)
class Judged:
    """Logits of rows by models that never heard their tracks."""

    logits: NDArray[np.float64]
    """[shape=(n_repeats, n_rows, n_labels)]"""
    rows: Dataset
    """The rows judged."""
    heard: NDArray[np.int64] | None = None
    """How much sound is in each row, and so how much it counts for its clip [shape=(n_rows,)]; None
    is the same for all."""

    @property
    def clip_genres(self) -> NDArray[np.int64]:
        """Genres of the tracks judged [shape=(n_clips,)]."""
        return self.rows.genre[np.unique(self.rows.track)]

    def clip_posteriors(self, temperature: float) -> NDArray[np.float64]:
        """Average the posteriors of each clip's rows [shape=(n_repeats, n_clips, n_labels)]."""
        posteriors = softmax(self.logits / temperature, axis=2)
        heard = np.ones(len(self.rows.track)) if self.heard is None else self.heard
        clips = [self.rows.track == clip for clip in np.unique(self.rows.track)]
        return np.stack(
            [np.average(posteriors[:, rows], axis=1, weights=heard[rows]) for rows in clips], axis=1
        )

    def of_rows(self, kept: NDArray[np.bool_]) -> "Judged":
        """Keep some rows [shape=(n_rows,)]."""
        heard = None if self.heard is None else self.heard[kept]
        return Judged(self.logits[:, kept], self.rows.of_rows(kept), heard)


Scorer: TypeAlias = Callable[[FloatArray], NDArray[np.float64]]
"""Features [shape=(n_rows, n_features)] -> logits [shape=(n_rows, n_labels)]."""


def cross_validate(
    fit: Callable[[Dataset, int], Scorer],
    dataset: Dataset,
    plan: Plan,
    on_fold: Callable[[], None] = lambda: None,
    *,
    taught: Dataset | None = None,
) -> Judged:
    """Judge every track by a model trained without it, and by artist without its artist.

    Parameters
    ----------
    fit : callable
        Trains on a part of the dataset with a seed; returns what scores other rows.
    dataset : Dataset
        Tracks for testing are left out.
    plan : Plan
        Each repeat has folds of its own.
    on_fold : callable
        Called after each fold, to show progress.
    taught : Dataset, optional
        The dataset with corrections behind it, to be trained on too where they are by no artist
        held out.

    Raises
    ------
    DataError
        If there are too few artists or tracks to split so.
    """
    _check_splits(dataset, plan)
    taught = taught or dataset
    judged = dataset.of_rows(dataset.judged & ~dataset.is_test[dataset.track])
    scores = np.empty((plan.n_repeats, len(judged.track), len(dataset.labels)))
    for repeat in range(plan.n_repeats):
        for held_out in _folds(dataset, plan, repeat):
            heard = may_teach(taught.artist, ~held_out & ~dataset.is_test)
            score = fit(taught.of_tracks(heard), plan.seed + repeat)
            rows = held_out[judged.track]
            if rows.any():  # a fold may hold tracks of the table only
                scores[repeat, rows] = score(judged.features[rows])
            on_fold()
    return Judged(scores, judged)


def _check_splits(dataset: Dataset, plan: Plan) -> None:
    usable = ~dataset.is_test
    n_artists = len(np.unique(dataset.artist[usable]))
    if n_artists < plan.n_folds:
        raise DataError(f"{n_artists} artists are fewer than {plan.n_folds} folds; see --folds")
    for index, label in enumerate(dataset.labels):
        chosen = usable & (dataset.genre == index)
        if len(np.unique(dataset.artist[chosen])) < 2:
            raise DataError(f"genre {label}: two artists are needed, to train on and to judge")
        if chosen.sum() < plan.n_folds:
            raise DataError(
                f"genre {label}: {chosen.sum()} tracks are fewer than {plan.n_folds} folds; "
                "see --folds"
            )


def _folds(dataset: Dataset, plan: Plan, repeat: int) -> Iterator[NDArray[np.bool_]]:
    """Yield which tracks are held out, fold by fold."""
    usable = np.flatnonzero(~dataset.is_test)
    genres = dataset.genre[usable]
    kind = StratifiedGroupKFold if plan.by_artist else StratifiedKFold
    groups = dataset.artist[usable] if plan.by_artist else None
    splitter = kind(plan.n_folds, shuffle=True, random_state=plan.seed + repeat)
    for _, test in splitter.split(genres, genres, groups=groups):
        held_out = np.zeros(len(dataset.genre), np.bool_)
        held_out[usable[test]] = True
        yield held_out
