"""The sound's spectrum for pages: copied on the reader's thread, looked at on the server's."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.ringbuffer import RingBuffer

N_BANDS = 64


class Meter(Protocol):
    """Measures the spectrum of a sound."""

    def push(self, block: FloatArray) -> None:
        """Take the next samples."""

    def step_bands(self, n_bands: int) -> NDArray[np.int8]:
        """Return the largest level in each band since the last call, in dBFS, low to high."""


MakeMeter: TypeAlias = Callable[[int], Meter]
"""Makes a meter of a sample rate in Hz."""


class Bands:
    """Holds the newest second of sound between two threads.

    Parameters
    ----------
    sample_rate : int > 0
        In Hz.
    make_meter : callable
    """

    def __init__(self, sample_rate: int, make_meter: MakeMeter) -> None:
        self._ring = RingBuffer(sample_rate)
        self._meter = make_meter(sample_rate)

    def hear(self, block: FloatArray) -> None:
        """Copy the next samples; called on the reader's thread.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
        """
        self._ring.write(block)

    def newest(self) -> list[int] | None:
        """Return levels in whole dBFS since the last call, None without new sound.

        Called on the server's thread.
        """
        samples = self._ring.read(self._ring.capacity)
        if not len(samples):
            return None
        self._meter.push(samples)
        levels: list[int] = self._meter.step_bands(N_BANDS).tolist()
        return levels
