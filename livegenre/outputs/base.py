"""What every sink looks like: told how a session begins and ends, of decisions and the device."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from livegenre.decision import Decision, State

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
class DeviceChange:
    """That a source began or ceased to give sound, or why it gives none."""

    time: float
    """When, in seconds of sound, lost sound included: where the sound ended or begins."""
    state: str
    """``live``; ``muted``: only digital zeros come; ``stalled``: nothing; ``reconnecting``."""
    trouble: str
    """Why, in words, where the state alone does not say it; else empty."""
    device: str
    lost: int
    """Samples lost so far, at the source's rate."""
    clipped: int
    """Samples so far with a channel that is heard at or beyond full scale."""


@dataclass(frozen=True, slots=True)
class Change:
    """That the answer became another one, which then stayed."""

    time: float
    """From when the new answer has held, in seconds of sound, lost sound included."""
    before: str | None
    """The answer that held before: a label, or the state where there is none; None at first."""
    after: str
    """The answer that holds now, in the same terms."""
    state: State
    """What kind of answer that is."""
    posterior: float
    """Smoothed, of the label, when the change was told; 0 where there is none."""
    duration: float
    """How long the answer before had held, in seconds; at first, how long there was none."""


EventKind = Literal["mark", "seek", "speed", "model", "correction"]
"""Somebody put a mark; moved in a replay; changed its speed; went on with another model, from the
next decision on; said which label is right."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did while the session ran."""

    kind: EventKind
    time: float
    """Where in the session, in seconds of sound, lost sound included."""
    values: Mapping[str, object]
    """What else there is to tell, by name; JSON-ready."""


@dataclass(frozen=True, slots=True)
class End:
    """How a session ended."""

    reason: EndReason
    seconds: float
    """Sound that went by, lost sound included."""
    lost: int
    """Samples lost, at the source's rate."""
    interruptions: int = 0
    """How often the sound ceased to come."""
    missing_seconds: float = 0.0
    """How long sound was missing: what was lost, and the gap that the end fell into."""
    clipped: int = 0
    """Samples with a channel that is heard at or beyond full scale."""


class Sink(Protocol):
    """Takes decisions on the main thread; must not make it wait."""

    def start(self, header: Header) -> None:
        """Take what is known beforehand; called once, first."""

    def show(self, decision: Decision) -> None:
        """Take a decision; called once a step."""

    def change(self, change: Change) -> None:
        """Take a change of the answer; called after the decision that confirms it."""

    def device(self, change: DeviceChange) -> None:
        """Take a change of the source's state; called when it is noticed."""

    def event(self, event: Event) -> None:
        """Take what a person did; called when it takes effect."""

    def end(self, end: End) -> None:
        """Take how it ended; called once, last, also after an error."""


EVERYTHING = frozenset({"start", "show", "change", "device", "event", "end"})
"""What a sink can be told."""


class Remote(Sink, Protocol):
    """A sink whose calls may wait, and fail; all are made on one thread."""

    name: str
    """What and where it is, for people."""
    wants: frozenset[str]
    """Names of the methods of ``Sink`` that do something; others are not called."""

    def connect(self) -> None:
        """Make ready, again after an error, for ``start``.

        Raises
        ------
        OutputError
            If that is not possible now; from any other call, if nothing more can be told.
        """

    def close(self) -> None:
        """Let go of everything; called after an error, and last. Must not raise."""
