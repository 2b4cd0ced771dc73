"""What keys can ask of the session, beyond how it looks; the screen knows no more of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from a list."""

    name: str
    detail: str
    """What else is worth telling, in a few words."""
    is_current: bool


@dataclass(frozen=True, slots=True)
class Why:
    """What pushed the newest decision."""

    time: float
    """Of the decision, as in ``Decision.time``."""
    label: str
    """What was decided, or else the strongest label."""
    runner_up: str
    margin: float
    """By how much the posterior of ``label`` exceeds that of ``runner_up``; negative where a label
    is only held on to."""
    bands_hz: tuple[float, ...]
    """Edges of the frequency bands, rising, one more than there are bands; empty: no bands."""
    bands: tuple[float, ...]
    """By how much each band raised (or, negative, lowered) ``label`` against ``runner_up``, in
    units of log odds."""
    features: tuple[tuple[str, float], ...] = ()
    """The features that pushed most, by name, in the same units; largest magnitude first."""
    method: str = ""
    """How it was found, in a few words."""


class Controls(Protocol):
    """Requests of the keyboard. Called on the screen's thread; none of them waits.

    Each returns a short answer for the person who asked (shown as a note), empty where the
    screen shows the effect anyway. What takes time happens on other threads, later, and what has
    come of it is told by ``answer``.
    """

    def answer(self) -> str:
        """Return what has come of an earlier request, once; empty if there is no news."""

    def quit(self) -> None:
        """End the session."""

    def devices(self) -> Sequence[Choice] | str:
        """Return the inputs there are, or why none can be chosen (yet).

        Looks them up behind the scenes: to be asked again until there is a list.
        """

    def open_device(self, name: str) -> str:
        """Go on with another input, by the name of its choice."""

    def next_model(self) -> str:
        """Go on with the next model."""

    def seek(self, seconds: float) -> str:
        """Move in a replay by so much, forwards or (negative) backwards."""

    def change_speed(self, faster: bool) -> str:
        """Replay at the next faster or slower speed."""

    def mark(self, time: float) -> str:
        """Log a mark at a time of the session, in seconds."""

    def correct(self, label: str) -> str:
        """Keep the newest window's features with the label that is right."""

    def why(self) -> "Why | str":
        """Return why the newest decision was made, or why that is not known (yet)."""
