"""The clips to be heard, from one manifest or several; which of them share an artist."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from livegenre.training.dataset import DataError
from livegenre.training.recordings import read_manifest
from livegenre.training.tables import read_csv

Artist: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """A file of sound and what it is of."""

    path: Path
    label: str
    """A genre, or what kind of sound it is that is no music."""
    set: str = ""
    """Name of the manifest's folder."""
    id: str = ""
    """Unique in the set."""
    by: str = ""
    """Artist, or source of what is no music; empty: unknown."""

    @property
    def artist(self) -> Artist:
        """Equal for clips by one artist; a clip by an unknown one is alone.

        A number is of its set, a name is the same in all.
        """
        if not self.by:
            return ("clip", self.set, self.id)
        return ("number", self.set, self.by) if self.by.isdigit() else ("name", self.by.casefold())


def read_music(paths: Sequence[Path]) -> list[Clip]:
    """Read manifests of music: columns ``path`` and ``genre``; see ``read_manifest``.

    Raises
    ------
    DataError
        If one is not of that form, or its files are missing.
    """
    clips = [
        Clip(
            recording.path,
            recording.track.genre,
            path.absolute().parent.name,
            recording.track.id,
            recording.track.artist,
        )
        for path in paths
        for recording in read_manifest(path)
    ]
    return _there(clips)


def read_not_music(paths: Sequence[Path]) -> list[Clip]:
    """Read manifests of what is not music: columns ``path``, ``label``, optional ``source``.

    Raises
    ------
    DataError
        If one is not of that form, or its files are missing.
    """
    clips = [
        Clip(
            path.parent / row["path"].strip(),
            row["label"].strip(),
            path.absolute().parent.name,
            row["path"].strip(),
            row.get("source", "").strip(),
        )
        for path in paths
        for row in read_csv(path, ("path", "label"))
    ]
    return _there(clips)


def _there(clips: list[Clip]) -> list[Clip]:
    missing = [clip.path for clip in clips if not clip.path.is_file()]
    if missing:
        raise DataError(
            f"{len(missing)} of {len(clips)} files are missing, {missing[0]} is the first; "
            "mend the manifest"
        )
    twice = [path for path, n in Counter(clip.path.resolve() for clip in clips).items() if n > 1]
    if twice:
        raise DataError(f"{twice[0]}: is there more than once; name each manifest and clip once")
    return clips


def draw(clips: list[Clip], limit: int | None, seed: int) -> list[Clip]:
    """Return at most ``limit`` clips, drawn without regard to their labels, in their order."""
    if limit is None or limit >= len(clips):
        return clips
    chosen = np.random.default_rng(seed).choice(len(clips), limit, replace=False)
    return [clips[index] for index in sorted(chosen)]


def split_known(clips: list[Clip], labels: tuple[str, ...]) -> tuple[list[Clip], list[Clip]]:
    """Separate the clips whose genre a model can answer from the others.

    Raises
    ------
    DataError
        If it can answer none.
    """
    known = [clip for clip in clips if clip.label in labels]
    if not known:
        raise DataError(f"the model knows {', '.join(labels)}, but here is {genres_of(clips)}")
    return known, [clip for clip in clips if clip.label not in labels]


def genres_of(clips: Iterable[Clip]) -> str:
    """List the labels that occur."""
    return ", ".join(sorted({clip.label for clip in clips}))
