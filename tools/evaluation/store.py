"""Remembers what was heard, so that an interrupted run goes on where it was."""

import gzip
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import livegenre
from livegenre.decision import Decision
from livegenre.errors import SourceError
from tools.evaluation import conditions
from tools.evaluation.answers import Heard

_PARTS = (
    "card.py",
    "classifier.py",
    "contract.py",
    "decision.py",
    "judge.py",
    "resample.py",
    "smoothing.py",
    "stream.py",
    "features/*.py",
    "sources/*.py",
)
"""Of the package: all that a decision depends on."""


@cache
def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read once.

    Raises
    ------
    SourceError
        If it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; check the path") from error


@cache
def _code() -> str:
    """Return a digest of the code that turns sound into decisions."""
    package = Path(livegenre.__file__).parent
    files = [file for part in _PARTS for file in sorted(package.glob(part))]
    return "".join(map(digest_of, (*files, Path(conditions.__file__))))


class Store:
    """A folder of what was heard, a file for each clip and condition.

    Parameters
    ----------
    folder : Path
        Made if need be; may be shared by processes and by runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def remember(self, key: tuple[str, ...], label: str, hear: Callable[[], Heard]) -> Heard:
        """Return what was heard under a key, by the code as it is, or else hear it.

        Parameters
        ----------
        key : tuple of str
            All that the decisions depend on.
        label : str
            What the clip is said to be: no part of the key.
        hear : callable
            Called unless it is kept.
        """
        digest = hashlib.sha256(json.dumps((_code(), *key)).encode()).hexdigest()
        path = self._folder / f"{digest}.json.gz"
        if path.exists():
            return _unpack(path.read_bytes(), label)
        heard = hear()
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(_pack(heard))
        unfinished.replace(path)
        return heard


def _pack(heard: Heard) -> bytes:
    kept = {"seconds": heard.seconds, "decisions": [asdict(d) for d in heard.decisions]}
    return gzip.compress(json.dumps(kept).encode(), 1)


def _unpack(content: bytes, label: str) -> Heard:
    kept = json.loads(gzip.decompress(content))
    return Heard(label, kept["seconds"], tuple(Decision(**row) for row in kept["decisions"]))
