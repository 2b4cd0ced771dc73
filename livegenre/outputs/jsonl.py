"""JSON Lines: header, a decision a step, changes of answer and device, what a person did, end.

Each line is whole, and written at once.
"""

import json
import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from io import FileIO
from math import inf
from typing import Any, TypeAlias

import livegenre
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import EVERYTHING, Change, DeviceChange, End, Event, Header
from livegenre.outputs.linefile import LineFile

SCHEMA = 1
PAUSE_SECONDS = 0.01
"""Between attempts to write to what is full for now."""
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


class JsonLinesFile(Rows):
    """Appends a session to a file; a ``Remote``, since a disk can be slow or full.

    Parameters
    ----------
    path : str
    """

    wants = EVERYTHING

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


class JsonLinesPipe(Rows):
    """Writes a session to stdout, a named pipe or a device; a ``Remote``: readers take their time.

    A named pipe waits for a reader, and tells the next one how the session began.

    Parameters
    ----------
    path : str, optional
        Stdout without it.
    """

    wants = EVERYTHING

    def __init__(self, path: str | None = None) -> None:
        self.name = f"JSON Lines to {path or 'stdout'}"
        self._path = path
        self._file: FileIO | None = None

    def connect(self) -> None:
        """Open it.

        Raises
        ------
        OutputError
            If that cannot be; from other calls, once it takes no more.
        """
        with _told():
            place = os.dup(sys.stdout.fileno()) if self._path is None else self._path
            self._file = FileIO(place, "a")

    def put(self, row: dict[str, Any]) -> None:
        """Write a line, past all buffers: at the end of the program nothing waits for them."""
        assert self._file is not None
        data = f"{json.dumps(row, allow_nan=False)}\n".encode()
        with _told():
            while data:
                n_written = self._file.write(data)
                if n_written is None:  # somebody else made it so that writing never waits
                    time.sleep(PAUSE_SECONDS)
                data = data[n_written or 0 :]

    def close(self) -> None:
        """Close it."""
        if self._file is not None:
            with suppress(OSError):  # what was not written has been told of
                self._file.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from error


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
