"""Rows of many sessions, one after the other or at once, become what each of them heard."""

from collections.abc import Iterable
from dataclasses import dataclass

from livegenre.summary.heard import Heard, Session
from livegenre.summary.reading import NO_ROW, Row

MOST_OPEN = 32
"""Sessions that may go on at once; of more, the one that was silent longest counts as over."""

BEGINNINGS = ("header", "decision")
"""Rows without which there is no session."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that logs hold."""

    sessions: tuple[Heard, ...]
    """In the order in which they began."""
    n_left_out: int
    """Lines that were cut off, or are no rows of a log."""


def gather(rows: Iterable[Row | None], width: int) -> Gathered:
    """Add rows up, session by session; the memory it takes depends on their number alone.

    Parameters
    ----------
    rows : iterable
        None stands for a line that is no row.
    width : int > 0
        Parts of equal length of which each session tells what held in them.
    """
    gathering = _Gathering(width)
    for row in rows:
        gathering.add(row)
    return gathering.result()


class _Gathering:
    def __init__(self, width: int) -> None:
        self._width = width
        self._open: dict[str, Session] = {}
        """The one that was told of last is the last."""
        self._heard: list[tuple[int, Heard]] = []
        self._n_sessions = self._n_left_out = 0

    def add(self, row: Row | None) -> None:
        if row is None:
            self._n_left_out += 1
            return
        name, kind = row.get("session", ""), row["type"]
        if kind == "header" and not name:
            self._close(name)  # where rows do not say whose they are, one follows the other
        session = self._open.pop(name, None)
        if session is None and kind in BEGINNINGS:
            session = self._begin()
        if session is None:
            return
        self._open[name] = session
        try:
            session.add(row)
        except NO_ROW:
            self._n_left_out += 1
        if session.is_over:
            self._close(name)

    def result(self) -> Gathered:
        for name in list(self._open):
            self._close(name)
        sessions = tuple(heard for _, heard in sorted(self._heard, key=lambda item: item[0]))
        return Gathered(sessions, self._n_left_out)

    def _begin(self) -> Session:
        if len(self._open) >= MOST_OPEN:
            self._close(next(iter(self._open)))
        self._n_sessions += 1
        return Session(self._n_sessions)

    def _close(self, name: str) -> None:
        session = self._open.pop(name, None)
        if session is not None:
            self._heard.append((session.number, session.heard(self._width)))
