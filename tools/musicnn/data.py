"""What the convolutional model's heads are trained on: recordings of music and of all else."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.musicnn.heads import Sounds
from tools.training.dataset import Rows, Track
from tools.training.recordings import Recording, read_manifest
from tools.training.tables import read_csv


def named_apart(path: Path) -> list[Recording]:
    """Read a manifest; tracks and artists carry its folder's name, so that no two sets mix."""
    folder = path.parent.name
    return [
        replace(
            recording,
            track=replace(
                recording.track,
                id=f"{folder}/{recording.track.id}",
                artist=recording.track.artist and f"{folder}/{recording.track.artist}",
            ),
        )
        for recording in read_manifest(path)
    ]


def sets_of(rows: Rows) -> NDArray[np.str_]:
    """Return which set, by its folder's name, each row is from [shape=(n_rows,)]."""
    return np.array([track.id.partition("/")[0] for track in rows.tracks])


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


def read_not_music(path: Path) -> list[Recording]:
    """Read a manifest of what is not music: columns ``path``, ``label`` and ``source``.

    Raises
    ------
    DataError
        If it is not of that form.
    """
    return [
        Recording(
            path.parent / row["path"].strip(),
            Track(id=row["path"].strip(), genre=row["label"].strip(), artist=row["source"].strip()),
        )
        for row in read_csv(path, ("path", "label", "source"))
    ]


def gather(music: Sequence[Rows], other: Rows) -> Sounds:
    """Join rows of music with rows of all else."""
    parts = [*music, other]
    tracks = [track for part in parts for track in part.tracks]
    _, clip = np.unique([track.id for track in tracks], return_inverse=True)
    n_music = sum(len(part.tracks) for part in music)
    return Sounds(
        features=np.concatenate([part.features for part in parts]),
        is_music=np.arange(len(tracks)) < n_music,
        clip=clip.astype(np.int64),
        source=np.array([track.artist or track.id for track in tracks]),
        label=np.array([track.genre for track in tracks]),
    )
