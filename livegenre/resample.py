"""Streaming sample-rate conversion by soxr (quality HQ), on the reader's thread.

Owns the filter's state; knows nothing about sources or which rates make sense.
"""

from typing import Any

import numpy as np

from livegenre.arrays import FloatArray


class Resampler:
    """Converts mono sound from one rate to another, block by block.

    What comes out does not depend on how the sound was cut into blocks. Between ``reset`` and
    ``flush``, ``n`` samples become ``n * target_rate / source_rate``, to the nearest whole
    sample, and none is shifted: sample 0 of the output is sample 0 of the input.

    Parameters
    ----------
    source_rate, target_rate : int > 0
        In Hz. Equal rates pass every block through untouched.

    Raises
    ------
    ValueError
        If a rate is not positive.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        if source_rate < 1 or target_rate < 1:
            raise ValueError(f"cannot resample {source_rate} Hz to {target_rate} Hz")
        self._stream: Any = None
        if source_rate != target_rate:
            import soxr

            self._stream = soxr.ResampleStream(
                source_rate, target_rate, 1, dtype="float32", quality="HQ"
            )

    def push(self, block: FloatArray) -> FloatArray:
        """Take samples and return those that are ready; the filter lags by 5 to 42 ms.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
            Mono sound at the source rate; any length, also 0.

        Returns
        -------
        ndarray [shape=(m,)], float32
            Mono sound at the target rate; ``m`` may be 0.
        """
        return self._convert(block, last=False)

    def flush(self) -> FloatArray:
        """Return what the filter still holds, at the end of the sound, and begin anew."""
        rest = self._convert(np.zeros(0, np.float32), last=True)
        self.reset()
        return rest

    def reset(self) -> None:
        """Forget all sound; the next sample is the first one."""
        if self._stream is not None:
            self._stream.clear()

    def _convert(self, block: FloatArray, *, last: bool) -> FloatArray:
        if self._stream is None:
            return block
        converted: FloatArray = self._stream.resample_chunk(block, last=last)
        return converted
