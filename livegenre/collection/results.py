"""What was heard before, in a SQLite file: the only module that knows its tables.

One writer at a time, for a moment each: several runs may share a file. The journal of changes is
SQLite's default one, which also works in folders of a network.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from livegenre.collection.hearing import Heard
from livegenre.collection.track import Track
from livegenre.errors import OutputError

FORMAT = 1
APPLICATION = 0x6C67636C
"""Tells SQLite files of livegenre from those of other programs."""
BUSY_SECONDS = 20.0
"""How long to wait for another program that writes."""
TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE files (path BLOB PRIMARY KEY, stamp TEXT NOT NULL, size INTEGER NOT NULL,
    digest BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX files_by_size ON files (size);
CREATE TABLE tracks (digest BLOB, model BLOB, track TEXT NOT NULL, PRIMARY KEY (digest, model))
    WITHOUT ROWID;
PRAGMA application_id = {application};
PRAGMA user_version = {version};
COMMIT;
"""


class Results:
    """Tracks by the content of their file and by model; and which file had which content.

    Open when it is made; to be closed.

    Parameters
    ----------
    path : Path, optional
        Made where it is not there; without it nothing is kept beyond this run.
    model : bytes
        Digest of the model that tracks are by.
    busy_seconds : float
        How long to wait for another program that writes.

    Raises
    ------
    OutputError
        If the file is damaged, locked, of another program or of a newer livegenre.
    """

    def __init__(
        self, path: Path | None, model: bytes, *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._path = path
        self._model = model
        with self._told():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # An empty name is a file of SQLite's own, which goes when it is closed.
            self._base = sqlite3.connect(
                "" if path is None else path.absolute(), timeout=busy_seconds, isolation_level=None
            )
            try:
                self._prepare()
            except BaseException:
                self._base.close()
                raise

    def digest_by_stamp(self, path: str, stamp: str) -> bytes | None:
        """Return the digest of a file that has not changed since it was last read."""
        row = self._row("SELECT digest FROM files WHERE path = ? AND stamp = ?", _key(path), stamp)
        return None if row is None else bytes(row[0])

    def knows_size(self, size: int) -> bool:
        """Tell whether any file of that size was ever heard: if not, its content is new."""
        return self._row("SELECT 1 FROM files WHERE size = ? LIMIT 1", size) is not None

    def track(self, digest: bytes) -> Track | None:
        """Return what the model made of that content; None if it never heard it."""
        row = self._row(
            "SELECT track FROM tracks WHERE digest = ? AND model = ?", digest, self._model
        )
        try:
            return None if row is None else Track.from_json(str(row[0]))
        except (ValueError, LookupError, TypeError) as error:
            raise self._error("is damaged") from error

    def keep(self, heard: Sequence[tuple[str, Heard]]) -> None:
        """Keep what was heard, by absolute path: all of it or, where that fails, nothing."""
        files = [(_key(path), one.stamp, one.size, one.digest) for path, one in heard]
        tracks = [(one.digest, self._model, one.track.to_json()) for _, one in heard]
        with self._told():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                self._base.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", files)
                self._base.executemany("INSERT OR REPLACE INTO tracks VALUES (?, ?, ?)", tracks)
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; what was kept is in it already."""
        self._base.close()

    def _prepare(self) -> None:
        version, application, n_tables = self._facts()
        if not version and not application and not n_tables:
            try:
                self._base.executescript(TABLES.format(application=APPLICATION, version=FORMAT))
            except sqlite3.OperationalError:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                if not self._facts()[2]:  # else another run was quicker to make them
                    raise
            version, application, _ = self._facts()
        if application != APPLICATION:
            raise self._error("is a database of another program")
        if version != FORMAT:
            raise self._error(f"is of another livegenre (its format is {version}, not {FORMAT})")

    def _facts(self) -> tuple[int, int, int]:
        """Return format, application and number of tables, all of one moment."""
        questions = (
            "PRAGMA user_version",
            "PRAGMA application_id",
            "SELECT count(*) FROM sqlite_schema",
        )
        self._base.execute("BEGIN")  # else another run may make the tables meanwhile
        try:
            version, application, n = (int(self._base.execute(q).fetchone()[0]) for q in questions)
        finally:
            self._base.execute("ROLLBACK")
        return version, application, n

    def _row(self, question: str, *values: object) -> Sequence[Any] | None:
        with self._told():
            row: Sequence[Any] | None = self._base.execute(question, values).fetchone()
        return row

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what is wrong with the file in place of what SQLite or the system say."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise self._error("is in use by another program", "wait for it") from error
            raise self._error(
                str(error), "see that there is room and that it may be written"
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._error(str(error), "move it away to begin anew") from error
        except OSError as error:
            raise self._error(error.strerror or str(error), "choose another place") from error

    def _error(self, trouble: str, cure: str = "move it away to begin anew") -> OutputError:
        name = "the temporary database" if self._path is None else self._path
        return OutputError(
            f"{name}: {trouble}; {cure}, or use another file: --db FILE, or none: --no-db"
        )


def _key(path: str) -> bytes:
    return os.fsencode(path)
