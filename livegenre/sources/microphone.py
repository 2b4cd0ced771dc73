"""A microphone or line-in: PortAudio's callback fills a ring, the reader empties it.

The place where a stream that died or hangs will be opened anew; so far it is only reported.
"""

import time
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import DeviceError
from livegenre.ringbuffer import RingBuffer
from livegenre.sources.base import SourceState
from livegenre.sources.channels import Channel, check_channel, mix_into
from livegenre.sources.decoder import MAX_SAMPLE_RATE, MIN_SAMPLE_RATE
from livegenre.sources.portaudio import (
    InputDevice,
    close_stream,
    device_errors,
    find_input,
    list_inputs,
    load_portaudio,
)
from livegenre.sources.quiet import quiet_stderr

BLOCK_SAMPLES = 1_024
LATENCY_SECONDS = 0.2
RING_SECONDS = 10.0
STALL_SECONDS = 0.5
_READ_SECONDS = 0.1
_NAP_SECONDS = 0.01


class Microphone:
    """Live sound at the device's own rate, opened by the constructor.

    Parameters
    ----------
    device : str, optional
        Exact name, a part of it that no other has, or index; the system's default without it.
    channel : int or None
        Index of the channel to hear, or the mean of the first two.

    Raises
    ------
    SourceError
        If there is no such device or channel, or it cannot be opened.
    """

    def __init__(self, device: str | None = None, channel: Channel = None) -> None:
        found = find_input(list_inputs(), device)
        _check_rate(found)
        check_channel(channel, found.n_channels, found.name)
        self.name = found.name
        self.sample_rate = found.sample_rate
        self._channel = channel
        self._mono = np.zeros(BLOCK_SAMPLES, np.float32)
        self._ring = RingBuffer(round(RING_SECONDS * found.sample_rate))
        self._seen = 0
        self._seen_at = time.monotonic()
        # Never one of two, since PulseAudio would mix it; never all for the mean, since it claims
        # 32 channels whatever it has, and most are silent.
        n_channels = min(found.n_channels, max(2, 0 if channel is None else channel + 1))
        with ExitStack() as undo:
            undo.enter_context(quiet_stderr)  # ALSA reports its troubles at any time
            with device_errors(f"input {found.name!r}"):
                self._stream: Any = load_portaudio().InputStream(
                    device=found.index,
                    channels=n_channels,
                    samplerate=found.sample_rate,
                    blocksize=BLOCK_SAMPLES,
                    latency=LATENCY_SECONDS,
                    dtype="float32",
                    callback=self._hear,
                )
                undo.callback(close_stream, self._stream)
                self._stream.start()
            self._closing = undo.pop_all()

    @property
    def lost(self) -> int:
        """Samples that the driver or a late reader lost; a driver's flag counts as one block."""
        return self._ring.lost

    @property
    def state(self) -> SourceState:
        """``stalled`` after half a second without sound; ``ended`` once the stream died."""
        if not self._stream.active:
            return "ended"
        if self._ring.written != self._seen:
            self._seen, self._seen_at = self._ring.written, time.monotonic()
        return "stalled" if time.monotonic() - self._seen_at > STALL_SECONDS else "live"

    @property
    def duration_seconds(self) -> None:
        """None: no one knows."""
        return None

    def read(self, n: int) -> FloatArray:
        """Return the next samples, with zeros for any that are no numbers; see ``Source.read``.

        Raises
        ------
        DeviceError
            Once the device is gone and all that it gave was read.
        """
        deadline = time.monotonic() + _READ_SECONDS
        while self._ring.available < n and self._stream.active and time.monotonic() < deadline:
            time.sleep(_NAP_SECONDS)
        active = self._stream.active
        block = self._ring.read(n)
        if not active and not len(block):
            raise DeviceError(
                f"input {self.name!r} is gone (unplugged, or its sound server ended); "
                "connect it and start again"
            )
        return np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)

    def __enter__(self) -> Self:
        """Return this source, which is open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the stream."""
        self._closing.close()

    def _hear(self, block: FloatArray, n: int, _time: Any, flags: Any) -> None:
        """Copy a block into the ring; called on the PortAudio thread."""
        if self._channel is None:
            mono = self._mono[:n]
            mix_into(mono, block)
        else:
            mono = block[:, self._channel]
        self._ring.write(mono, missing=BLOCK_SAMPLES if flags.input_overflow else 0)


def _check_rate(device: InputDevice) -> None:
    if not MIN_SAMPLE_RATE <= device.sample_rate <= MAX_SAMPLE_RATE:
        raise DeviceError(
            f"input {device.name!r}: its {device.sample_rate:,} Hz are outside "
            f"{MIN_SAMPLE_RATE:,} to {MAX_SAMPLE_RATE:,} Hz; set it in the system's sound settings"
        )
