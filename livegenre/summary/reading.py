"""Lines of logs become rows, one after the other, whatever has befallen the files."""

import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from itertools import islice
from math import inf
from typing import Any, BinaryIO, TypeAlias

from livegenre.errors import LivegenreError
from livegenre.outputs.linefile import ROW
from livegenre.outputs.sheet import HEAD, from_csv

LONGEST_LINE = 1 << 20
"""In bytes; longer ones are no rows."""
N_FIRST = 100
"""Rows among which one tells when a file begins."""
STDIN = "-"
NO_ROW = (ValueError, LookupError, TypeError, AttributeError, RecursionError, csv.Error)
"""What a damaged line raises."""

Row: TypeAlias = dict[str, Any]


def read_rows(paths: Sequence[str]) -> Iterator[Row | None]:
    """Yield the rows of some logs; None for a line that is no row.

    Parameters
    ----------
    paths : sequence of str
        Of several, that which begins first is read first; ``-`` is standard input, and the last.

    Raises
    ------
    LivegenreError
        If a file cannot be read.
    """
    names = list(dict.fromkeys(paths))
    for path in sorted(names, key=_begin) if len(names) > 1 else names:
        yield from _rows(path)


def _begin(path: str) -> float:
    """Return when a log's first row was told, in seconds since 1970; of a pipe, infinity."""
    if not os.path.isfile(path):
        return inf
    first = list(filter(None, islice(_rows(path), N_FIRST)))
    # Each part of a session repeats how that began.
    told = [row.get("at") for row in first if row["type"] != "header"]
    for text in (*told, *(row.get("start_time") for row in first)):
        with suppress(ValueError):
            return datetime.fromisoformat(str(text)).timestamp()
    return inf


def _rows(path: str) -> Iterator[Row | None]:
    for line in _lines(path):
        text = line.decode("utf-8", "replace").removeprefix("\ufeff").strip()
        if text and text != HEAD:
            yield _row(text)


def _row(text: str) -> Row | None:
    """Return the row in a line; where a line was cut off and another follows in it, the latter."""
    with suppress(*NO_ROW):
        return _parsed(text)
    with suppress(*NO_ROW):
        return _parsed(text[text.rfind(ROW) :])
    return None


def _parsed(text: str) -> Row:
    row: Row = json.loads(text) if text[0] == "{" else from_csv(next(csv.reader([text])))
    if not all(isinstance(name, str) for name in (row["type"], row.get("session", ""))):
        raise TypeError(text)
    return row


def _lines(path: str) -> Iterator[bytes]:
    """Yield lines; of one that is too long, a single byte that is no row."""
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else open(path, "rb") as file:
            while line := file.readline(LONGEST_LINE):
                yield line if _is_whole(line, file) else b"?"
    except OSError as error:
        raise LivegenreError(f"{path}: {error.strerror}; check the path") from error


def _is_whole(line: bytes, file: BinaryIO) -> bool:
    """Tell whether a line is not too long; if it is, read on to its end."""
    whole = len(line) < LONGEST_LINE or line.endswith(b"\n")
    while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
        line = file.readline(LONGEST_LINE)
    return whole
