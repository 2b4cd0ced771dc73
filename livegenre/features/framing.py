"""From a stream of samples to windows cut into frames; owns the only copy of past sound.

Windows lie on the frame grid, grow from ``min_frames`` to ``window_frames`` and slide from there
on. What a frame becomes is none of its business.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec


@dataclass(frozen=True, slots=True)
class FramedWindow:
    """One window of sound; its arrays are views that hold until the next window is asked for."""

    samples: FloatArray
    """The window itself [shape=((n_frames - 1) * hop_length,)], n_fft more if frames are whole."""
    frames: FloatArray
    """Its frames, with zeros beyond both ends if centred [shape=(n_frames, n_fft)]."""
    first: int
    """Number of its first frame, counted from the start of the stream."""
    end: int
    """Sample after its last one, counted from the start of the stream."""


class Framer:
    """Collect samples and hand out every window as soon as it is complete.

    Parameters
    ----------
    spec : FeatureSpec
        Geometry of frames and windows.
    centred : bool
        Whether a window reaches from the centre of its first frame to that of its last one;
        otherwise it is made of whole frames, and needs no zeros.
    """

    def __init__(self, spec: FeatureSpec, *, centred: bool = True) -> None:
        self._spec = spec
        self._padding = spec.n_fft // 2 if centred else 0
        longest = (spec.window_frames - 1) * spec.hop_length + spec.n_fft
        self._padded = np.zeros(longest, np.float32)
        self._frames = sliding_window_view(self._padded, spec.n_fft)[:: spec.hop_length]
        self.reset()

    def reset(self) -> None:
        """Forget all sound; the next sample is the first one."""
        self._padded.fill(0.0)
        self._n_received = 0
        self._schedule(self._spec.min_frames)

    def push(self, samples: FloatArray) -> Iterator[FramedWindow]:
        """Take samples and yield the windows that they complete.

        Parameters
        ----------
        samples : ndarray [shape=(n,)], float32
            The next samples of the stream; any length, also 0.
        """
        while True:
            n_missing = self._end - self._n_received
            self._store(samples[:n_missing])
            if len(samples) < n_missing:
                return
            yield self._window()
            self._advance()
            samples = samples[n_missing:]

    def _schedule(self, frames_end: int) -> None:
        """Let the next window end with the frame before ``frames_end``."""
        self._frames_end = frames_end
        last_start = (frames_end - 1) * self._spec.hop_length
        self._end = last_start + self._spec.n_fft - 2 * self._padding
        self._first = max(0, frames_end - self._spec.window_frames)
        self._start = self._first * self._spec.hop_length

    def _store(self, samples: FloatArray) -> None:
        # Where a step is longer than a window, the sound between two windows is dropped.
        samples_kept = samples[max(0, self._start - self._n_received) :]
        self._n_received += len(samples)
        at = self._padding + self._n_received - self._start
        self._padded[at - len(samples_kept) : at] = samples_kept

    def _window(self) -> FramedWindow:
        after = self._padding + self._end - self._start
        self._padded[after : after + self._padding] = 0.0
        return FramedWindow(
            samples=self._padded[self._padding : after],
            frames=self._frames[: self._frames_end - self._first],
            first=self._first,
            end=self._end,
        )

    def _advance(self) -> None:
        old_start, old_end = self._start, self._end
        self._schedule(self._frames_end + self._spec.step_frames)
        n_dropped = self._start - old_start
        n_kept = max(0, old_end - self._start)
        source = self._padding + n_dropped
        self._padded[self._padding :][:n_kept] = self._padded[source:][:n_kept]
