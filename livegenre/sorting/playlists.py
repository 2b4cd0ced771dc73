"""Playlists by genre: M3U in UTF-8, which players know by the ending ``.m3u8``."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from livegenre.errors import OutputError
from livegenre.sorting.names import clean, numbered
from livegenre.sorting.placing import part_beside, put_part

HEAD = "#EXTM3U"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a playlist."""

    path: Path
    """Absolute."""
    seconds: float
    title: str


def write_playlists(folder: Path, entries: Mapping[str, Sequence[Entry]]) -> list[Path]:
    """Write a playlist for each genre; one that is there already and says the same stays.

    Paths are relative, so that folder and music may be moved together. A file whose name breaks
    lines cannot be in one.

    Returns
    -------
    list of Path
        Where they are.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder, genre, entries[genre]) for genre in sorted(entries)]
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}; choose another: --playlists DIR") from error


def can_hold(path: Path) -> bool:
    """Tell whether a playlist can hold a path: a line each."""
    return not {"\n", "\r"} & set(str(path))


def _write(folder: Path, genre: str, entries: Sequence[Entry]) -> Path:
    content = "\n".join([HEAD, *(_lines(folder, entry) for entry in entries), ""])
    data = content.encode("utf-8", "surrogateescape")
    name = f"{clean(genre)}.m3u8"
    for number in count(1):
        path = folder / numbered(name, number)
        if not os.path.lexists(path):
            part = part_beside(path)
            part.write_bytes(data)
            put_part(part, path)
            return path
        if path.is_file() and path.read_bytes() == data:
            return path
    raise AssertionError


def _lines(folder: Path, entry: Entry) -> str:
    title = " ".join(entry.title.split())
    return f"#EXTINF:{round(entry.seconds)},{title}\n{_relative(entry.path, folder)}"


def _relative(path: Path, folder: Path) -> str:
    try:
        relative = os.path.relpath(path, os.path.realpath(folder))
    except ValueError:  # on another drive of Windows
        return str(path)
    return os.path.join(".", relative) if relative.startswith("#") else relative
