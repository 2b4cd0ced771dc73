"""What sorting does, written down before it is done, so that it can be undone."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import livegenre
from livegenre.errors import OutputError

FORMAT = 1
Record: TypeAlias = dict[str, Any]


class Journal:
    """A file of JSON Lines that grows by a record before each deed; on disk when that begins.

    Made with its first record: a run that does nothing leaves none. To be closed.

    Parameters
    ----------
    path : Path
        A new file; where there is one of that name, another name is taken.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._n = 0

    @property
    def is_begun(self) -> bool:
        """Whether there is something in it, and so a file."""
        return self._n > 0

    def append(self, kind: str, **values: object) -> None:
        """Write a record down, with its number.

        Raises
        ------
        OutputError
            If that fails: then nothing may be done.
        """
        try:
            if self._file is None:
                self._file = self._create()
                self._write(_head())
            self._n += 1
            self._write({"n": self._n, "type": kind, **values})
        except OSError as error:
            raise OutputError(
                f"{self.path}: {error.strerror}; nothing is done without a journal, make room or "
                "choose another place: --journal FILE"
            ) from error

    def discard(self) -> None:
        """Take the file away: nothing came of what it says."""
        if self._file is not None:
            self.close()
            self.path.unlink(missing_ok=True)
            self._n = 0

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _create(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        asked = self.path
        for number in count(2):
            try:
                return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            except FileExistsError:
                self.path = asked.with_stem(f"{asked.stem}-{number}")
        raise AssertionError

    def _write(self, record: Record) -> None:
        assert self._file is not None
        write_line(self._file, record)


def write_line(file: int, record: Record) -> None:
    """Append a record to an open file and wait until it is on disk."""
    line = memoryview((json.dumps(record) + "\n").encode("ascii"))
    while line:
        line = line[os.write(file, line) :]
    os.fsync(file)


def read_journal(path: Path) -> list[Record]:
    """Return the records of a journal; the last is left out if it was cut off.

    Raises
    ------
    OutputError
        If it cannot be read, or is no journal.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; name the journal of a run") from error
    records = list(_parsed(path, lines))
    if not records or records[0].get("type") != "journal":
        raise OutputError(f"{path}: is no journal of livegenre; name the one that a run has told")
    if records[0].get("format") != FORMAT:
        raise OutputError(f"{path}: is of another livegenre; undo it with that")
    return records[1:]


def _parsed(path: Path, lines: list[bytes]) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line) if line else None
            if isinstance(record, dict):
                yield record
                continue
        except ValueError:
            record = line
        if record is not None and number < len(lines):
            raise OutputError(f"{path}: line {number} is damaged; mend or remove it first")


def _head() -> Record:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"type": "journal", "format": FORMAT, "livegenre": livegenre.__version__, "at": now}
