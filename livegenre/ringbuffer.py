"""The way of sound from the audio callback to its reader: one writer, one reader, no waiting.

Owns the samples in between and the count of those that were lost; knows nothing about devices.
"""

from collections import deque

import numpy as np

from livegenre.arrays import FloatArray


class RingBuffer:
    """Holds the newest samples, preallocated; what the reader is too late for is lost.

    One thread may write and one may read. Every sample ever written has a number, and the
    counters of such numbers are published in an order that makes torn reads impossible: the
    writer reserves before it copies and publishes afterwards; the reader copies, then looks
    whether what it copied was reserved meanwhile.

    Parameters
    ----------
    capacity : int > 0
        Samples to hold.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._samples = np.zeros(capacity, np.float32)
        self._reserved = 0
        self._written = 0
        self._missing = 0
        # Number of the sample after a gap, and how many are missing up to there in all, so that
        # the count stays right should gaps ever be dropped from the left.
        self._gaps: deque[tuple[int, int]] = deque(maxlen=1_024)
        self._read = 0
        self._lapped = 0
        self._missed = 0
        self._next_gap: tuple[int, int] | None = None

    @property
    def written(self) -> int:
        """Samples written from the beginning on; any thread."""
        return self._written

    @property
    def available(self) -> int:
        """Samples written and not yet read or overwritten; any thread."""
        return min(self._written - self._read, self.capacity)

    @property
    def lost(self) -> int:
        """Samples that came before the reader's place and were never read.

        A gap lies just before the block that ``read`` returned when this number grew.
        """
        return self._lapped + self._missed

    def write(self, block: FloatArray, *, missing: int = 0) -> None:
        """Append samples, overwriting the oldest; called on the PortAudio thread.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
            Any length; of more than ``capacity`` samples the last ones remain.
        missing : int >= 0
            Samples that are known to have been lost just before the block.
        """
        if missing:
            self._missing += missing
            self._gaps.append((self._written, self._missing))
        end = self._written + len(block)
        self._reserved = end
        kept = block[-self.capacity :]
        start = (end - len(kept)) % self.capacity
        head = min(len(kept), self.capacity - start)
        self._samples[start : start + head] = kept[:head]
        self._samples[: len(kept) - head] = kept[head:]
        self._written = end

    def read(self, n: int) -> FloatArray:
        """Take out the oldest samples, without waiting; called on the reader's thread.

        Parameters
        ----------
        n : int >= 0
            Most samples to return.

        Returns
        -------
        ndarray [shape=(<= n,)], float32
            Contiguous sound, from one side of any gap.
        """
        while True:
            self._skip_overwritten()
            block = self._copy(self._read, min(self._read + n, self._next_stop()))
            if self._reserved - self.capacity <= self._read:
                self._read += len(block)
                return block

    def drop(self, keep: int) -> None:
        """Lose all but the newest samples; called on the reader's thread.

        Parameters
        ----------
        keep : int >= 0
            How many remain to be read, at most.
        """
        surplus = self._written - self._read - keep
        if surplus > 0:
            self._lapped += surplus
            self._read += surplus

    def _skip_overwritten(self) -> None:
        oldest = self._reserved - self.capacity
        if oldest > self._read:
            self._lapped += oldest - self._read
            self._read = oldest

    def _next_stop(self) -> int:
        """Find where reading must end: before the next gap, or at what is written."""
        written = self._written
        while written > self._read:
            if self._next_gap is None:
                if not self._gaps:
                    break
                self._next_gap = self._gaps.popleft()
            place, missing = self._next_gap
            if place > self._read:
                return min(place, written)
            self._missed, self._next_gap = missing, None
        return written

    def _copy(self, start: int, stop: int) -> FloatArray:
        block = np.empty(max(0, stop - start), np.float32)
        place = start % self.capacity
        head = min(len(block), self.capacity - place)
        block[:head] = self._samples[place : place + head]
        block[head:] = self._samples[: len(block) - head]
        return block
