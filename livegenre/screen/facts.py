"""What a session is about: the facts a screen shows that do not change while it is up."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Model and source of a session, in the words and numbers a screen needs."""

    model: str
    """Name of the model."""
    labels: tuple[str, ...]
    """In the model's order, which is the order of the bars where all find room."""
    multi_label: bool
    """Each label is judged alone: posteriors need not sum to 1."""
    thresholds: Mapping[str, float]
    """Label -> smallest smoothed posterior that is worth its name, 0..1."""
    silence_dbfs: float
    """Windows with an RMS below it are silence."""
    accuracy: str
    """A sentence that begins with figure and interval; empty if it was not measured."""
    source: str
    """What a person calls the source; may hold any character."""
    sample_rate: int
    """The source's own, in Hz, > 0."""
    duration_seconds: float | None
    """How long the sound lasts, where that is known beforehand."""
    first_seconds: float
    """Sound needed for the first, early answer."""
    window_seconds: float
    """Length of a full window."""
    step_seconds: float
    """Time from decision to decision."""
    replay: bool
    """The sound comes from a file, pipe or signal rather than from a device."""
    recording: str = ""
    """Where what is heard is being recorded; empty if nowhere."""
    channels: str = ""
    """Which channels of how many are heard, in words; empty if that is not known."""
    sample_format: str = ""
    """How the source holds its samples, in a word; empty if that is not known."""
    log: str = ""
    """Where decisions are written; empty if nowhere."""
    began: str = ""
    """Time of the day at the beginning, as in ``20:41:07``; empty if it says nothing."""

    @property
    def threshold(self) -> float | None:
        """The threshold of all labels; None if they have several."""
        found = set(self.thresholds.values())
        return found.pop() if len(found) == 1 else None
