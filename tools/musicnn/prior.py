"""What tags learnt from hundreds of thousands of songs say of the genres, before any is heard."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

TAGS_OF_GENRE: Mapping[str, tuple[str, ...]] = {
    "blues": ("blues",),
    "country": ("country",),
    "disco": ("dance", "80s", "party", "funk"),
    "hiphop": ("Hip-Hop",),
    "jazz": ("jazz",),
    "metal": ("metal", "heavy metal"),
    "pop": ("pop", "sexy", "female vocalists"),
    "rock": ("rock", "alternative rock", "hard rock", "classic rock"),
}
"""A genre that has no tag is learnt from its clips alone."""
TAGS_OF_OTHER = ("electronic", "ambient", "folk", "soul", "House", "electro", "acoustic")


STRENGTH = 0.75
"""Of the mean of a genre's tags, by each network that gives them."""


def tag_prior(
    labels: Sequence[str], tags: Sequence[str], first_tags: Sequence[int], n_features: int
) -> NDArray[np.float64]:
    """Return weights from features of spread 1 to genres and, last, other music.

    A genre rises by the mean of its tags.

    Parameters
    ----------
    labels, tags : sequence of str
    first_tags : sequence of int
        Features that are the logit of the first tag, by one network or another.
    n_features : int

    Returns
    -------
    ndarray [shape=(n_features, n_labels + 1)]
    """
    weights = np.zeros((n_features, len(labels) + 1))
    named = [*(TAGS_OF_GENRE.get(label, ()) for label in labels), TAGS_OF_OTHER]
    for column, wanted in enumerate(named):
        known = [tags.index(tag) for tag in wanted if tag in tags]
        for first in first_tags:
            weights[[first + tag for tag in known], column] = STRENGTH / max(1, len(known))
    return weights
