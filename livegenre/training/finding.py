"""Finds what to train on: a folder of genre folders, or a manifest."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livegenre.training.dataset import DataError, Track
from livegenre.training.recordings import Recording, read_manifest

SOUND = frozenset(
    f".{ending}"
    for ending in (
        *("wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "mp2", "aiff", "aif", "aifc", "au"),
        *("snd", "w64", "rf64", "caf", "m4a", "m4b", "mp4", "aac", "wma", "ape", "wv", "mpc"),
        *("tta", "dsf", "webm", "mka", "ac3", "amr", "3gp"),
    )
)
"""How names of sound files end; libsndfile or ffmpeg reads each."""


@dataclass(frozen=True, slots=True)
class Found:
    """Recordings, and what their folders tell of their makers."""

    recordings: Sequence[Recording]
    folders: Sequence[str]
    """Of each, the folder inside its genre's folder; empty where there is none."""


def find_recordings(target: Path, say: Callable[[str], None]) -> Found:
    """Find sound and its genre.

    Parameters
    ----------
    target : Path
        A folder of genre folders, whose names are the labels, or a manifest.
    say : callable
        Is told what is left out.

    Raises
    ------
    DataError
        If there is nothing to train on.
    """
    if not target.is_dir():
        named = _consistent(read_manifest(target))
        return Found(named, [""] * len(named))
    genres = sorted(entry for entry in _entries(target) if entry.is_dir())
    if len(genres) < 2:
        raise DataError(f"{target}: two folders at least are needed in it, one for each genre")
    other: Counter[str] = Counter()
    found = [each for genre in genres for each in _of_genre(genre, other, say)]
    loose = [entry for entry in _entries(target) if entry.suffix.lower() in SOUND]
    if loose := [entry for entry in loose if entry.is_file()]:
        say(f"left out {len(loose)} files that are in no genre's folder, such as {loose[0].name}")
    if other:
        kinds = ", ".join(f"{ending} {n}" for ending, n in other.most_common(5))
        say(f"left out {other.total()} files that are no sound by their names: {kinds}")
    if not found:
        raise DataError(f"{target}: there is no sound file in the folders in it")
    recordings, folders = zip(*found, strict=True)
    return Found(recordings, folders)


def _consistent(recordings: list[Recording]) -> list[Recording]:
    """Refuse a manifest that names a file twice, under another genre."""
    genres: dict[str, str] = {}
    for each in recordings:
        path = os.path.abspath(each.path)
        if genres.setdefault(path, each.track.genre) != each.track.genre:
            raise DataError(f"{each.path}: is both {genres[path]} and {each.track.genre}")
    return recordings


def _of_genre(
    genre: Path, other: Counter[str], say: Callable[[str], None]
) -> Iterator[tuple[Recording, str]]:
    """Yield a genre's sound files, each with its folder, and count the files of other kinds."""
    for path in _files(genre, say):
        if path.suffix.lower() not in SOUND:
            other[path.suffix.lower() or "(no ending)"] += 1
            continue
        inside = path.relative_to(genre).parts
        track = Track(id=str(path), genre=genre.name, artist="")
        yield Recording(path, track), inside[0] if len(inside) > 1 else ""


def _files(folder: Path, say: Callable[[str], None]) -> Iterator[Path]:
    """Yield what is in a folder and below, by name; a loop of links is followed once."""

    def troubled(error: OSError) -> None:
        say(f"left out: {error.filename}: {error.strerror}")

    seen: set[tuple[int, int]] = set()
    for place, folders, names in os.walk(folder, onerror=troubled, followlinks=True):
        status = os.stat(place)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}; check its permissions") from error
