"""JSON Lines: header, a decision a step, changes of answer and device, what a person did, end.

Each line is whole, and flushed when it is written.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TextIO

import livegenre
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header

SCHEMA = 1


class JsonLines:
    """Writes a session to a text stream, which stays the caller's to close.

    Raises
    ------
    OutputError
        From any call, once the stream takes no more.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def start(self, header: Header) -> None:
        """Write the ``header`` line."""
        values = {"schema": SCHEMA, "livegenre": livegenre.__version__, **_values(header)}
        self._write("header", values)

    def show(self, decision: Decision) -> None:
        """Write a ``decision`` line."""
        self._write("decision", _values(decision))

    def change(self, change: Change) -> None:
        """Write a ``change`` line."""
        values = _values(change)
        ends = {"from": values.pop("before"), "to": values.pop("after")}
        self._write("change", {"time": values.pop("time"), **ends, **values})

    def device(self, change: DeviceChange) -> None:
        """Write a ``device`` line."""
        self._write("device", _values(change))

    def event(self, event: Event) -> None:
        """Write a line of the event's kind."""
        self._write(event.kind, {"time": event.time, **event.values})

    def end(self, end: End) -> None:
        """Write the ``end`` line."""
        self._write("end", _values(end))

    def _write(self, kind: str, values: Mapping[str, Any]) -> None:
        rounded = {name: _rounded(value) for name, value in values.items()}
        line = json.dumps({"type": kind, **rounded}, allow_nan=False)
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except OSError as error:
            name = getattr(self._stream, "name", "output")
            raise OutputError(f"JSON Lines to {name}: {error.strerror}") from error


def _values(told: Header | Decision | Change | DeviceChange | End) -> dict[str, Any]:
    # Not asdict, which copies all that is inside: 0.2 ms a step.
    return {field.name: getattr(told, field.name) for field in fields(told)}


def _rounded(value: Any) -> Any:
    """Keep six decimals: a microsecond, a millionth of a probability."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: round(number, 6) for name, number in value.items()}
    return value
