"""What one session of a log heard: its rows added up, and what is left of them at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from livegenre.decision import Decision, State
from livegenre.screen.facts import Facts
from livegenre.screen.strip import Held
from livegenre.screen.tally import Tally
from livegenre.screen.view import SourceStatus
from livegenre.summary.reading import Row

STATES = get_args(State)
N_FINE = 240
"""Parts of a session that a picture shows."""
MOST = 1e12
"""No number of a log is larger."""
LEAST_STEP_SECONDS, USUAL_STEP_SECONDS = 0.01, 0.5
"""Of decisions; the latter where the beginning of a log is missing."""
ANY = Facts(
    model="",
    labels=(),
    multi_label=False,
    thresholds={},
    silence_dbfs=-60.0,
    accuracy="",
    source="",
    sample_rate=0,
    duration_seconds=None,
    first_seconds=0.0,
    window_seconds=0.0,
    step_seconds=USUAL_STEP_SECONDS,
    replay=True,
)
"""What a session is about whose beginning is missing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A session, small enough to keep a great many."""

    began: str
    """By the wall clock, ISO 8601; empty if that is not known."""
    ended: str
    """Time of its last row; empty if the log has no times."""
    facts: Facts
    reason: str
    """As in ``End``; empty where the log does not hold its end."""
    seconds: float
    """Time of the last decision."""
    counts: Mapping[str, int]
    """Answer in words -> number of decisions."""
    n_changes: int
    source: SourceStatus
    """How the source had fared."""
    words: tuple[str, str]
    """Shares and costs, as the session itself has told them."""
    row: tuple[Held | None, ...]
    """What held longest in each of equal parts of it, as many as a terminal is wide."""
    fine_row: tuple[Held | None, ...]
    """The same in ``N_FINE`` parts, for pictures."""


class Session:
    """Adds up the rows of one session.

    Parameters
    ----------
    number : int
        How many sessions began before it.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_over = False
        """The row that ends it has come."""
        self._facts = ANY
        self._tally: Tally | None = None
        self._began = self._ended = self._reason = ""
        self._labels: dict[str, None] = {}
        self._lost = 0
        self._source: SourceStatus | None = None

    def add(self, row: Row) -> None:
        """Take the next row.

        Raises
        ------
        ValueError, LookupError, TypeError
            If it holds other values than a log does.
        """
        kind = row["type"]
        if kind == "decision":
            self._decide(_decision(row))
        elif kind == "header" and self._tally is None:
            self._facts = _facts(row)
            self._began = str(row["start_time"])
        elif kind == "model":
            self._facts = _with_model(self._facts, row)
        elif kind == "end":
            self._source, self._reason, self.is_over = _source(row), str(row["reason"]), True
        self._ended = str(row.get("at", ""))
        self._began = self._began or self._ended

    def heard(self, width: int) -> Heard:
        """Return what it comes to, its row ``width`` cells wide."""
        tally = self._tally or Tally(self._facts)
        facts = replace(self._facts, labels=tuple(dict.fromkeys(self._facts.labels) | self._labels))
        source = self._source or self._source_so_far()
        return Heard(
            began=self._began,
            ended=self._ended,
            facts=facts,
            reason=self._reason,
            seconds=tally.seconds,
            counts=dict(tally.counts),
            n_changes=tally.n_changes,
            source=source,
            words=(tally.shares(), tally.costs(source)),
            row=tuple(tally.row(width)),
            fine_row=tuple(tally.row(N_FINE)),
        )

    def _decide(self, decision: Decision) -> None:
        if self._tally is None:
            self._tally = Tally(self._facts)
        self._tally.facts = self._facts
        self._tally.add(decision)
        self._lost = decision.lost
        if decision.label is not None:
            self._labels[decision.label] = None

    def _source_so_far(self) -> SourceStatus:
        seconds = self._lost / self._facts.sample_rate if self._facts.sample_rate else 0.0
        return SourceStatus(state="ended", missing_seconds=seconds)


def _decision(row: Row) -> Decision:
    """Return what a row tells of a decision; what a summary does not need is left out."""
    state, label = row["state"], row["label"]
    if state not in STATES or (state == "genre") != isinstance(label, str):
        raise ValueError(state)
    return Decision(
        time=_number(row["time"]),
        state=state,
        label=label,
        since=0.0,
        posterior={},
        raw_posterior={},
        early=False,
        level_dbfs=0.0,
        lost=int(_number(row["lost"])),
        not_music=0.0,
        tags={},
        compute_seconds=_number(row["compute_seconds"]),
    )


def _source(row: Row) -> SourceStatus:
    """Return how a source had fared at its end."""
    return SourceStatus(
        state="ended",
        interruptions=int(_number(row["interruptions"])),
        missing_seconds=_number(row["missing_seconds"]),
        clipped=int(_number(row["clipped"])),
    )


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise ValueError(value)
    return float(value)


def _facts(row: Row) -> Facts:
    facts = _with_model(ANY, row)
    return replace(facts, source=str(row["source"]), sample_rate=int(_number(row["sample_rate"])))


def _with_model(facts: Facts, row: Row) -> Facts:
    return replace(
        facts,
        model=str(row["model"]),
        labels=tuple(map(str, row["labels"])),
        multi_label=bool(row["multi_label"]),
        step_seconds=max(LEAST_STEP_SECONDS, _number(row["step_seconds"])),
    )
