"""Files at URLs, in object stores and elsewhere, by fsspec; each is copied here to be read."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from livegenre.errors import FileError, LivegenreError

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(::[a-z][a-z0-9+.-]*)*://", re.IGNORECASE)


def is_url(place: str) -> bool:
    """Tell whether a place is a URL, such as ``s3://music/set.flac``, and no path."""
    return _SCHEME.match(place) is not None


@contextmanager
def local_copy(place: str) -> Iterator[Path]:
    """Yield where a file can be read: a copy of a URL's, which is removed afterwards.

    libsndfile and ffmpeg need a file in which they can go to and fro. A path is yielded as it
    is, as is that of a URL that begins with ``file://``.

    Parameters
    ----------
    place : str
        Path or URL of a file.

    Raises
    ------
    FileError
        If the URL's file cannot be had.
    LivegenreError
        Whatever is raised in the context, which names the URL then and not the copy.
    """
    if not is_url(place):
        yield Path(place)
        return
    store, inside = _open(place)
    if "file" in store.protocol:
        yield Path(inside)
        return
    with tempfile.TemporaryDirectory(prefix="livegenre-") as folder:
        path = Path(folder) / ("sound" + Path(inside).suffix)
        with _named(place):
            store.get_file(inside, str(path))
        try:
            yield path
        except LivegenreError as error:
            raise type(error)(str(error).replace(str(path), place)) from error


def list_files(url: str) -> Iterator[str]:
    """Yield the URLs of all files in a folder and those in it, folder by folder; or of one file.

    Parameters
    ----------
    url : str
        Of a folder, or a file.

    Raises
    ------
    FileError
        If there is nothing, or it cannot be listed.
    """
    store, inside = _open(url)
    with _named(url):
        if not url.endswith("/") and store.isfile(inside):
            yield url
            return
        if not store.isdir(inside):
            raise FileNotFoundError
    folders = [inside]
    while folders:
        files, inner = _look_into(store, folders.pop())
        yield from (store.unstrip_protocol(name) for name in files)
        folders += reversed(inner)


def signature(url: str) -> str:
    """Return what does not change as long as a URL's file does not, as its store tells it.

    Raises
    ------
    FileError
        If there is no such file, or it cannot be asked for.
    """
    store, inside = _open(url)
    with _named(url):
        return str(store.ukey(inside))


def _open(url: str) -> tuple[Any, str]:
    """Return the store of a URL, and what the URL is called in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise FileError(f"{url}: URLs need: pip install 'livegenre[cluster]'") from error
    with _named(url):
        store, inside = url_to_fs(url)
    return store, inside


def _look_into(store: Any, folder: str) -> tuple[list[str], list[str]]:
    """Return files and folders of a folder, sorted; a link to a folder, which may loop, is none."""
    with _named(store.unstrip_protocol(folder)):
        found = [facts for facts in store.ls(folder, detail=True) if facts["name"] != folder]
        files = [
            facts["name"]
            for facts in found
            if facts["type"] == "file" or (facts.get("islink") and store.isfile(facts["name"]))
        ]
    inner = [facts["name"] for facts in found if facts["type"] == "directory"]
    return sorted(files), sorted(inner)


@contextmanager
def _named(url: str) -> Iterator[None]:
    """Turn whatever goes wrong in a store into one line: each store has errors of its own."""
    try:
        yield
    except LivegenreError:
        raise
    except FileNotFoundError as error:
        raise FileError(f"{url}: no such file or folder") from error
    except Exception as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise FileError(f"{url}: {lines[0]}") from error
