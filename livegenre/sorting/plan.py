"""What is to become of a file that was heard: where it goes, and which genre it is given."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from livegenre.collection.run import Row
from livegenre.collection.track import Track
from livegenre.sorting.tags import Tags, read_tags
from livegenre.sorting.template import Template, fields_of

Action = Literal["copy", "move", "link"]
NOT_NAMED = ("unsure", "not_music", "silence")
"""Answers that are no genre; also the folders for them."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """How files are sorted."""

    folder: Path
    action: Action
    template: Template


@dataclass(frozen=True, slots=True)
class Step:
    """A file that was heard, and where it goes."""

    source: Path
    """Absolute."""
    digest: bytes
    """Of its content when it was heard."""
    track: Track
    genre: str
    """Its label; empty if it has none."""
    tags: Tags
    target: Path | None
    """Where it goes, if nothing is there; None: it stays where it is."""


def plan(
    rows: Iterable[Row], sorting: Sorting | None, min_posterior: float | None
) -> Iterator[Step]:
    """Yield a step for each file that was heard.

    Parameters
    ----------
    rows : iterable of Row
    sorting : Sorting, optional
        Without it all files stay where they are.
    min_posterior : float, optional
        As in ``Track.answer``.
    """
    for row in rows:
        if row.track is None:
            continue
        answer = row.track.answer(min_posterior)
        path = os.path.abspath(row.path)
        tags = read_tags(path)
        yield Step(
            source=Path(path),
            digest=row.digest,
            track=row.track,
            genre="" if answer in NOT_NAMED else answer,
            tags=tags,
            target=None if sorting is None else _target(sorting, path, tags, row.track, answer),
        )


def _target(sorting: Sorting, path: str, tags: Tags, track: Track, answer: str) -> Path:
    parts = sorting.template.fill(fields_of(path, tags, answer, track.strength(answer) or 0.0))
    if answer in NOT_NAMED and not sorting.template.begins_with_genre:
        parts = (answer, *parts)
    return sorting.folder.joinpath(*parts)
