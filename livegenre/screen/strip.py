"""A whole session in one row, however long it lasts: what held in each part of it."""

from collections import Counter
from typing import Literal, TypeAlias

from livegenre.decision import Decision, State

MOST_CELLS = 1024
"""Cells that are kept: more than a terminal is wide."""

Held: TypeAlias = tuple[State | Literal["gap", "waiting"], str | None]
"""State, and the label that was named."""


class Strip:
    """Cells of equal length in time; when they are full, each two of them become one.

    Fed on the reader's thread, read when that has ended.

    Parameters
    ----------
    step_seconds : float > 0
        Length of a cell at first.
    """

    def __init__(self, step_seconds: float) -> None:
        self._step_seconds = step_seconds
        self._n_steps = self._lost = 0
        self._steps_per_cell = 1
        self._cells: list[Counter[Held]] = []

    def add(self, decision: Decision, step_seconds: float) -> None:
        """Take the newest step, of this length; between it and the last one, as in ``History``."""
        end = max(round(decision.time / self._step_seconds), self._n_steps + 1)
        n_own = max(1, round(step_seconds / self._step_seconds))
        begin = max(self._n_steps, end - n_own)
        if self._cells:
            self._fill(begin, ("gap" if decision.lost != self._lost else "waiting", None))
        else:
            self._n_steps = begin
        self._fill(end, (decision.state, decision.label))
        self._lost = decision.lost

    def row(self, width: int) -> list[Held | None]:
        """Return what held longest in each of ``width`` parts; None: before the first step."""
        row: list[Held | None] = []
        for place in range(width):
            begin = place * self._n_steps // (width * self._steps_per_cell)
            end = -(-(place + 1) * self._n_steps // (width * self._steps_per_cell))
            held = sum(self._cells[begin:end], Counter())
            row.append(held.most_common(1)[0][0] if held else None)
        return row

    def _fill(self, end: int, held: Held) -> None:
        while self._n_steps < end:
            cell = self._n_steps // self._steps_per_cell
            if cell >= MOST_CELLS:
                self._halve()
                continue
            self._cells += [Counter() for _ in range(cell + 1 - len(self._cells))]
            n = min(end, (cell + 1) * self._steps_per_cell) - self._n_steps
            self._cells[cell][held] += n
            self._n_steps += n

    def _halve(self) -> None:
        first, second = self._cells[::2], self._cells[1::2]
        self._cells = [one + other for one, other in zip(first, second, strict=True)]
        self._steps_per_cell *= 2
