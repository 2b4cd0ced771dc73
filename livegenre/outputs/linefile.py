"""A file to which programs append whole lines, whatever becomes of disk and programs meanwhile."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from itertools import pairwise
from math import inf

from livegenre.errors import OutputError

if sys.platform != "win32":
    import fcntl

N_KEPT = 5
"""Full files that are kept beside the one that is written: FILE.1, the newest, to FILE.5."""
N_WAITING = 8192
"""Lines of a session that may wait for the disk: more than an hour."""
TAIL_BYTES = 1 << 16
"""No line is longer."""
ROW = '{"type": "'
"""How each line of JSON begins, and with it a file that has no head."""


class LineFile:
    """Appends lines; used on one thread at a time.

    Each line is written at once, under a lock that other programs with the same file heed. What
    was only half written, for want of space, is cut off again; half a line that a crash has left
    is ended before the next.

    Parameters
    ----------
    path : str
    head : str
        First line of every file; any file that begins otherwise is refused. Empty: files begin
        with a ``ROW``.
    limit_bytes : float > 0
        Size from which a file makes room for a new one.
    say : callable
        Told in a line if it cannot make room.
    """

    def __init__(
        self,
        path: str,
        *,
        head: str,
        limit_bytes: float,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._name = path
        self._head = f"{head}\n".encode() if head else b""
        self._begins = self._head or ROW.encode()
        self._limit = limit_bytes
        self._say = say
        self._file: FileIO | None = None
        self._opened: tuple[int, int] | None = None
        self._ended = (0, 0, 0)
        """The file that was appended to last, and where that ended."""

    def open(self) -> None:
        """Open the file, which is made if it is not there.

        Raises
        ------
        OutputError
            If that cannot be, or if the file is another's.
        """
        self.close()
        try:
            self._open()
        except OSError as error:
            self.close()
            raise OutputError(f"{error.strerror}; choose another place for it") from error
        except OutputError:
            self.close()
            raise

    def append(self, line: str, opening: str) -> None:
        """Append a line, and before it what opens a session, once in each file.

        Parameters
        ----------
        line, opening : str
            Without their ends; nothing is appended for an empty one.

        Raises
        ------
        OutputError
            If there is no room; the file is then as it was.
        """
        lines = [text.encode("utf-8", "replace") + b"\n" for text in (opening, line) if text]
        try:
            is_appended = False
            while not is_appended:
                is_appended = self._append(lines, has_opening=bool(opening))
        except OSError as error:
            raise OutputError(str(error.strerror)) from error

    def close(self) -> None:
        """Close the file; what was appended is in it already."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()

    def _append(self, lines: list[bytes], *, has_opening: bool) -> bool:
        """Append lines, without the first if this file has it; or make room, and return False."""
        with self._locked() as file:
            size = file.seek(0, os.SEEK_END)
            if size < len(self._begins):
                file.truncate(size := 0)  # a crash left half of it
            is_known = size > 0 and self._opened == _identity(file)
            data = b"".join(lines[1:] if has_opening and is_known else lines)
            if size and size + len(data) > self._limit:
                self._make_room()
                return False
            if data:
                data = self._begin(file, size) + data
                _write(file, data, size)
                self._opened = _identity(file)
                self._ended = (*self._opened, size + len(data))
            return True

    def _begin(self, file: FileIO, size: int) -> bytes:
        """Return what goes before new lines: the file's head, or the end of a broken line."""
        if not size:
            return self._head
        # To read the tail each time costs time and, of ever other sizes, shreds the heap.
        return b"" if self._ended == (*_identity(file), size) else self._mending(file, size)

    @property
    def _path(self) -> str:
        """The file itself: a link to it may be moved on, and parts lie beside the file."""
        return os.path.realpath(self._name)

    @contextmanager
    def _locked(self) -> Iterator[FileIO]:
        """Yield the file that has the name now; nobody else appends to it meanwhile."""
        while True:
            if self._file is None:
                self.open()
            assert self._file is not None
            with _alone(self._file):
                if self._has_name(self._file):
                    yield self._file
                    return
            self.open()

    def _has_name(self, file: FileIO) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False

    def _open(self) -> None:
        if os.path.exists(self._path) and not os.path.isfile(self._path):
            raise OutputError("this is no regular file; choose another name")
        self._file = FileIO(self._path, "ab+")
        with _alone(self._file):
            self._file.seek(0)
            begin = self._file.read(len(self._begins)) or b""
        if not self._begins.startswith(begin):
            raise OutputError("it holds something else than such a log; choose another name")

    def _mending(self, file: FileIO, size: int) -> bytes:
        """Return what ends a line that was cut off, and in CSV a quotation in it."""
        file.seek(max(0, size - TAIL_BYTES))
        tail = (file.read(TAIL_BYTES) or b"").rpartition(b"\n")[2]
        if not tail:
            return b""
        return b'"\n' if self._head and tail.count(b'"') % 2 else b"\n"

    def _make_room(self) -> None:
        """Let FILE become FILE.1, that FILE.2, and so on."""
        if sys.platform == "win32":
            self.close()  # nothing that is open can be renamed there
        path = self._path
        parts = [*(f"{path}.{number}" for number in range(N_KEPT, 0, -1)), path]
        try:
            for older, newer in pairwise(parts):
                with suppress(FileNotFoundError):
                    os.replace(newer, older)
        except OSError as error:
            self._limit = inf
            self._say(f"{path}: cannot be renamed ({error.strerror}); it grows on")


@contextmanager
def _alone(file: FileIO) -> Iterator[None]:
    """Keep other programs from appending, as far as the system and the disk know locks."""
    if sys.platform == "win32":
        yield
        return
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def _write(file: FileIO, data: bytes, size: int) -> None:
    """Write all at once, or leave the file as it was, ``size`` bytes long."""
    n_written = 0
    try:
        while n_written < len(data):
            n_written += file.write(data[n_written:]) or 0
    except OSError:
        if n_written and file.seek(0, os.SEEK_END) == size + n_written:
            file.truncate(size)
        raise


def _identity(file: FileIO) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino
