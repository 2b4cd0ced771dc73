"""How a sound is cut into frames, whatever its rate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME_SECONDS = 2048 / 22_050
"""Length of librosa's usual frame at its usual rate."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How a sound is cut into frames: about 93 ms each, a quarter of that apart, at any rate."""

    sample_rate: int
    n_fft: int
    hop_length: int
    n_frames: int

    @classmethod
    def of(cls, n_samples: int, sample_rate: int) -> "Grid":
        """Return the frames of a sound; at 22,050 Hz those of librosa: 2048 samples, hop 512."""
        n_fft = 1 << round(np.log2(FRAME_SECONDS * sample_rate))
        hop_length = n_fft // 4
        return cls(sample_rate, n_fft, hop_length, 1 + n_samples // hop_length)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Centres of the spectrum's bins in Hz [shape=(1 + n_fft / 2,)]."""
        return np.linspace(0, self.sample_rate / 2, 1 + self.n_fft // 2, dtype=np.float64)

    @property
    def times(self) -> NDArray[np.float64]:
        """Centres of the frames in seconds from the first sample [shape=(n_frames,)]."""
        return np.arange(self.n_frames) * self.hop_length / self.sample_rate
