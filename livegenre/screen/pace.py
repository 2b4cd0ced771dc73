"""When the next frame is due, and how often: as fast as the terminal takes them, never faster."""

FRAMES_PER_SECOND = 10.0
REMOTE_FRAMES_PER_SECOND = 5.0
SLOWER = (5.0, 2.0)
SLOW_SECONDS = 0.05
"""A frame that takes longer to be written is slow."""
N_SLOW = 2
"""So many in a row lower the rate."""
RECOVERY_SECONDS = 10.0
"""After so long at a lower rate the next higher one is tried."""
REST_SECONDS = 0.02
"""Shortest time between two frames, however often keys are pressed."""


class Pace:
    """Deadlines in monotonic seconds; a frame that comes late is dropped, never made up for.

    Parameters
    ----------
    now : float
        When it begins.
    frames_per_second : float > 0
        The highest rate.
    start : float, optional
        The first rate, if lower.
    """

    def __init__(
        self,
        now: float,
        frames_per_second: float = FRAMES_PER_SECOND,
        *,
        start: float | None = None,
    ) -> None:
        slower = [rate for rate in SLOWER if rate < frames_per_second]
        self._rates = (frames_per_second, *slower)
        self._level = self._rates.index(start) if start in self._rates else 0
        self._lowered_at = now
        self._n_slow = 0
        self._last = now
        self.deadline = now
        """When the next frame is due."""

    @property
    def frames_per_second(self) -> float:
        """The rate at present."""
        return self._rates[self._level]

    def drawn(self, now: float) -> None:
        """Note that a frame was drawn, and set the next deadline: the first one to come."""
        period = 1 / self.frames_per_second
        missed = max(0, int((now - self.deadline) / period))
        self._last = now
        self.deadline = max(self.deadline + (missed + 1) * period, now + REST_SECONDS)

    def written(self, seconds: float, now: float) -> None:
        """Note how long it took the terminal to take a frame."""
        self._n_slow = self._n_slow + 1 if seconds > SLOW_SECONDS else 0
        if self._n_slow >= N_SLOW:
            self._n_slow = 0
            self._level = min(self._level + 1, len(self._rates) - 1)
            self._lowered_at = now
        elif self._level and now - self._lowered_at >= RECOVERY_SECONDS:
            self._level -= 1
            self._lowered_at = now

    def hurry(self) -> None:
        """Have the next frame as soon as may be: somebody pressed a key or resized."""
        self.deadline = min(self.deadline, self._last + REST_SECONDS)
