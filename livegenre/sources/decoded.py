"""A Source made of any decoder: channel, start, duration, loop, and the checks on what is decoded.

Owns no file, pipe or process: that is each decoder's own business.
"""

from typing import Self

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import FileError, SourceError
from livegenre.sources.base import SourceState
from livegenre.sources.channels import (
    Channel,
    channel_words,
    check_channel,
    to_mono,
)
from livegenre.sources.clipping import Clipping
from livegenre.sources.decoder import Decoder, check_sample_rate

LARGEST_SAMPLE = 1e6
"""Full scale is 1, or 32,768 where somebody forgot to divide; beyond are NaN and broken floats."""


class DecodedSource:
    """Mono sound out of a decoder, which it closes.

    Parameters
    ----------
    decoder : Decoder
        Closed here also if this constructor raises.
    start_seconds : float >= 0
        Where in the sound the decoder began, for messages.
    channel : int or None
        Index of the channel to hear, or the mean of all.
    duration_seconds : float > 0, optional
        Most sound to deliver, passes of a loop together.
    loop : bool
        Whether to begin again at the end.

    Raises
    ------
    SourceError
        If the decoder's rate or number of channels cannot be used.
    """

    def __init__(
        self,
        decoder: Decoder,
        *,
        start_seconds: float = 0.0,
        channel: Channel = None,
        duration_seconds: float | None = None,
        loop: bool = False,
    ) -> None:
        self._decoder = decoder
        self._start_seconds = start_seconds
        self._channel = channel
        self.loops = loop
        """Whether it begins again at the end."""
        try:
            check_sample_rate(decoder.sample_rate, decoder.name)
            check_channel(channel, decoder.n_channels, decoder.name)
        except SourceError:
            decoder.close()
            raise
        self._limit = (
            None if duration_seconds is None else round(duration_seconds * decoder.sample_rate)
        )
        self._delivered = 0
        self._position = 0
        self._ended = False
        self.clipping = Clipping()

    @property
    def position_seconds(self) -> float:
        """How far from the start the next sample lies, in this pass of a loop."""
        return self._position / self.sample_rate

    @property
    def end_seconds(self) -> float | None:
        """How far from the start the sound ends, in each pass of a loop; None where unknown."""
        n_frames = self._n_frames_in_pass()
        return None if n_frames is None else n_frames / self.sample_rate

    def seek(self, seconds: float) -> None:
        """Go on at another place; nothing is lost by that.

        Parameters
        ----------
        seconds : float >= 0
            From the start.

        Raises
        ------
        FileError
            If the sound cannot be moved about in.
        """
        frame = round(seconds * self.sample_rate)
        self._decoder.rewind(frame)
        self._position, self._ended = frame, False

    @property
    def name(self) -> str:
        """Name of the sound."""
        return self._decoder.name

    @property
    def sample_rate(self) -> int:
        """The sound's own rate in Hz."""
        return self._decoder.sample_rate

    @property
    def channels(self) -> str:
        """Which channels of how many are heard, in words."""
        return channel_words(self._channel, self._decoder.n_channels)

    @property
    def sample_format(self) -> str:
        """How its samples are held, in a word; empty where that is not known."""
        return self._decoder.sample_format

    @property
    def lost(self) -> int:
        """Nothing is ever lost: 0."""
        return 0

    @property
    def state(self) -> SourceState:
        """``live`` up to the end."""
        return "ended" if self._ended else "live"

    @property
    def trouble(self) -> str:
        """A file has none that is not an error: empty."""
        return ""

    @property
    def duration_seconds(self) -> float | None:
        """Seconds from start to end; None where unknown or endless."""
        if self.loops:
            return None if self._limit is None else self._limit / self.sample_rate
        return self.end_seconds

    def _n_frames_in_pass(self) -> int | None:
        limit = None if self.loops else self._limit
        lengths = [length for length in (self._decoder.n_frames, limit) if length is not None]
        return min(lengths, default=None)

    def read(self, n: int) -> FloatArray | None:
        """Return the next samples; see ``Source.read``."""
        if self._limit is not None:
            n = min(n, self._limit - (self._delivered if self.loops else self._position))
        frames = self._read_frames(n) if n > 0 and not self._ended else None
        if frames is None:
            self._ended = True
            return None
        samples = to_mono(frames, self._channel)
        self._check_sound(samples)
        self.clipping.push(frames, self.sample_rate, self._channel)
        self._position += len(samples)
        self._delivered += len(samples)
        return samples

    def __enter__(self) -> Self:
        """Return this source, which is open already."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the decoder."""
        self._decoder.close()

    def _read_frames(self, n: int) -> FloatArray | None:
        frames = self._decoder.read(n)
        if frames is not None:
            return frames
        if not self._position:
            after = f" after --start {self._start_seconds:g}" if self._start_seconds else ""
            raise FileError(f"{self.name}: no sound in it{after}")
        if not self.loops:
            return None
        self._decoder.rewind()
        self._position = 0
        return self._decoder.read(n)

    def _check_sound(self, samples: FloatArray) -> None:
        sound = np.abs(samples) <= LARGEST_SAMPLE  # False for NaN
        if not sound.all():
            at = int(np.argmin(sound))
            seconds = self._start_seconds + (self._position + at) / self.sample_rate
            raise FileError(
                f"{self.name}: a sample of {samples[at]:g} at {seconds:.3f} s is no sound; "
                "write the file anew, or end before with --duration"
            )
