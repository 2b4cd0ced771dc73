"""JSON Lines: a header, a decision a step, an end; each line whole and flushed when written."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

import livegenre
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import End, Header

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
        values = {"schema": SCHEMA, "livegenre": livegenre.__version__, **asdict(header)}
        self._write("header", values)

    def show(self, decision: Decision) -> None:
        """Write a ``decision`` line."""
        self._write("decision", {name: _rounded(v) for name, v in asdict(decision).items()})

    def end(self, end: End) -> None:
        """Write the ``end`` line."""
        self._write("end", {name: _rounded(v) for name, v in asdict(end).items()})

    def _write(self, kind: str, values: Mapping[str, Any]) -> None:
        line = json.dumps({"type": kind, **values}, allow_nan=False)
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except OSError as error:
            name = getattr(self._stream, "name", "output")
            raise OutputError(f"JSON Lines to {name}: {error.strerror}") from error


def _rounded(value: Any) -> Any:
    """Keep six decimals: a microsecond, a millionth of a probability."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: round(number, 6) for name, number in value.items()}
    return value
