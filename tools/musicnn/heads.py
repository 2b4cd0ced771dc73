"""The heads of the convolutional model: balanced logistic regressions on rows of embeddings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from livegenre.arrays import FloatArray
from livegenre.training.linear import Linear
from tools.musicnn.material import Kind, Material
from tools.musicnn.moved import Moved, directions
from tools.musicnn.regression import regress

GENRE_PENALTY, MUSIC_PENALTY = 0.6, 0.1
"""Of M in the mean loss, halved; 1 / (C n) in scikit-learn's terms."""
KIND_OF_NOISE = {"noise": 2.0, "silence": 0.3, "made": 0.5, "babble": 0.5}
"""How much clips that are no music count, 1 where not named."""
MADE_MUSIC = 0.5
"""How much music that was made here counts, to tell music from all else."""
MADE_OTHER = 0.3
"""Share of music that was made here in what other genres are learnt from."""
OTHER_MUSIC = 3.0
"""How much more music that is not from the first set counts, to tell music from all else."""
DEGRADED_GENRE, DEGRADED_MUSIC = 0.25, 0.3
"""How much a degraded copy of a clip counts beside it, for its genre and for being music."""
CONSTANT = 1e-6
"""Features that spread less are not scaled."""


@dataclass(frozen=True, slots=True)
class Heads:
    """What is trained: both linear maps."""

    genres: Linear
    """To the logits of the genres and, last, of all other music."""
    not_music: Linear
    """To the logit of not being music."""


def spread_other(logits: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Share the posterior of other music out: what is none of the genres makes them all alike.

    Parameters
    ----------
    logits : ndarray [shape=(..., n_genres + 1)]
    temperature : float > 0

    Returns
    -------
    ndarray [shape=(..., n_genres)]
        Log posteriors of the genres; they sum to 1.
    """
    log_posterior = log_softmax(logits / temperature, axis=-1)
    genres, other = log_posterior[..., :-1], log_posterior[..., -1:]
    return np.asarray(np.logaddexp(genres, other - np.log(genres.shape[-1])))


def fit_heads(material: Material, clips: NDArray[np.bool_], moved: Sequence[Moved]) -> Heads:
    """Train both heads on some of the clips.

    Parameters
    ----------
    material : Material
    clips : ndarray [shape=(n_clips,)]
        Which clips may be heard.
    moved : sequence of Moved
        Of clips of music; those that may not be heard are left out.
    """
    return Heads(_fit_genres(material, clips, moved), _fit_not_music(material, clips, moved))


def genre_weights(material: Material, clips: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weigh clips of music: genres the same, artists by the root of how many clips they have.

    Returns
    -------
    ndarray [shape=(n_clips,)]
        Sums to 1 over each genre, and over all other music.
    """
    made = clips & (material.kind == Kind.MADE_MUSIC)
    used = clips & material.is_music & ~made
    by_artist = np.bincount(material.source, used)
    weights = used / np.sqrt(np.maximum(by_artist, 1))[material.source]
    weights = _shares(weights, material.genre)
    if made.any():
        weights[material.genre == len(material.labels)] *= 1 - MADE_OTHER
        weights += MADE_OTHER * made / made.sum()
    return weights


def _shares(weights: NDArray[np.float64], part: NDArray[np.int64]) -> NDArray[np.float64]:
    """Scale weights to a sum of 1 in each part that has any."""
    total = np.bincount(part, weights)
    return np.asarray(weights / np.maximum(total, 1e-12)[part])


def noise_weights(material: Material, clips: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weigh all clips to tell music from the rest; each half sums to 1 [shape=(n_clips,)]."""
    is_first = material.group == material.group[0]
    names = [track.genre for track in material.tracks]
    noise = np.array([KIND_OF_NOISE.get(name, 1.0) for name in names])
    music = np.where(is_first, 1.0, OTHER_MUSIC)
    music[material.kind == Kind.MADE_MUSIC] = MADE_MUSIC
    weights = np.where(material.is_music, music, noise) * clips
    return _shares(weights, material.is_music.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Rows to learn from, one after the other."""

    features: FloatArray
    classes: NDArray[np.int64]
    weights: NDArray[np.float64]

    def with_degraded(
        self, copies: Sequence[tuple[Moved, int]], by_track: Mapping[str, float], share: float
    ) -> "_Lesson":
        """Add degraded copies of clips, each with its class and a share of its clip's weight."""
        if not copies:
            return self
        rows = [len(part.degraded) for part, _ in copies]
        each = [share * by_track[part.track] / n for (part, _), n in zip(copies, rows, strict=True)]
        return _Lesson(
            np.concatenate([self.features, *(part.degraded for part, _ in copies)]),
            np.concatenate([self.classes, np.repeat([number for _, number in copies], rows)]),
            np.concatenate([self.weights, np.repeat(each, rows)]),
        )


def _fit_genres(material: Material, clips: NDArray[np.bool_], moved: Sequence[Moved]) -> Linear:
    weights = genre_weights(material, clips)
    by_track = _by_track(material, weights * (material.kind == Kind.GENRE))
    number = dict(zip([track.id for track in material.tracks], material.genre, strict=True))
    copies = [(part, int(number[part.track])) for part in moved if part.track in by_track]
    lesson = _lesson(material, weights, material.genre)
    lesson = lesson.with_degraded(copies, by_track, DEGRADED_GENRE)
    return _fit(lesson, moved, by_track, material.prior, GENRE_PENALTY)


def _fit_not_music(material: Material, clips: NDArray[np.bool_], moved: Sequence[Moved]) -> Linear:
    weights = noise_weights(material, clips)
    by_track = _by_track(material, weights * material.is_music)
    copies = [(part, 0) for part in moved if part.track in by_track]
    lesson = _lesson(material, weights, (~material.is_music).astype(np.int64))
    lesson = lesson.with_degraded(copies, by_track, DEGRADED_MUSIC)
    nothing = np.zeros((material.features.shape[1], 2))
    two = _fit(lesson, moved, by_track, nothing, MUSIC_PENALTY)
    return Linear(two.weights[:, 1:] - two.weights[:, :1], two.bias[1:] - two.bias[:1])


def _lesson(
    material: Material, weights: NDArray[np.float64], classes: NDArray[np.int64]
) -> _Lesson:
    """Share the weight of each clip among its rows, and leave out what weighs nothing."""
    by_row = (weights / np.bincount(material.clip))[material.clip]
    used = by_row > 0
    return _Lesson(material.features[used], classes[material.clip][used], by_row[used])


def _by_track(material: Material, weights: NDArray[np.float64]) -> dict[str, float]:
    return {
        track.id: float(weight)
        for track, weight in zip(material.tracks, weights, strict=True)
        if weight > 0
    }


def _fit(
    lesson: _Lesson,
    moved: Sequence[Moved],
    by_track: Mapping[str, float],
    prior: NDArray[np.float64],
    penalty: float,
) -> Linear:
    """Scale, turn the space so that M of the penalty is 1, regress, and fold all into one map."""
    features = lesson.features.astype("f8")
    mean = np.average(features, axis=0, weights=lesson.weights)
    spread = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=lesson.weights))
    scale = np.where(spread < CONSTANT, 1.0, spread)
    values, axes = np.linalg.eigh(directions(moved, scale, by_track))
    turn, back = (axes * power @ axes.T for power in (values**-0.5, values**0.5))
    rows = (features - mean) / scale @ turn
    found = regress(rows, lesson.classes, lesson.weights, back @ prior, penalty)
    scaled = turn @ found.weights / scale[:, np.newaxis]
    return Linear(scaled, found.bias - mean @ scaled)
