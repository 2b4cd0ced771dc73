"""The tag model: the tags of the convolutional model alone, and what its posteriors are worth."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from scipy.stats import rankdata

from livegenre.contract import KEEP
from livegenre.training.dataset import Rows

Numbers = NDArray[np.float64]
LEAST_THRESHOLD = 0.1


def lift_tags(cnn: onnx.ModelProto) -> onnx.ModelProto:
    """Return the convolutional model without its genres: its tags become ``logits``.

    What tells music from all else stays, and with it all networks and what they keep from window
    to window. Metadata are yet to come.

    Parameters
    ----------
    cnn : onnx.ModelProto
        With the outputs ``tags`` and ``not_music``; stays as it is.
    """
    inputs = [value.name for value in cnn.graph.input]
    kept = [value.name for value in cnn.graph.output if value.name.startswith(KEEP)]
    model = onnx.utils.Extractor(cnn).extract_model(inputs, ["tags", "not_music", *kept])
    for value in (*model.graph.output, *model.graph.value_info):
        value.name = _renamed(value.name)
    for node in model.graph.node:
        node.input[:] = map(_renamed, node.input)
        node.output[:] = map(_renamed, node.output)
    onnx.checker.check_model(model, full_check=True)
    return model


def _renamed(name: str) -> str:
    return {"logits": "genre_logits", "tags": "logits"}.get(name, name)


@dataclass(frozen=True, slots=True)
class Clips:
    """What the tags say of clips of music."""

    posterior: Numbers
    """Mean over each clip's windows [shape=(n_clips, n_tags)]."""
    genre: NDArray[np.str_]
    """[shape=(n_clips,)]"""
    artist: NDArray[np.str_]
    """[shape=(n_clips,)]"""


def clips_of(rows: Rows) -> Clips:
    """Join the windows of each track; one whose artist is unknown is an artist of its own."""
    tracks = {track.id: track for track in rows.tracks}
    number = {id: place for place, id in enumerate(tracks)}
    clip = np.array([number[track.id] for track in rows.tracks])
    sums = np.zeros((len(tracks), rows.features.shape[1]))
    np.add.at(sums, clip, rows.features)
    return Clips(
        posterior=sums / np.bincount(clip)[:, np.newaxis],
        genre=np.array([track.genre for track in tracks.values()]),
        artist=np.array([track.artist or track.id for track in tracks.values()]),
    )


def window_weights(rows: Rows) -> Numbers:
    """Return what each window counts, so that clips weigh the same [shape=(n_windows,)]."""
    ids = [track.id for track in rows.tracks]
    counts = Counter(ids)
    return np.array([1 / counts[id] for id in ids])


def best_threshold(posterior: Numbers, weights: Numbers) -> float:
    """Find the threshold of greatest expected F1, where posteriors are calibrated.

    Of the windows whose posterior p reaches t, the sum of p is then expected to be right, and the
    sum of p over all windows is to be found: F1(t) = 2 sum_{p >= t} p / (sum_{p >= t} 1 + sum p).
    No labels are needed (Lipton et al., Optimal Thresholding of Classifiers to Maximize F1
    Measure, ECML 2014: the best threshold is half the F1 that it reaches).

    None is below ``LEAST_THRESHOLD``, for what can reach an F1 of no more than twice that is not
    worth a name: the best for a tag that is never heard would be to name it always.

    Parameters
    ----------
    posterior, weights : ndarray [shape=(n,)]
        Of windows; the weights, > 0, count in every sum.
    """
    order = np.argsort(-posterior, kind="stable")
    found, weight = posterior[order], weights[order]
    right = np.cumsum(weight * found)
    f1 = 2 * right / (np.cumsum(weight) + right[-1])
    ends_a_tie = np.append(found[1:] < found[:-1], True)
    return max(float(found[np.where(ends_a_tie, f1, 0).argmax()]), LEAST_THRESHOLD)


def tags_of_genres(genres: Iterable[str], tags: Sequence[str]) -> dict[str, str]:
    """Return which tag is which genre, by name: ``Hip-Hop`` is ``hiphop``."""
    by_name = {_letters(tag): tag for tag in tags}
    return {
        genre: by_name[_letters(genre)]
        for genre in sorted(set(genres))
        if _letters(genre) in by_name
    }


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def genre_aucs(clips: Clips, tags: Sequence[str]) -> dict[str, float]:
    """Return the ROC AUC of each tag that is a genre: its clips against all others."""
    return {
        tag: roc_auc(clips.genre == genre, clips.posterior[:, tags.index(tag)])
        for genre, tag in tags_of_genres(clips.genre, tags).items()
    }


def roc_auc(is_positive: NDArray[np.bool_], posterior: Numbers) -> float:
    """Return the share of pairs, one positive and one not, that are in order; ties count half.

    By way of ranks (Hanley and McNeil, Radiology 143, 1982).
    """
    n_positive = int(is_positive.sum())
    n_pairs = n_positive * (len(is_positive) - n_positive)
    ranks = rankdata(posterior)[is_positive].sum() - n_positive * (n_positive + 1) / 2
    return float(ranks / n_pairs)


def mean_auc(clips: Clips, tags: Sequence[str]) -> float:
    """Return the mean of ``genre_aucs``."""
    return float(np.mean(list(genre_aucs(clips, tags).values())))


def auc_interval(clips: Clips, tags: Sequence[str], n_draws: int, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of ``mean_auc``: percentiles of a bootstrap.

    Artists are drawn with replacement, as clips of one artist are not independent; those of each
    genre by themselves, so that none is lost (Davison and Hinkley, Bootstrap Methods and their
    Application, 1997).
    """
    rng = np.random.default_rng(seed)
    means = []
    for _ in range(n_draws):
        drawn = _draw_artists(clips, rng)
        part = Clips(clips.posterior[drawn], clips.genre[drawn], clips.artist[drawn])
        means.append(mean_auc(part, tags))
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def _draw_artists(clips: Clips, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the places of all clips of the artists drawn."""
    drawn: list[NDArray[np.intp]] = []
    for genre in np.unique(clips.genre):
        artists = np.unique(clips.artist[clips.genre == genre])
        for artist in rng.choice(artists, len(artists)):
            drawn.append(np.flatnonzero((clips.genre == genre) & (clips.artist == artist)))
    return np.concatenate(drawn)
