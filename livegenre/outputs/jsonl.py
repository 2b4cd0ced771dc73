"""JSON Lines: header, a decision a step, changes of answer and device, what a person did, end.

Each line is whole, and flushed when it is written.
"""

import json
import select
import sys
from abc import ABC, abstractmethod
from dataclasses import fields
from math import inf
from typing import Any, TextIO, TypeAlias

import livegenre
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header
from livegenre.outputs.detached import PATIENCE_SECONDS
from livegenre.outputs.linefile import LineFile

SCHEMA = 1
Told: TypeAlias = Header | Decision | Change | DeviceChange | Event | End
_KINDS: dict[type, str] = {
    Header: "header",
    Decision: "decision",
    Change: "change",
    DeviceChange: "device",
    End: "end",
}
_WORDS = {"before": "from", "after": "to"}
"""Of a change, for names that are words of Python's or stand beside one."""


class Rows(ABC):
    """A sink for which all that it is told becomes a row: JSON-ready values by name."""

    @abstractmethod
    def put(self, row: dict[str, Any]) -> None:
        """Take the next row, whose ``type`` says what it is; it is the taker's to change."""

    def start(self, header: Header) -> None:
        """Make the ``header`` row."""
        self.put(values(header))

    def show(self, decision: Decision) -> None:
        """Make a ``decision`` row."""
        self.put(values(decision))

    def change(self, change: Change) -> None:
        """Make a ``change`` row."""
        self.put(values(change))

    def device(self, change: DeviceChange) -> None:
        """Make a ``device`` row."""
        self.put(values(change))

    def event(self, event: Event) -> None:
        """Make a row of the event's kind."""
        self.put(values(event))

    def end(self, end: End) -> None:
        """Make the ``end`` row."""
        self.put(values(end))


class JsonLines(Rows):
    """Writes a session to a text stream, which stays the caller's to close.

    Raises
    ------
    OutputError
        From any call, once the stream takes no more.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def put(self, row: dict[str, Any]) -> None:
        """Write a line."""
        line = json.dumps(row, allow_nan=False) + "\n"
        try:
            self._stream.write(line)
            self._stream.flush()
        except OSError as error:
            raise self._error(str(error.strerror)) from error

    def end(self, end: End) -> None:
        """Write the ``end`` line; of a session that was told to end, if that is taken soon."""
        if end.reason in ("interrupted", "terminated") and not _is_taken(self._stream):
            raise self._error("nobody reads it; its end is not told")
        super().end(end)

    def _error(self, trouble: str) -> OutputError:
        return OutputError(f"JSON Lines to {getattr(self._stream, 'name', 'output')}: {trouble}")


class JsonLinesFile(Rows):
    """Appends a session to a file; a ``Remote``, since a disk can be slow or full.

    Parameters
    ----------
    path : str
    """

    wants = frozenset({"start", "show", "change", "device", "event", "end"})

    def __init__(self, path: str) -> None:
        self.name = f"JSON Lines to {path}"
        self._file = LineFile(path, head="", limit_bytes=inf)
        self._is_begun = False

    def connect(self) -> None:
        """Open the file.

        Raises
        ------
        OutputError
            If that cannot be, or if it holds something else; from other calls, if it is full.
        """
        self._file.open()

    def start(self, header: Header) -> None:
        """Write the header, once however often the file had to be opened again."""
        if not self._is_begun:
            super().start(header)
            self._is_begun = True

    def put(self, row: dict[str, Any]) -> None:
        """Append a line."""
        self._file.append(json.dumps(row, allow_nan=False), "")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_taken(stream: TextIO) -> bool:
    """Wait a little for a pipe to have room; tell whether it has, as all other streams have."""
    if sys.platform == "win32":
        return True
    try:
        return bool(select.select([], [stream], [], PATIENCE_SECONDS)[1])
    except OSError:  # a stream in memory
        return True


def line(told: Told) -> str:
    """Return what is told as a line, without its end."""
    return json.dumps(values(told), allow_nan=False)


def values(told: Told) -> dict[str, Any]:
    """Return what a line says: its type, then names and values, ready for JSON."""
    if isinstance(told, Event):
        named = {"type": told.kind, "time": told.time, **told.values}
    else:
        named = {"type": _KINDS[type(told)]}
        if isinstance(told, Header):
            named |= {"schema": SCHEMA, "livegenre": livegenre.__version__}
        # Not asdict, which copies all that is inside: 0.2 ms a step.
        told_names = [field.name for field in fields(told)]
        named |= {_WORDS.get(name, name): getattr(told, name) for name in told_names}
    return {name: _rounded(value) for name, value in named.items()}


def _rounded(value: Any) -> Any:
    """Keep six decimals: a microsecond, a millionth of a probability."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: round(number, 6) for name, number in value.items()}
    return value
