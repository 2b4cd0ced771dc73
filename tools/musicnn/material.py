"""What the heads are trained on: clips of music and of all else, each in rows of embeddings.

Reads manifests, gathers what was made of their recordings, and splits clips by who made them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from livegenre.arrays import FloatArray
from livegenre.training.dataset import DataError, Rows, Track
from livegenre.training.recordings import Recording, read_manifest
from livegenre.training.tables import read_csv
from tools.musicnn.prior import tag_prior


class Kind(IntEnum):
    """What a clip is to the heads."""

    GENRE = 0
    """Music of a genre that is told apart."""
    OUTSIDE = 1
    """Music of another genre."""
    MADE_MUSIC = 2
    """Music that was computed, of no genre that is told apart."""
    NOT_MUSIC = 3
    MADE = 4
    """Noise that was computed: no music either."""
    CORRECTED = 5
    """Music of a genre that is told apart, as somebody said who listened: never judged."""


OF_A_GENRE = (Kind.GENRE, Kind.CORRECTED)


@dataclass(frozen=True, slots=True)
class Material:
    """Clips of every kind and their rows."""

    labels: tuple[str, ...]
    """The genres told apart."""
    features: FloatArray
    """[shape=(n_rows, n_features)]"""
    clip: NDArray[np.int64]
    """Number of each row's clip [shape=(n_rows,)]."""
    tracks: tuple[Track, ...]
    """Of each clip; its artist, or its maker, is never on both sides of a split."""
    kind: NDArray[np.int64]
    """[shape=(n_clips,)]"""
    prior: NDArray[np.float64]
    """Weights of the genres, and of other music, from features of spread 1, before any clip is
    heard [shape=(n_features, n_labels + 1)]."""

    @property
    def genre(self) -> NDArray[np.int64]:
        """Index into ``labels`` of each clip, their number where it is of none of them."""
        return np.array(
            [
                self.labels.index(track.genre) if kind in OF_A_GENRE else len(self.labels)
                for track, kind in zip(self.tracks, self.kind, strict=True)
            ]
        )

    @property
    def is_music(self) -> NDArray[np.bool_]:
        """Whether each clip is music [shape=(n_clips,)]."""
        return np.isin(self.kind, (*OF_A_GENRE, Kind.OUTSIDE, Kind.MADE_MUSIC))

    @property
    def source(self) -> NDArray[np.int64]:
        """Number of each clip's artist or maker [shape=(n_clips,)]."""
        names = [track.artist or track.id for track in self.tracks]
        return np.unique(names, return_inverse=True)[1]

    @property
    def group(self) -> NDArray[np.str_]:
        """Name of the set that each clip is from [shape=(n_clips,)]."""
        return np.array([track.id.partition("/")[0] for track in self.tracks])


def gather(
    parts: Sequence[tuple[Kind, Rows]], tags: Sequence[str], first_tags: Sequence[int]
) -> Material:
    """Join rows of several kinds and give their clips numbers.

    Parameters
    ----------
    parts : sequence of (Kind, Rows)
    tags : sequence of str
        What some features are logits of; their names say what to expect of genres.
    first_tags : sequence of int
        Which features are the first of them, by one network or another.

    Raises
    ------
    DataError
        If there are fewer than two genres.
    """
    found: dict[str, tuple[Track, Kind]] = {}
    for kind, rows in parts:
        found |= {track.id: (track, kind) for track in rows.tracks}
    labels = {track.genre for track, kind in found.values() if kind == Kind.GENRE}
    if len(labels) < 2:
        raise DataError(f"genres: {', '.join(labels)}: there is nothing to tell apart")
    number = {identity: index for index, identity in enumerate(found)}
    features = np.concatenate([rows.features for _, rows in parts])
    return Material(
        labels=tuple(sorted(labels)),
        features=features,
        clip=np.array([number[track.id] for _, rows in parts for track in rows.tracks]),
        tracks=tuple(track for track, _ in found.values()),
        kind=np.array([kind for _, kind in found.values()]),
        prior=tag_prior(sorted(labels), tags, first_tags, features.shape[1]),
    )


def taught(material: Material, corrections: Rows) -> Material:
    """Add corrected clips, to train on and never to judge by, behind all others."""
    tracks = {track.id: track for track in corrections.tracks}
    number = {identity: len(material.tracks) + n for n, identity in enumerate(tracks)}
    return replace(
        material,
        features=np.concatenate([material.features, corrections.features]),
        clip=np.append(material.clip, [number[track.id] for track in corrections.tracks]),
        tracks=(*material.tracks, *tracks.values()),
        kind=np.append(material.kind, [Kind.CORRECTED] * len(tracks)),
    )


def assign_folds(material: Material, n_folds: int, seed: int) -> NDArray[np.int64]:
    """Put each clip, with all others of its maker, into a fold [shape=(n_clips,)].

    Raises
    ------
    DataError
        If a genre has fewer clips than there are folds, or one artist only.
    """
    for index, label in enumerate(material.labels):
        chosen = material.genre == index
        if chosen.sum() < n_folds:
            raise DataError(f"{label}: {chosen.sum()} clips are fewer than {n_folds} folds")
        if len(np.unique(material.source[chosen])) < 2:
            raise DataError(f"{label}: two artists are needed, to train on and to judge")
    strata = np.where(material.kind == Kind.GENRE, material.genre, -1 - material.kind)
    fold = np.empty(len(strata), np.int64)
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    for number, (_, held_out) in enumerate(splitter.split(strata, strata, material.source)):
        fold[held_out] = number
    return fold


def named_apart(path: Path) -> list[Recording]:
    """Read a manifest of music; tracks and artists carry its folder's name: no two sets mix."""
    return [_in_set(recording, path.parent.name) for recording in read_manifest(path)]


def read_not_music(path: Path) -> list[Recording]:
    """Read a manifest of what is not music: columns ``path``, ``label`` and ``source``.

    Raises
    ------
    DataError
        If it is not of that form.
    """
    rows = read_csv(path, ("path", "label", "source"))
    recordings = [
        Recording(
            path.parent / row["path"].strip(),
            Track(id=row["path"].strip(), genre=row["label"].strip(), artist=row["source"].strip()),
        )
        for row in rows
    ]
    return [_in_set(recording, path.parent.name) for recording in recordings]


def _in_set(recording: Recording, name: str) -> Recording:
    track = recording.track
    artist = track.artist and f"{name}/{track.artist}"
    return replace(recording, track=replace(track, id=f"{name}/{track.id}", artist=artist))


def split_by_genre(
    manifests: Sequence[Sequence[Recording]],
) -> tuple[list[Recording], list[Recording]]:
    """Separate recordings of the first manifest's genres from those of others."""
    known = {recording.track.genre for recording in manifests[0]}
    every = [recording for manifest in manifests for recording in manifest]
    return (
        [recording for recording in every if recording.track.genre in known],
        [recording for recording in every if recording.track.genre not in known],
    )
