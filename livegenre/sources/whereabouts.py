"""Whether the sound server still records from the source that a stream was opened for.

A server moves streams whose device is unplugged to another one, and no stream is told.
"""

import time

from livegenre.sources.pulse import list_recorded

_EVERY_SECONDS = 0.5
"""Each question costs 6 ms of a core, most of it in pactl."""


class Whereabouts:
    """Where a stream of this process began, and whether it is still there.

    Of several streams in one process, which the program never has, each passes for the others.
    """

    def __init__(self) -> None:
        self._began: set[int] = set()
        self._asked_at = time.monotonic()

    def have_changed(self) -> bool:
        """Ask the server, though not more often than every 0.5 s; silence is no change."""
        if time.monotonic() < self._asked_at + _EVERY_SECONDS:
            return False
        now = list_recorded()
        self._asked_at = time.monotonic()
        self._began = self._began or now
        return bool(now) and now.isdisjoint(self._began)
