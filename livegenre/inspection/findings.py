"""All that is found out about a sound, before any of it is drawn or written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from livegenre.inspection.frames import Frames, measure
from livegenre.inspection.grid import Grid
from livegenre.inspection.hearing import Heard
from livegenre.inspection.pooling import Columns, SpectrumPool
from livegenre.inspection.rhythm import Rhythm, find_rhythm
from livegenre.inspection.zoom import Zoom, zoom_in


@dataclass(frozen=True, slots=True)
class Findings:
    """A sound, and what was found out about it."""

    heard: Heard
    frames: Frames
    rhythm: Rhythm
    zoom: Zoom

    @classmethod
    def of(cls, heard: Heard, tell: Callable[[str], None]) -> Self:
        """Find out all, and tell what is being done."""
        tell("measuring the sound")
        grid = Grid.of(len(heard.samples), heard.sample_rate)
        frames = measure(heard.samples, SpectrumPool(grid))
        tell("looking for the tempo (the very first time takes longest)")
        return cls(heard, frames, find_rhythm(frames), zoom_in(heard.samples, frames))

    @property
    def columns(self) -> Columns:
        """How frames are put together where there are more than a picture can show."""
        return Columns.of(self.frames.grid.n_frames)

    @property
    def times(self) -> NDArray[np.float64]:
        """Of the frames, in seconds of the sound, of which a part may have been skipped."""
        return self.heard.start_seconds + self.frames.grid.times

    @property
    def column_edges(self) -> NDArray[np.float64]:
        """Where columns begin and end, in seconds of the sound."""
        return self.heard.start_seconds + self.columns.edges(self.frames.grid)

    @property
    def column_times(self) -> NDArray[np.float64]:
        """Middles of columns; of frames where each has a column to itself."""
        offset = (self.columns.length - 1) / 2 * self.frames.grid.hop_length
        return self.times[self.columns.starts] + offset / self.frames.grid.sample_rate

    @property
    def is_still(self) -> NDArray[np.bool_]:
        """Tell of each frame whether it holds only digital zeros, of which nothing can be said."""
        still: NDArray[np.bool_] = self.frames.rms == 0
        return still
