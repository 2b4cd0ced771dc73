"""How the meters move: up at once, held for a while, then falling evenly.

Kept and called on the screen's thread.
"""

from dataclasses import replace

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.screen.meter import FLOOR_DBFS, Levels, Meter

RMS_FALL_DB = 20.0
BAND_FALL_DB = 40.0
HOLD_FALL_DB = 20.0
HOLD_SECONDS = 2.0


class Falling:
    """Values that rise at once, are held, and then fall; all that is known of time is given.

    Parameters
    ----------
    fall_db : float > 0
        In a second.
    hold_seconds : float >= 0
        Before a value begins to fall.
    """

    def __init__(self, fall_db: float, hold_seconds: float = 0.0) -> None:
        self._fall_db = fall_db
        self._hold_seconds = hold_seconds
        self._values = self._since = np.empty(0)
        self._now = 0.0

    def follow(self, values: FloatArray, now: float) -> FloatArray:
        """Return what is shown of the newest values; begins anew if their number has changed.

        Parameters
        ----------
        values : ndarray [shape=(n,)], float32, in dB
        now : float
            In seconds; never falls.
        """
        if len(values) != len(self._values):
            self._values, self._since = values.astype(np.float64), np.full(len(values), now)
        start = np.maximum(self._since + self._hold_seconds, self._now)
        fallen = self._values - self._fall_db * np.maximum(now - start, 0.0)
        risen = values >= fallen
        self._values = np.where(risen, values, fallen)
        self._since = np.where(risen, now, self._since)
        self._now = now
        return self._values.astype(np.float32)


class Motion:
    """Levels and spectrum as they are shown, from what a meter measures."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what is held."""
        self._rms = Falling(RMS_FALL_DB)
        self._bands = Falling(BAND_FALL_DB)
        self._hold = Falling(HOLD_FALL_DB, HOLD_SECONDS)

    def follow(
        self, meter: Meter, n_bands: int, now: float, *, hearing: bool
    ) -> tuple[Levels, FloatArray, FloatArray]:
        """Return levels, spectrum and where the spectrum is held.

        Parameters
        ----------
        meter : Meter
        n_bands : int >= 0
            As ``layout.n_bands`` gives it.
        now : float
            In seconds; never falls.
        hearing : bool
            Whether samples come; what does not is as quiet as can be.
        """
        levels, bands = meter.levels(), meter.spectrum_dbfs(n_bands)
        if not hearing:
            levels, bands = Levels(FLOOR_DBFS, FLOOR_DBFS), np.full_like(bands, FLOOR_DBFS)
        rms = self._rms.follow(np.array([levels.rms_dbfs], np.float32), now)[0]
        shown, held = self._bands.follow(bands, now), self._hold.follow(bands, now)
        return replace(levels, rms_dbfs=float(rms)), shown, held
