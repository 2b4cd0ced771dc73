"""One opening of an input: PortAudio's callback fills a ring, the reader empties and mixes it.

Is never opened again: after its end, ``supervision`` makes another.
"""

import math
import time
from contextlib import suppress
from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import DeviceError
from livegenre.resample import Resampler
from livegenre.ringbuffer import RingBuffer
from livegenre.sources.channels import Channel, to_mono
from livegenre.sources.clipping import Clipping
from livegenre.sources.devices import InputDevice
from livegenre.sources.frameclock import FrameClock
from livegenre.sources.opening import BLOCK_SAMPLES, Callback, open_input
from livegenre.sources.portaudio import device_errors, load_portaudio
from livegenre.sources.whereabouts import Whereabouts

BACKLOG_SECONDS = 1.0
"""Sound that may wait for its reader; of more, all but a rest is dropped."""
REST_SECONDS = 0.1


class Capture:
    """A stream of an input, from its opening to its closing.

    Parameters
    ----------
    device : InputDevice
    channel : int or None
        Index of the channel to hear, or the mean of the first two.
    sample_rate : int, optional
        What ``read`` delivers, in Hz; the device's own rate without it.
    clipping : Clipping
        Told of what is read.

    Raises
    ------
    SourceError
        If the device has no such channel or cannot be opened.
    """

    def __init__(
        self,
        device: InputDevice,
        channel: Channel,
        sample_rate: int | None,
        clipping: Clipping,
    ) -> None:
        self.began_at: float | None = None
        """When the first sample sounded, in monotonic seconds; None before."""
        self._clipping = clipping
        self._heard = 0, -math.inf
        self._heard_channels = slice(0, 2) if channel is None else slice(channel, channel + 1)
        self._inlet = _Inlet(self._hear)
        opened = open_input(device, channel, self._inlet)
        self.device_rate = opened.sample_rate
        """What the stream delivers, in Hz."""
        self.sample_rate = sample_rate or opened.sample_rate
        self._n_channels = len(range(opened.n_channels)[self._heard_channels])
        # Of frames, sample by sample: whatever can wait for the reader is none of the callback's.
        self._ring = RingBuffer(round(2 * BACKLOG_SECONDS * self.device_rate) * self._n_channels)
        self._clock = FrameClock(self.device_rate)
        self._resampler = Resampler(self.device_rate, self.sample_rate)
        self._rest = np.zeros(0, np.float32)
        self._whereabouts = None if device.pulse_source is None else Whereabouts()
        self._stream: Any = opened.stream
        self._start(device)

    @property
    def active(self) -> bool:
        """Whether PortAudio takes the stream for a living one."""
        with suppress(load_portaudio().PortAudioError):
            return bool(self._stream.active)
        return False

    def was_moved(self) -> bool:
        """Tell whether the sound server records from another source; called by the supervisor."""
        return self._whereabouts is not None and self._whereabouts.have_changed()

    @property
    def heard_at(self) -> float:
        """When the newest sample came, in monotonic seconds; -infinity before any."""
        return self._heard[1]

    @property
    def available(self) -> int:
        """Samples that can be read, about."""
        frames = self._ring.available // self._n_channels
        return len(self._rest) + frames * self.sample_rate // self.device_rate

    @property
    def lost(self) -> int:
        """Samples that the driver, an unnoticed gap or a late reader lost."""
        lost = self._ring.lost // self._n_channels + self._clock.missing
        return round(lost * self.sample_rate / self.device_rate)

    @property
    def latency_seconds(self) -> float:
        """Age of sound when it can be read, as PortAudio tells it."""
        return float(self._stream.latency)

    def observe(self) -> None:
        """Compare what came with the time it took; called on the supervisor's thread."""
        n_samples, seconds = self._heard
        if n_samples:
            self._clock.observe(n_samples, seconds)

    def read(self, n: int) -> FloatArray:
        """Return the next samples, ``n`` at most, without waiting; called on the reader's thread.

        Of a backlog all but the end is lost. What is no number becomes zero.
        """
        if self._ring.available > BACKLOG_SECONDS * self.device_rate * self._n_channels:
            self.drop_backlog()
        lost = self._ring.lost
        n_frames = max(1, n * self.device_rate // self.sample_rate)
        frames = self._ring.read(n_frames * self._n_channels).reshape(-1, self._n_channels)
        if self._ring.lost != lost:
            self._resampler.reset()
            self._rest = self._rest[:0]
        self._clipping.push(frames, self.device_rate)
        block = to_mono(frames, None)
        np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        ready = np.concatenate([self._rest, self._resampler.push(block)])
        self._rest = ready[n:]
        return ready[:n]

    def drop_backlog(self) -> None:
        """Lose all but the last moment; called on the reader's thread."""
        self._ring.drop(round(REST_SECONDS * self.device_rate) * self._n_channels)

    def close(self) -> None:
        """Close the stream; where the sound system hangs, this does not return."""
        self._inlet.hear = None
        sounddevice = load_portaudio()
        for end in (self._stream.abort, self._stream.close):
            with suppress(sounddevice.PortAudioError):
                end()

    def _hear(self, block: FloatArray, n: int, _time: Any, flags: Any) -> None:
        """Copy a block into the ring; called on the PortAudio thread."""
        now = time.monotonic()
        missing = BLOCK_SAMPLES if flags.input_overflow else 0
        heard = block[:, self._heard_channels].reshape(-1)
        self._ring.write(heard, missing=missing * self._n_channels)
        self._heard = (self._heard[0] + n + missing, now)
        if self.began_at is None:
            self.began_at = now - n / self.device_rate

    def _start(self, device: InputDevice) -> None:
        try:
            with device_errors(f"input {device.name!r}"):
                self._stream.start()
        except DeviceError:
            self.close()
            raise


class _Inlet:
    """What PortAudio calls; shut, it is deaf to a stream that wakes while it is being closed.

    It also lets go of the capture: sounddevice's streams are cycles that live on for a while.
    """

    def __init__(self, hear: Callback) -> None:
        self.hear: Callback | None = hear

    def __call__(self, block: FloatArray, n: int, seconds: Any, flags: Any) -> None:
        hear = self.hear
        if hear is not None:
            hear(block, n, seconds, flags)
