"""What the posteriors of a multi-label model are worth, where its labels are also genres."""

from collections.abc import Sequence

import numpy as np

from livegenre.training.dataset import DataError
from tools.evaluation.answers import Heard, mean_posterior
from tools.evaluation.scores import Json, share
from tools.musicnn.tags import roc_auc, tags_of_genres


def score_ranking(clips: Sequence[Heard], labels: Sequence[str]) -> Json:
    """Return how well each label that is a genre puts its clips above all others.

    ``auc`` is the share of pairs in order, half by chance; ``named`` that of the genre's windows
    whose smoothed posterior has the label among the three strongest.

    Raises
    ------
    DataError
        If no label is a genre of some of the clips and not of all.
    """
    posteriors = np.array([mean_posterior(clip.decisions, labels) for clip in clips])
    genres = np.array([clip.label for clip in clips])
    found: dict[str, Json] = {}
    for genre, label in tags_of_genres(genres, labels).items():
        own = genres == genre
        if not own.all():
            windows = [d for clip in clips if clip.label == genre for d in clip.decisions]
            found[label] = {
                "auc": roc_auc(own, posteriors[:, labels.index(label)]),
                "named": share([label in d.tags for d in windows]),
                "n": int(own.sum()),
            }
    if not found:
        raise DataError("none of the model's labels is a genre of some of the clips and not of all")
    return {"macro_auc": float(np.mean([row["auc"] for row in found.values()])), "by_label": found}
