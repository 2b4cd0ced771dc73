"""Gives a file another genre tag by way of a copy: no moment leaves half a file."""

import os
from dataclasses import dataclass
from pathlib import Path

from livegenre.collection.content import digest_of
from livegenre.sorting.placing import copy_whole
from livegenre.sorting.tags import write_genre


@dataclass(frozen=True, slots=True)
class Tagged:
    """A copy with another genre."""

    before: tuple[str, ...]
    """Its genres before."""
    digest_before: bytes
    """Of the file that was copied."""
    digest: bytes
    """Of the copy."""


def tagged_copy(path: Path, part: Path, genres: tuple[str, ...]) -> Tagged:
    """Make a copy of a file with other genres.

    Raises
    ------
    LivegenreError
        If such a file cannot have tags; then there is no ``part``.
    OSError
        If it cannot be made; neither is there then.
    """
    digest_before = copy_whole(path, part)
    try:
        before = write_genre(os.fspath(part), genres)
        return Tagged(before, digest_before, digest_of(os.fspath(part)))
    except BaseException:
        part.unlink(missing_ok=True)
        raise
