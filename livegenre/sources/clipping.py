"""Clipping, told of by the samples and by the tenths of a second that hold them."""

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.sources.channels import Channel

FULL_SCALE = 32_767 / 32_768
"""The largest positive sample of 16 bits."""
TENTHS = 10
"""In a second."""


class Clipping:
    """Counts what is clipped, frame by frame, so that block sizes cannot matter."""

    def __init__(self) -> None:
        self.samples = 0
        """Frames so far with a channel that is heard at or beyond full scale."""
        self.tenths = 0
        """Tenths of a second so far with such frames in them."""
        self._received = 0
        self._sample_rate = 0
        self._last = -1

    def push(self, frames: FloatArray, sample_rate: int, channel: Channel = None) -> None:
        """Take the next frames; called on the reader's thread.

        Parameters
        ----------
        frames : ndarray [shape=(n, n_channels)], float32
            Before channels are mixed, and before any gain.
        sample_rate : int > 0
            In Hz; may be another than before.
        channel : int or None
            As for ``to_mono``.
        """
        if sample_rate != self._sample_rate:
            self._received = self._received * sample_rate // max(self._sample_rate, 1)
            self._sample_rate = sample_rate
        places = np.flatnonzero(_is_clipped(frames, channel))
        if len(places):
            self.samples += len(places)
            tenths = np.unique((self._received + places) * TENTHS // sample_rate)
            self.tenths += int(np.count_nonzero(tenths > self._last))
            self._last = int(tenths[-1])
        self._received += len(frames)


def _is_clipped(frames: FloatArray, channel: Channel) -> NDArray[np.bool_]:
    """Return of each frame whether a channel that is heard is at or beyond full scale.

    A mix does not tell: it is far from full scale where one of two channels is clipped.
    """
    heard = frames if channel is None else frames[:, channel : channel + 1]
    clipped = np.abs(heard[:, 0]) >= FULL_SCALE
    for index in range(1, heard.shape[1]):
        clipped |= np.abs(heard[:, index]) >= FULL_SCALE
    return clipped
