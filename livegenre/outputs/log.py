"""The log of what was heard: a table or JSON Lines that many sessions are appended to."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from livegenre.outputs.base import EVERYTHING, Header
from livegenre.outputs.jsonl import Rows
from livegenre.outputs.linefile import LineFile
from livegenre.outputs.sheet import HEAD, to_csv

BYTES_PER_MEGABYTE = 1_000_000


class Log(Rows):
    """Appends a session to a file; a ``Remote``, since a disk can be slow or full.

    Parameters
    ----------
    path : str
        CSV if it ends in ``.csv``, else JSON Lines.
    limit_megabytes : float > 0
        Size from which the file is renamed to FILE.1, and a new one begun.
    say : callable
        Told in a line if that is not possible.
    """

    wants = EVERYTHING

    def __init__(self, path: str, *, limit_megabytes: float, say: Callable[[str], None]) -> None:
        self.name = f"log {path}"
        self._is_csv = path.lower().endswith(".csv")
        self._file = LineFile(
            path,
            head=HEAD if self._is_csv else "",
            limit_bytes=limit_megabytes * BYTES_PER_MEGABYTE,
            say=say,
        )
        # Begins with a letter: a spreadsheet would take 12e45678 for a number.
        self._session = f"s{secrets.token_hex(4)}"
        self._opening = ""
        self._told_at = ""

    def connect(self) -> None:
        """Open the file.

        Raises
        ------
        OutputError
            If that cannot be, or if it holds something else; from other calls, if it is full.
        """
        self._file.open()

    def stamp(self, told_at: float) -> None:
        """Take when the next thing was told, in seconds since 1970."""
        local = datetime.fromtimestamp(told_at, UTC).astimezone()
        self._told_at = local.isoformat(timespec="milliseconds")

    def start(self, header: Header) -> None:
        """Open the session, once in each file that gets rows of it."""
        self._told_at = header.start_time
        super().start(header)

    def put(self, row: dict[str, Any]) -> None:
        """Append a row with its time and session."""
        kind = row.pop("type")
        line = self._line({"type": kind, "at": self._told_at, "session": self._session, **row})
        if kind == "header":
            self._opening, line = line, ""
        self._file.append(line, self._opening)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _line(self, row: dict[str, Any]) -> str:
        return to_csv(row) if self._is_csv else json.dumps(row, allow_nan=False)
