"""What a key's meaning depends on, and what can come of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_letters

from livegenre.screen.controls import Choice, Controls
from livegenre.screen.look import Look

DIGITS = "1234567890"
ENTRY_KEYS = DIGITS + ascii_letters
"""What chooses the first, second, ... entry of a page."""

Request = Callable[[Controls], str]
"""Asks something of the session and returns its answer, which is shown as a note."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a key's meaning depends on, beside the look."""

    replay: bool
    """The sound can be moved about in, and has no device."""
    labels: tuple[str, ...]
    step_seconds: float
    """Time from decision to decision."""
    column_seconds: float
    """Sound in a column as it is shown now."""
    oldest: float | None = None
    """Session time of the last column where the picture begins with the first that is kept; None
    before there is one."""
    newest: float | None = None
    """Session time of the last column."""
    choices: Sequence[Choice] | str = ()
    """Devices to choose from."""
    page_size: int = len(ENTRY_KEYS)
    """Entries on a page of the overlay that is up, > 0."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a key."""

    look: Look
    request: Request | None = None
    """What is to be asked of the session; its answer takes the place of the look's note."""
    marks: bool = False
    """Whether the newest column is to be marked, in the picture and in the log."""
