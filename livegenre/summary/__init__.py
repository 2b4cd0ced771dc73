"""Tells again what logs hold: as text, as JSON, as a page and as a picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from livegenre.errors import LivegenreError, UsageError
from livegenre.summary.gathering import Gathered, gather
from livegenre.summary.heard import Heard
from livegenre.summary.reading import read_rows
from livegenre.summary.text import print_text, width
from livegenre.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    logs: Sequence[str]
    """Names of files; ``-`` is standard input."""
    last: bool
    """The newest session alone."""
    json: bool
    """For programs, in place of the text."""
    html: str | None
    """Where to write a page."""
    png: str | None
    """Where to write a picture."""


def summarise(request: Request, stream: TextIO) -> None:
    """Read logs and tell what they hold.

    Raises
    ------
    UsageError
        If a picture would be called what no picture is called.
    OutputError
        If it cannot be drawn or written.
    LivegenreError
        If a log cannot be read, or holds no session.
    """
    _check(request)
    gathered = gather(read_rows(request.logs), width())
    if not gathered.sessions:
        raise LivegenreError(f"{request.logs[0]}: holds no session; is it a log of livegenre?")
    if request.last:
        gathered = replace(gathered, sessions=gathered.sessions[-1:])
    _write_pictures(request, gathered)
    if request.json:
        print(json.dumps([_values(heard) for heard in gathered.sessions]), file=stream)
    else:
        print_text(gathered, stream)


def _check(request: Request) -> None:
    for flag, path, endings in (
        ("--html", request.html, (".html", ".htm")),
        ("--png", request.png, (".png",)),
    ):
        if path is not None and not path.lower().endswith(endings):
            raise UsageError(f"{flag} {path}: the name must end in {' or '.join(endings)}")
    if request.png is not None:
        from livegenre.summary.picture import check_library

        check_library()  # before a long log is read


def _write_pictures(request: Request, gathered: Gathered) -> None:
    if request.html is not None:
        from livegenre.summary.page import to_html

        _replace(request.html, to_html(gathered).encode("utf-8", "replace"))
    if request.png is not None:
        from livegenre.summary.picture import to_png

        _replace(request.png, to_png(gathered.sessions))


def _replace(path: str, content: bytes) -> None:
    with whole_file(Path(path)) as part:
        part.write_bytes(content)


def _values(heard: Heard) -> Mapping[str, Any]:
    """Return a session for programs; ``reason`` is null where the log does not hold its end."""
    n_decisions = sum(heard.counts.values())
    return {
        "began": heard.began or None,
        "ended": heard.ended or None,
        "reason": heard.reason or None,
        "source": heard.facts.source,
        "model": heard.facts.model,
        "seconds": round(heard.seconds, 6),
        "decisions": n_decisions,
        "shares": {name: round(n / n_decisions, 6) for name, n in heard.counts.items()},
        "changes": heard.n_changes,
        "missing_seconds": heard.source.missing_seconds,
        "interruptions": heard.source.interruptions,
        "clipped": heard.source.clipped,
    }
