"""Samples without a header: how they lie in a stream of bytes, and their way to float32."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import UsageError
from livegenre.sources.pipe import Pipe

_KINDS = ("s16", "s24", "s32", "f32", "f64")
ENCODINGS = ("u8", "s8", *(kind + order for kind in _KINDS for order in ("le", "be")))
"""Type, bits and byte order of a sample, in ffmpeg's words."""
MAX_CHANNELS = 1_024
"""As in libsndfile; beyond are only wrong headers."""


@dataclass(frozen=True, slots=True)
class RawFormat:
    """What bytes without a header mean; ``--raw RATE,CHANNELS,FORMAT``."""

    sample_rate: int
    """Hz, > 0."""
    n_channels: int
    """Interleaved samples in a frame, 1 to ``MAX_CHANNELS``."""
    encoding: str
    """One of ``ENCODINGS``."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``RATE,CHANNELS,FORMAT``, such as ``44100,2,s16le``.

        Raises
        ------
        UsageError
            If it is not that.
        """
        parts = [part.strip().lower() for part in text.split(",")]
        if len(parts) != 3 or not all(_is_count(part) for part in parts[:2]):
            raise UsageError(f"--raw {text}: write RATE,CHANNELS,FORMAT, such as 44100,2,s16le")
        if parts[2] not in ENCODINGS:
            raise UsageError(f"--raw {text}: FORMAT is one of {', '.join(ENCODINGS)}")
        if int(parts[1]) > MAX_CHANNELS:
            raise UsageError(f"--raw {text}: CHANNELS is 1 to {MAX_CHANNELS:,}")
        return cls(int(parts[0]), int(parts[1]), parts[2])

    @property
    def frame_bytes(self) -> int:
        """Bytes in a frame."""
        return self.n_channels * (self._bits // 8)

    @property
    def sample_format(self) -> str:
        """The encoding in a word."""
        return f"float{self._bits}" if self.encoding.startswith("f") else f"{self._bits}-bit"

    def decode(self, data: bytes) -> FloatArray:
        """Turn whole frames into numbers; full scale is 1.

        Parameters
        ----------
        data : bytes
            A multiple of ``frame_bytes``.

        Returns
        -------
        ndarray [shape=(n, n_channels)], float32
        """
        if self._bits == 24:
            integers = _widen(data, little=self.encoding.endswith("le"))
        else:
            integers = np.frombuffer(data, self._dtype)
        if self.encoding.startswith("f"):
            with np.errstate(over="ignore"):  # becomes an infinity, which is refused later
                samples = integers.astype(np.float32)
        else:
            samples = integers.astype(np.float32) * np.float32(self._scale)
            if self.encoding == "u8":
                samples -= 1
        return samples.reshape(-1, self.n_channels)

    @property
    def _bits(self) -> int:
        return int(self.encoding[1:].rstrip("bel"))

    @property
    def _scale(self) -> float:
        stored = 32 if self._bits == 24 else self._bits
        return float(2.0 ** (1 - stored))

    @property
    def _dtype(self) -> np.dtype[np.generic]:
        order = ">" if self.encoding.endswith("be") else "<"
        kind = {"s": "i", "u": "u", "f": "f"}[self.encoding[0]]
        return np.dtype(f"{order}{kind}{self._bits // 8}")


class PcmReader:
    """Frames out of a pipe.

    Parameters
    ----------
    pipe : Pipe
        Just before the first frame.
    raw : RawFormat
        What its bytes mean.
    n_frames : int >= 0, optional
        Where to stop, if not at the end of the pipe.
    """

    def __init__(self, pipe: Pipe, raw: RawFormat, n_frames: int | None = None) -> None:
        self._pipe = pipe
        self._raw = raw
        self.n_left = n_frames
        """Frames still to come, where known."""

    def read(self, n: int) -> FloatArray | None:
        """Return the next frames; see ``Decoder.read``.

        Raises
        ------
        OSError
            If the pipe cannot be read.
        """
        if self.n_left is not None:
            n = min(n, self.n_left)
        if not n:
            return None
        unit = self._raw.frame_bytes
        data = self._pipe.read(n * unit, unit=unit)
        if data is None:
            return None
        if self.n_left is not None:
            self.n_left -= len(data) // unit
        return self._raw.decode(data)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:10]) < 10**9


def _widen(data: bytes, *, little: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Put 24-bit integers into the upper bytes of 32-bit ones."""
    triples = np.frombuffer(data, np.uint8).reshape(-1, 3)
    wide = np.zeros((len(triples), 4), np.uint8)
    wide[:, 1:] = triples if little else triples[:, ::-1]
    return wide.view("<i4").ravel()
