"""What decodes sound, whatever it comes from, and which sample rates it may have."""

from typing import Protocol

from livegenre.arrays import FloatArray
from livegenre.errors import FileError

MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 4_000, 384_000
"""Hz. Below, nothing is left that tells music; above, no sound is made, only wrong headers."""


class Decoder(Protocol):
    """Sound with all its channels, decoded from its start on."""

    @property
    def name(self) -> str:
        """What a person calls the sound."""

    @property
    def sample_rate(self) -> int:
        """Frames a second, in Hz."""

    @property
    def n_channels(self) -> int:
        """Samples in a frame."""

    @property
    def sample_format(self) -> str:
        """How its samples are held, in a word; empty where that is not known."""

    @property
    def n_frames(self) -> int | None:
        """Frames from the start to the end, where known."""

    def read(self, n: int) -> FloatArray | None:
        """Return the next frames.

        Returns
        -------
        ndarray [shape=(<= n, n_channels)], float32, or None
            Fewer than ``n`` at the end, or when no more came within 0.1 s; None after the end.

        Raises
        ------
        FileError
            If the sound is damaged from here on.
        """

    def rewind(self, frame: int = 0) -> None:
        """Go to a frame, counted from the start.

        Raises
        ------
        FileError
            If there is no going back, or the sound is damaged there.
        """

    def close(self) -> None:
        """Free file, pipe and process; may be called twice."""


def check_sample_rate(sample_rate: int, name: str) -> None:
    """See that a rate is one that sound has.

    Raises
    ------
    FileError
        If it is not.
    """
    if not MIN_SAMPLE_RATE <= sample_rate <= MAX_SAMPLE_RATE:
        raise FileError(
            f"{name}: {sample_rate:,} Hz is outside {MIN_SAMPLE_RATE:,} to {MAX_SAMPLE_RATE:,} Hz; "
            "convert it, as with ffmpeg -i FILE -ar 44100 NEW.wav"
        )
