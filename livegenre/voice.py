"""Lines for people while a session runs: to stderr if that takes them, and to the screen."""

import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from livegenre.outputs.base import DeviceChange
from livegenre.visible import visible

if sys.platform != "win32":
    import select

PATIENCE_SECONDS = 0.2
"""How long a reader of stderr is waited for."""
WELL = ("live", "muted")
"""States of an input that gives sound; a pause of the music mutes a monitor."""
N_EARLY = 16
"""Lines that are kept for a screen which may never come."""


class Voice:
    """Says what troubles a sink or the input; called on any thread, those of the sound too."""

    def __init__(self) -> None:
        self._troubles: set[str] = set()
        self._early: deque[str] = deque(maxlen=N_EARLY)
        self._show: Callable[[str], None] = self._early.append

    def show_on(self, show: Callable[[str], None]) -> None:
        """Have each line shown too, those before first, by what never waits."""
        self._show = show
        for line in self._early:
            show(line)

    def say(self, line: str) -> None:
        """Write a line, which is held back while there is a screen; without a reader it is lost."""
        self._show(line)
        with suppress(OSError):  # a terminal that is gone is no reason to cease telling others
            if _is_taken():
                print(f"livegenre: {visible(line)}", file=sys.stderr, flush=True)

    def tell_input(self, change: DeviceChange) -> None:
        """Say what troubles the input, once until it is over; called on the reader's thread."""
        words = f"input: {change.state}" + (f" ({change.trouble})" if change.trouble else "")
        if change.state in WELL:
            if self._troubles:
                self.say(words)
            self._troubles.clear()
        elif words not in self._troubles:
            self._troubles.add(words)
            self.say(words)


def _is_taken() -> bool:
    """Tell whether stderr takes a line at once, or soon."""
    if sys.platform == "win32":
        return True
    try:
        descriptor = sys.stderr.fileno()
    except OSError:  # a stream in memory
        return True
    return bool(select.select([], [descriptor], [], PATIENCE_SECONDS)[1])
