"""From the paths that were given to the files that are to be heard, whatever lies in between."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livegenre.errors import FileError
from livegenre.work.remote import is_url, list_files

_ENDINGS = (
    ".aac .ac3 .aif .aifc .aiff .alac .amr .ape .au .caf .dsf .dts .flac .m4a .m4b .mka .mp1 .mp2 "
    ".mp3 .mp4 .mpc .oga .ogg .opus .rf64 .snd .spx .tta .w64 .wav .wave .webm .wma .wv"
)
ENDINGS = frozenset(_ENDINGS.split())
"""Of files in folders that are heard; one that is named is, whatever its name."""

NO_SOUND = ("._", ".livegenre-")
"""How names begin of what macOS leaves beside files, and of copies that were cut off."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file or folder that was met."""

    path: str
    """As it was given, or below what was given."""
    size: int = 0
    """Of a file to be heard, in bytes; 0 of a URL."""
    trouble: str = ""
    """Why it cannot be read; else empty."""


def scan(paths: Sequence[str], leave_out: Sequence[str] = ()) -> Iterator[Found]:
    """Yield every file with sound in it, and every folder that cannot be read, once.

    Folders are gone through by name, to any depth, by way of symbolic links too, and each but
    once: links that lead round in a circle end there.

    Parameters
    ----------
    paths : sequence of str
        Files and folders; or URLs of such, as fsspec knows them.
    leave_out : sequence of str
        Folders not to go into, unless they are named in ``paths``.
    """
    walk = _Walk(frozenset(os.path.realpath(path) for path in leave_out))
    met: set[str] = set()
    for path in paths:
        for found in _in_store(path) if is_url(path) else walk.below(path):
            place = place_of(found.path)
            if place not in met:
                met.add(place)
                yield found


def place_of(path: str) -> str:
    """Return what a file is known by wherever that is asked: its absolute path, or its URL."""
    return path if is_url(path) else os.path.abspath(path)


def _in_store(url: str) -> Iterator[Found]:
    try:
        for found in list_files(url):
            if found == url or has_sound(found.rpartition("/")[2]):
                yield Found(found)
    except FileError as error:
        yield Found(url, trouble=str(error).removeprefix(f"{url}: "))


class _Walk:
    def __init__(self, left_out: frozenset[str]) -> None:
        self._left_out = left_out
        self._visited: set[tuple[int, int]] = set()
        """Device and number of folders."""

    def below(self, path: str) -> Iterator[Found]:
        """Yield what is at a path; without recursion, as trees may be deeper than the stack."""
        waiting: list[str | Found] = [path]
        while waiting:
            item = waiting.pop()
            found = _look(item) if isinstance(item, str) else item
            if found is not None:
                yield found
                continue
            assert isinstance(item, str)
            try:
                waiting.extend(reversed(self._entries(item)))
            except OSError as error:
                yield Found(item, trouble=f"{_reason(error)}; what is in it was not heard")

    def _entries(self, folder: str) -> list[str | Found]:
        """Return the files in a folder that are worth hearing, and its folders, by name."""
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in self._visited:
            return []
        self._visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            found = [self._entry(entry) for entry in sorted(entries, key=_name)]
        return [item for item in found if item is not None]

    def _entry(self, entry: "os.DirEntry[str]") -> str | Found | None:
        if _is_folder(entry):
            is_left_out = self._left_out and os.path.realpath(entry.path) in self._left_out
            return None if is_left_out else entry.path
        return _look(entry.path) if has_sound(entry.name) else None


def has_sound(name: str) -> bool:
    """Tell by its name whether a file is sound, and whole."""
    return os.path.splitext(name)[1].lower() in ENDINGS and not name.startswith(NO_SOUND)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _look(path: str) -> Found | None:
    """Return what is at a path; None for a folder."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        return Found(path, trouble=f"{_reason(error)}; check the path and its permissions")
    if stat.S_ISDIR(status.st_mode):
        return None
    if stat.S_ISREG(status.st_mode):
        return Found(path, status.st_size)
    return Found(path, trouble="is no regular file; name files and folders")


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)
