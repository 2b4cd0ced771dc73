"""What became of the files, for programs: one JSON array, or a table of comma-separated values."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from livegenre.collection.run import Row
from livegenre.collection.track import Turn

COLUMNS = (
    "path",
    "answer",
    "posterior",
    "unsure",
    "not_music",
    "silence",
    "changes",
    "course",
    "seconds",
    "error",
)


def write_json(rows: Iterable[Row], min_posterior: float | None, stream: TextIO) -> None:
    """Write an array with an object, and a line, for each file.

    It is ASCII. A byte of a name that is no text is a lone surrogate, as Python escapes it.
    """
    separator = "["
    for row in rows:
        stream.write(f"{separator}\n{json.dumps(_values(row, min_posterior))}")
        separator = ","
    stream.write("\n]\n" if separator == "," else "[]\n")


def write_csv(rows: Iterable[Row], min_posterior: float | None, stream: TextIO) -> None:
    """Write a head, and a row for each file, in UTF-8 with the bytes of names as they are."""
    _write(stream, _csv_line(COLUMNS))
    for row in rows:
        _write(stream, _csv_line(_cells(row, min_posterior)))


def turns_in_words(turns: Iterable[Turn]) -> str:
    """Return the course of a track for programs, as in ``0.0 metal; 23.95 classical``."""
    return "; ".join(f"{turn.time:g} {turn.answer}" for turn in turns)


def _values(row: Row, min_posterior: float | None) -> dict[str, Any]:
    track = row.track
    if track is None:
        return {"path": row.path, "error": row.trouble}
    answer = track.answer(min_posterior)
    return {
        "path": row.path,
        "error": None,
        "answer": answer,
        "posterior": track.posterior,
        "shares": track.shares,
        "changes": track.n_changes,
        "course": [{"time": turn.time, "answer": turn.answer} for turn in track.turns],
        "seconds": track.seconds,
        "digest": row.digest.hex(),
    }


def _cells(row: Row, min_posterior: float | None) -> Iterator[object]:
    track = row.track
    if track is None:
        yield from (row.path, *[""] * (len(COLUMNS) - 2), row.trouble)
        return
    yield row.path
    answer = track.answer(min_posterior)
    strength = track.strength(answer)
    yield answer
    yield "" if strength is None else f"{strength:.4f}"
    yield from (
        f"{track.shares.get(state, 0.0):.4f}" for state in ("unsure", "not_music", "silence")
    )
    yield track.n_changes
    yield turns_in_words(track.turns)
    yield f"{track.seconds:.1f}"
    yield ""


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _write(stream: TextIO, text: str) -> None:
    """Write text whose bytes may be no text, whatever the stream's encoding."""
    if isinstance(stream, io.TextIOWrapper):
        stream.buffer.write(text.encode("utf-8", "surrogateescape"))
    else:
        stream.write(text)
