"""The level of what is heard: clipping watched, a constant offset removed, gain applied."""

import math

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.sources.base import Source
from livegenre.sources.wrapper import SourceWrapper

CORNER_HZ = 2.0
"""20 Hz loses 0.043 dB to it, and an offset is 60 dB down after 0.55 s."""
_CHUNK_SECONDS = 0.25


class LevelledSource(SourceWrapper):
    """A source at another level; the same sound, bit by bit, unless more is asked for.

    Parameters
    ----------
    source : Source
        Opened and closed with this one.
    gain_db : float
        Gain in dB, applied last.
    remove_dc : bool
        Whether to remove a constant offset, as cheap sound cards add it.
    """

    def __init__(self, source: Source, *, gain_db: float = 0.0, remove_dc: bool = False) -> None:
        super().__init__(source)
        self._gain = np.float32(10 ** (gain_db / 20))
        self._dc = DcRemoval(source.sample_rate) if remove_dc else None
        self._received = 0
        self._clipped_at: int | None = None

    @property
    def seconds_since_clip(self) -> float:
        """Sound that came since the last block with clipping, in seconds; infinite before any."""
        if self._clipped_at is None:
            return math.inf
        return (self._received - self._clipped_at) / self.sample_rate

    def read(self, n: int) -> FloatArray | None:
        """Read from the source and set the level; see ``Source.read``."""
        known = self.clipping.samples
        block = self._source.read(n)
        if block is None:
            return None
        self._received += len(block)
        if self.clipping.samples > known:
            self._clipped_at = self._received
        if self._dc is not None:
            block = self._dc.push(block)
        return block if self._gain == 1 else block * self._gain


class DcRemoval:
    """A one-pole high-pass at 2 Hz; blocks of any size give the same samples, bit by bit.

    What is taken away is the exponential mean ``m[k] = r m[k-1] + (1 - r) x[k]``, with
    ``r = exp(-2 pi 2 Hz / rate)``. Unrolled over a chunk it is a sum of ``x[k] / r^(k+1)``, which
    NumPy adds up from left to right, so that it can be broken off and taken up anywhere.

    Parameters
    ----------
    sample_rate : int > 0
        In Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        exponent = 2 * math.pi * CORNER_HZ / sample_rate
        length = max(1, round(_CHUNK_SECONDS * sample_rate))
        self._decay = np.exp(-exponent * np.arange(1, length + 1))
        self._share = -math.expm1(-exponent)
        self._place = 0
        self._sum = 0.0  # from the mean at the end of the last chunk on

    def push(self, block: FloatArray) -> FloatArray:
        """Return the samples without their constant offset.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
            At ``sample_rate``; any length, also 0.
        """
        parts = []
        while len(block):
            piece = block[: len(self._decay) - self._place]
            parts.append(self._push_within_chunk(piece))
            block = block[len(piece) :]
        return np.concatenate(parts) if parts else block

    def _push_within_chunk(self, piece: FloatArray) -> FloatArray:
        decay = self._decay[self._place : self._place + len(piece)]
        terms = np.concatenate(([self._sum], piece / decay * self._share))
        sums = np.add.accumulate(terms)[1:]
        mean = sums * decay
        self._sum = float(sums[-1])
        self._place += len(piece)
        if self._place == len(self._decay):
            self._place, self._sum = 0, float(mean[-1])
        offset_free: FloatArray = (piece - mean).astype(np.float32)
        return offset_free
