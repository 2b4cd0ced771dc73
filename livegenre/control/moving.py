"""Another place and another speed of a replay; on the reader's thread."""

from livegenre.control.report import Report
from livegenre.screen.words import clock_tenths
from livegenre.sources.replay import Replay

TIMES = "\N{MULTIPLICATION SIGN}"


class Moving:
    """Collects where a replay is to go, and goes there at a cut.

    Parameters
    ----------
    replay : Replay
    report : Report
        Told of what was done, or could not be.
    """

    def __init__(self, replay: Replay, report: Report) -> None:
        self._replay = replay
        self._report = report
        self._offset_seconds = 0.0
        self._place_seconds: float | None = None

    def move(self, seconds: float) -> None:
        """Ask to move by so much; several requests before a cut are one move."""
        if self._replay.fixed_place:
            self._report.say(self._replay.fixed_place)
        else:
            self._offset_seconds += seconds

    def wants_cut(self) -> bool:
        """Return whether the sound is to go on elsewhere; if it cannot, say so."""
        offset, self._offset_seconds = self._offset_seconds, 0.0
        if offset:
            self._place_seconds = self._replay.place_after(offset)
            if self._place_seconds is None:
                self._report.say("the end is nearer than that")
        return self._place_seconds is not None

    def go_on(self) -> None:
        """Go where one wanted to; called after a cut."""
        if self._place_seconds is None:
            return
        place, self._place_seconds = self._place_seconds, None
        before = self._replay.position_seconds
        self._replay.seek(place)
        self._report.tell("seek", position=place, before=before)
        self._report.say(f"now at {clock_tenths(place)}")

    def change_speed(self, faster: bool) -> None:
        """Go on at the next speed, if there is one."""
        if self._replay.fixed_speed:
            self._report.say(self._replay.fixed_speed)
            return
        speed = self._replay.next_speed(faster=faster)
        if speed is None:
            self._report.say("that is the fastest" if faster else "that is the slowest")
            return
        self._replay.change_speed(speed)
        self._report.tell("speed", speed=speed)
        self._report.say(f"speed {speed:g}{TIMES}")
