"""Rows as lines of CSV that spreadsheets read as they are meant, and back.

A row is what JSON Lines hold; what has no column of its own is JSON in the last one.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from livegenre.visible import visible

COLUMNS = (
    *("time", "seconds", "event", "state", "label", "posterior", "level_dbfs", "lost"),
    *("not_music", "early", "compute_seconds", "session", "detail"),
)
HEAD = ",".join(COLUMNS)
"""The first line of a file."""
KEPT = ("state", "label", "level_dbfs", "lost", "not_music", "early", "compute_seconds", "session")
"""Columns that are called as in a row."""
FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would run."""


def to_csv(row: Mapping[str, Any]) -> str:
    """Return a row as a line, without its end; of a decision, the answer's posterior alone.

    Parameters
    ----------
    row : mapping
        With ``at``, the time by the wall clock, and ``session``.
    """
    rest = dict(row)
    cells = {name: rest.pop(name, None) for name in KEPT}
    cells["time"], cells["event"] = rest.pop("at"), rest.pop("type")
    cells["seconds"] = rest.pop("time", rest.get("seconds", 0.0))
    cells["posterior"] = rest.pop("posterior", None)
    if cells["event"] == "decision":
        cells["posterior"] = cells["posterior"].get(cells["label"])
        rest = {}
    elif cells["event"] == "change" and cells["state"] == "genre":
        cells["label"] = rest["to"]
    cells["detail"] = json.dumps(rest) if rest else None
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([_cell(cells.get(name)) for name in COLUMNS])
    return line.getvalue()


def from_csv(cells: Sequence[str]) -> dict[str, Any]:
    """Return the row that a line's cells tell of.

    Raises
    ------
    ValueError
        If they were not written by ``to_csv``, or not to their end.
    """
    at, seconds, event, state, label, posterior, level, lost, not_music, early, *rest = cells
    compute_seconds, session, detail = rest
    return {
        **(json.loads(detail) if detail else {}),
        "type": event,
        "at": at,
        "session": session,
        "time": float(seconds),
        "state": _plain(state) or None,
        "label": _plain(label) or None,
        "posterior": _posterior(event, _plain(label), posterior),
        "level_dbfs": _number(level),
        "lost": _number(lost),
        "not_music": _number(not_music),
        "early": early == "true",
        "compute_seconds": _number(compute_seconds),
    }


def _posterior(event: str, label: str, text: str) -> Mapping[str, float] | float | None:
    """Return what a decision says of its label alone; of a change, the number."""
    if event != "decision":
        return _number(text)
    return {label: float(text)} if text else {}


def _number(text: str) -> float | None:
    return float(text) if text else None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _safe(value) if isinstance(value, str) else str(value)


def _safe(text: str) -> str:
    """Return text that stays text in a spreadsheet, and in one line."""
    line = visible(text)
    return f"'{line}" if line.lstrip("'").startswith(FORMULA) else line


def _plain(text: str) -> str:
    """Undo ``_safe``."""
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(FORMULA) else text
