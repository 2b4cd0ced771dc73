"""One run over a collection: what is there, what of it is new, and hearing that."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from livegenre.collection.content import digest_of, stamp_of
from livegenre.collection.hearing import Heard, Task, classifier_for, hear, model_digest
from livegenre.collection.results import Results
from livegenre.collection.scanning import Found, place_of, scan
from livegenre.collection.track import Track
from livegenre.errors import FileError
from livegenre.interruption import heed
from livegenre.work import Workers
from livegenre.work.remote import is_url, signature

KEEP_SECONDS = 1.0
"""At most so much is lost of what was heard, whatever ends the run."""


@dataclass(frozen=True, slots=True)
class Row:
    """A file, and what became of it."""

    path: str
    """As it was given, or below what was given."""
    track: Track | None
    """None: it was not heard."""
    digest: bytes
    """Of its content; empty if it was not heard."""
    trouble: str = ""
    """Why it was not heard; else empty."""


class Progress(Protocol):
    """Who shows how a run goes on."""

    def look(self, n_files: int) -> None:
        """Show how many files were found so far, and looked up."""

    def begin(self, n_files: int, n_bytes: int) -> None:
        """Show that so much is new, and now heard."""

    def advance(self, n_bytes: int, seconds: float) -> None:
        """Show that a file of such a size is done, with so much sound in it."""


class Run:
    """Hears what is new among some files, and tells of all.

    Parameters
    ----------
    model : str
        Name of a bundled model, or path of a file.
    results : Results
        Of that model.
    progress : Progress
    """

    def __init__(self, model: str, results: Results, progress: Progress) -> None:
        self._model = os.path.abspath(model) if os.path.isfile(model) else model
        self._model_digest = model_digest(model)
        self._results = results
        self._progress = progress
        self._found: list[Found] = []
        self._digests: dict[str, bytes] = {}
        """Of what was recognised or heard, by absolute path."""
        self._troubles: dict[str, str] = {}
        self._waiting: list[tuple[str, Heard]] = []
        self._kept_at = time.monotonic()
        self.n_heard = 0
        """Files that this run heard."""
        self.seconds_heard = 0.0
        """Of sound."""
        self._hearing_seconds = 0.0

    def look(self, paths: Sequence[str], leave_out: Sequence[str] = ()) -> None:
        """Find the files, and recognise those that were heard before; see ``scan``."""
        for found in scan(paths, leave_out):
            heed()
            self._found.append(found)
            if not found.trouble and (digest := self._recognise(found)):
                self._digests[place_of(found.path)] = digest
            self._progress.look(len(self._found))

    @property
    def n_found(self) -> int:
        """Files that were found."""
        return len(self._found)

    def new(self) -> list[Found]:
        """Return what is still to be heard."""
        return [
            found
            for found in self._found
            if not found.trouble and place_of(found.path) not in self._digests
        ]

    def hear(self, workers: Workers) -> None:
        """Hear what is new; what was heard is kept, however this ends."""
        new = self.new()
        sizes = {place_of(found.path): max(1, found.size) for found in new}
        self._progress.begin(len(new), sum(sizes.values()))
        began = time.monotonic()
        tasks = (Task(path, self._model, self._model_digest) for path in sizes)
        try:
            for done in workers.run(hear, tasks):
                path, heard = done.item.path, done.result
                if heard is None:
                    self._troubles[path] = done.error or "was not heard"
                else:
                    self._take(path, heard)
                self._progress.advance(sizes[path], heard.track.seconds if heard else 0.0)
                heed()
        finally:
            self._keep()
            self._hearing_seconds += time.monotonic() - began

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the model."""
        return classifier_for(self._model, self._model_digest).card.labels

    def cost_words(self) -> str:
        """Return how many files were known, and how fast the others were heard, in words."""
        words = ""
        if n_known := len(self._digests) - self.n_heard:
            words += f"; {n_known} known from before"
        if self.seconds_heard:
            rate = self.seconds_heard / max(1e-3, self._hearing_seconds)
            words += f"; heard at {rate:.0f} times real time"
        return words

    def rows(self) -> Iterator[Row]:
        """Yield all that was found, in its order."""
        for found in self._found:
            path = place_of(found.path)
            digest = self._digests.get(path, b"")
            track = self._results.track(digest) if digest else None
            trouble = found.trouble or self._troubles.get(path, "")
            yield Row(found.path, track, digest, trouble or ("" if track else "was not heard"))

    def _recognise(self, found: Found) -> bytes | None:
        """Return the digest of a file that the model knows; read it only if there is a chance."""
        path = place_of(found.path)
        try:
            stamp = signature(path) if is_url(path) else stamp_of(os.stat(path))
            digest = self._results.digest_by_stamp(path, stamp)
            if digest is None and found.size and self._results.knows_size(found.size):
                digest = digest_of(path)
        except (OSError, FileError):
            return None  # it is tried again, and told of, when it is to be heard
        return digest if digest is not None and self._results.track(digest) else None

    def _take(self, path: str, heard: Heard) -> None:
        self._digests[path] = heard.digest
        self._waiting.append((path, heard))
        self.n_heard += 1
        self.seconds_heard += heard.track.seconds
        if time.monotonic() - self._kept_at >= KEEP_SECONDS:
            self._keep()

    def _keep(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._results.keep(waiting)
        self._kept_at = time.monotonic()
