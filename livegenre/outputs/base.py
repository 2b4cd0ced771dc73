"""What every sink looks like: it is told how a session begins, each decision, and how it ends."""

from dataclasses import dataclass
from typing import Literal, Protocol

from livegenre.decision import Decision

EndReason = Literal["end", "quit", "interrupted", "terminated", "error"]


@dataclass(frozen=True, slots=True)
class Header:
    """What a session is about, known before its first decision."""

    model: str
    labels: tuple[str, ...]
    multi_label: bool
    """Each label is judged alone: posteriors need not sum to 1."""
    window_seconds: float
    step_seconds: float
    source: str
    sample_rate: int
    """Of the source, in Hz; ``lost`` counts its samples."""
    start_time: str
    """Of the first sample by the wall clock, ISO 8601 with offset."""


@dataclass(frozen=True, slots=True)
class End:
    """How a session ended."""

    reason: EndReason
    seconds: float
    """Sound that went by, lost sound included."""
    lost: int
    """Samples lost, at the source's rate."""


class Sink(Protocol):
    """Takes decisions on the main thread; must not make it wait."""

    def start(self, header: Header) -> None:
        """Take what is known beforehand; called once, first."""

    def show(self, decision: Decision) -> None:
        """Take a decision; called once a step."""

    def end(self, end: End) -> None:
        """Take how it ended; called once, last, also after an error."""
