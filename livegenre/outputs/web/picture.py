"""What is known of a session at this moment, for pages that open at any time."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livegenre.decision import Decision
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header
from livegenre.outputs.changes import answer_of
from livegenre.outputs.jsonl import Told, line, values

N_ANSWERS = 1_200
"""Answers that a new page is told for its ribbon: five minutes at four steps a second."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as ``#rrggbb``, the same as on the screen."""

    of_labels: Callable[[tuple[str, ...]], Mapping[str, str]]
    of_levels: Sequence[str]
    """From quiet to loud."""
    of_page: Mapping[str, str]
    """By what they are for."""


class Picture:
    """Keeps the newest of everything that is told; used by one thread.

    Parameters
    ----------
    header : Header
    colours : Colours
    """

    def __init__(self, header: Header, colours: Colours) -> None:
        self.header = header
        self.decision: Decision | None = None
        self.change: Change | None = None
        self.device: DeviceChange | None = None
        self.end: End | None = None
        self.n_decisions = 0
        self.n_changes = 0
        self.compute_seconds = 0.0
        """CPU time of all steps so far."""
        self.seconds = 0.0
        """Sound that went by, lost sound included."""
        self.lost = 0
        self._colours = colours
        self._of_labels = dict(colours.of_labels(header.labels))
        self._answers: deque[tuple[float, str, float]] = deque(maxlen=N_ANSWERS)

    def take(self, told: Told) -> None:
        """Take what was told."""
        match told:
            case Decision():
                self._decide(told)
            case Change():
                self.change = told
                self.n_changes += 1
            case DeviceChange():
                self.device = told
                self.seconds, self.lost = told.time, told.lost
            case Event(kind="model"):
                self.header = replace(self.header, **dict(told.values))  # type: ignore[arg-type]
                self._of_labels |= self._colours.of_labels(self.header.labels)
            case End():
                self.end = told
                self.seconds, self.lost = told.seconds, told.lost

    def lines(self) -> Iterator[str]:
        """Yield what a page must know that opens now, as JSON Lines."""
        yield line(self.header)
        yield json.dumps({"type": "answers", "answers": list(self._answers)})
        yield self.colours_line()
        for told in (self.decision, self.device, self.end):
            if told is not None:
                yield line(told)

    def colours_line(self) -> str:
        """Return the colours of labels and levels, as a JSON Line."""
        levels = list(self._colours.of_levels)
        return json.dumps({"type": "colours", "labels": self._of_labels, "levels": levels})

    def values(self) -> dict[str, Any]:
        """Return the newest of everything by kind, None for what never was, ready for JSON."""
        newest: dict[str, Told | None] = {
            "header": self.header,
            "decision": self.decision,
            "change": self.change,
            "device": self.device,
            "end": self.end,
        }
        return {kind: None if told is None else values(told) for kind, told in newest.items()}

    def _decide(self, decision: Decision) -> None:
        self.decision = decision
        self.seconds, self.lost = decision.time, decision.lost
        self.n_decisions += 1
        self.compute_seconds += decision.compute_seconds
        answer = answer_of(decision)
        posterior = decision.posterior.get(answer, 0.0)
        self._answers.append((round(decision.time, 2), answer, round(posterior, 3)))
