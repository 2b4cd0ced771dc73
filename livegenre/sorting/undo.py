"""Takes back what a journal says was done, as far as nobody has changed it since."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from livegenre.collection.content import digest_of
from livegenre.errors import LivegenreError, OutputError
from livegenre.interruption import heed
from livegenre.sorting.journal import Record, read_journal, write_line
from livegenre.sorting.placing import move, part_beside, replace_by
from livegenre.sorting.tagging import tagged_copy


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of a deed."""

    path: str
    """Of the file."""
    words: str
    """What was done about it."""
    is_left: bool = False
    """It could not be taken back."""
    digest: bytes = b""
    """Of a file whose tags were written to take it back."""


class Undoing:
    """Goes back through a journal; what was taken back is written there, and not tried again.

    Parameters
    ----------
    path : Path
        Of the journal.
    dry_run : bool
        Whether only to tell.
    """

    def __init__(self, path: Path, *, dry_run: bool) -> None:
        self._path = path
        self._dry_run = dry_run
        self._tagged: dict[str, set[bytes]] = defaultdict(set)
        """Path of a file whose tags were written -> digests that it may have by our own doing."""

    def run(self) -> Iterator[Undone]:
        """Take one deed back after the other, the last one first.

        Raises
        ------
        OutputError
            If the journal cannot be read or written.
        """
        records = read_journal(self._path)
        undone_before = [record for record in records if record.get("type") == "undone"]
        for record in undone_before:
            if "digest" in record:
                self._tagged[record["path"]].add(bytes.fromhex(record["digest"]))
        done = {record["of"] for record in undone_before}
        deeds = [r for r in records if r.get("type") != "undone" and r.get("n") not in done]
        with ExitStack() as stack:
            file = None if self._dry_run else stack.enter_context(self._notes())
            for record in reversed(deeds):
                heed()
                undone = self._undo(record)
                if file is not None and not (undone and undone.is_left):
                    self._write_down(file, record, undone)
                if undone is not None:
                    yield undone

    @contextmanager
    def _notes(self) -> Iterator[int]:
        """Open the journal to be written on from its last whole line."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_APPEND)
            os.ftruncate(file, self._path.read_bytes().rfind(b"\n") + 1)
        except OSError as error:
            raise OutputError(
                f"{self._path}: {error.strerror}; it must be writable to undo"
            ) from error
        try:
            yield file
        finally:
            os.close(file)

    def _write_down(self, file: int, record: Record, undone: Undone | None) -> None:
        try:
            write_line(file, _note(record, undone))
        except OSError as error:
            raise OutputError(
                f"{self._path}: {error.strerror}; make room, and undo again"
            ) from error

    def _undo(self, record: Record) -> Undone | None:
        """Take a deed back; return None where there is nothing to tell."""
        kinds: dict[str, Callable[[Record], Undone | None]] = {
            "make": self._unmake,
            "copy": self._remove_copy,
            "link": self._remove_link,
            "move": self._move_back,
            "tag": self._restore_tag,
        }
        path = str(record.get("target") or record.get("path") or self._path)
        try:
            return kinds[record["type"]](record)
        except (OSError, LivegenreError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Undone(path, f"left as it is: {reason}", is_left=True)
        except (KeyError, TypeError, ValueError) as error:
            raise OutputError(f"{self._path}: a record is damaged ({error!r})") from error

    def _unmake(self, record: Record) -> None:
        if self._dry_run:
            return
        with suppress(FileNotFoundError):
            Path(record["part"]).unlink()
        for folder in reversed(record["folders"]):
            with suppress(OSError):  # others have put something there, or taken it away
                os.rmdir(folder)

    def _remove_copy(self, record: Record) -> Undone | None:
        target = Path(record["target"])
        if not os.path.lexists(target):
            return None  # it was never made, or somebody took it away
        if not self._is_ours(target, record):
            return _changed(target)
        if not self._dry_run:
            target.unlink()
        return Undone(str(target), "removed")

    def _remove_link(self, record: Record) -> Undone | None:
        target = Path(record["target"])
        if not os.path.lexists(target):
            return None
        if not target.is_symlink() or os.readlink(target) != record["source"]:
            return _changed(target)
        if not self._dry_run:
            target.unlink()
        return Undone(str(target), "removed")

    def _move_back(self, record: Record) -> Undone | None:
        source, target = Path(record["source"]), Path(record["target"])
        if not os.path.lexists(target):
            return None if os.path.lexists(source) else Undone(str(target), "is gone", is_left=True)
        if not self._is_ours(target, record):
            return _changed(target)
        if os.path.lexists(source):
            return self._drop_double(source, target, record)
        if not self._dry_run:
            source.parent.mkdir(parents=True, exist_ok=True)
            move(target, source, part_beside(source))
        return Undone(str(target), f"moved back to {source}")

    def _drop_double(self, source: Path, target: Path, record: Record) -> Undone:
        """Remove the copy of a move that was cut off, if the original is there."""
        if not self._is_empty(target, record) and not self._has(source, record["digest"]):
            words = f"left as it is: {source} is there again"
            return Undone(str(target), words, is_left=True)
        if not self._dry_run:
            target.unlink()
        return Undone(str(target), "removed")

    def _restore_tag(self, record: Record) -> Undone | None:
        path = Path(record["path"])
        found = _digest(path)
        if found == bytes.fromhex(record["digest_before"]):
            return None  # it was never written
        if found != bytes.fromhex(record["digest"]):
            return _changed(path)
        self._tagged[os.path.realpath(path)].add(found)
        words = f"genre is {', '.join(record['before']) or 'none'} again"
        if self._dry_run:
            return Undone(str(path), words)
        part = part_beside(path)
        tagged = tagged_copy(path, part, tuple(record["before"]))
        self._tagged[os.path.realpath(path)].add(tagged.digest)
        replace_by(part, path)
        return Undone(str(path), words, digest=tagged.digest)

    def _is_ours(self, target: Path, record: Record) -> bool:
        return self._is_empty(target, record) or self._has(target, record["digest"])

    def _is_empty(self, target: Path, record: Record) -> bool:
        """Tell whether it is but the name that was taken for a file that did not come any more."""
        return bool(record["size"]) and not target.is_symlink() and target.stat().st_size == 0

    def _has(self, path: Path, digest: str) -> bool:
        """Tell whether a file has a content, or another that came by writing its tags."""
        found = _digest(path)
        return found == bytes.fromhex(digest) or found in self._tagged[os.path.realpath(path)]


def _digest(path: Path) -> bytes:
    """Return the digest of a file; nothing of what is no file."""
    return digest_of(os.fspath(path)) if path.is_file() and not path.is_symlink() else b""


def _note(record: Record, undone: Undone | None) -> Record:
    """Return what is written down of a deed that was taken back."""
    note: Record = {"type": "undone", "of": record["n"]}
    if undone is not None and undone.digest:
        note |= {"path": os.path.realpath(undone.path), "digest": undone.digest.hex()}
    return note


def _changed(path: Path) -> Undone:
    return Undone(str(path), "left as it is: was changed since", is_left=True)
