"""Gets the sound that is looked at: some seconds of a device, or of a file.

Waits for no sound system that hangs, and keeps no sound on disk.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import DeviceError, FileError, LivegenreError
from livegenre.sources.channels import Channel, check_channel, to_mono
from livegenre.sources.decoder import check_sample_rate
from livegenre.sources.devices import InputDevice
from livegenre.sources.file import open_file
from livegenre.sources.opening import open_input
from livegenre.sources.portaudio import close_stream, device_errors, permission, spare_the_exit
from livegenre.sources.quiet import quiet_stderr
from livegenre.sources.signal import SignalDecoder, is_signal

FIRST_SOUND_SECONDS = 2.0
"""What a device may take to its first sound: Bluetooth takes more than a second."""
ANSWER_SECONDS = 10.0
STALL_SECONDS = 1.0
SETTLE_SECONDS = 0.2
"""Of a device, left out at first: many begin with a click or a ramp."""
_NAP_SECONDS = 0.02

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How the blocks of a device came."""

    n_samples: NDArray[np.int64]
    """Samples that had come with each block, those in it included [shape=(n_blocks,)]."""
    seconds: NDArray[np.float64]
    """When it came, in monotonic time [shape=(n_blocks,)]."""
    n_overflows: int
    """Blocks before which the driver admitted a loss."""


@dataclass(frozen=True)
class Sound:
    """Some seconds of sound."""

    name: str
    frames: FloatArray
    """The channels that are heard [shape=(n, n_channels)], float32, n > 0."""
    sample_rate: int
    """Hz."""
    arrivals: Arrivals | None = None
    """None of a file."""

    @cached_property
    def samples(self) -> FloatArray:
        """What livegenre hears: the mean of the channels [shape=(n,)], float32."""
        return to_mono(self.frames, None)


def read_file(path: str, channel: Channel, seconds: float) -> Sound:
    """Read the beginning of a sound file or test signal.

    Raises
    ------
    SourceError
        If the sound cannot be had.
    """
    decoder = SignalDecoder(path) if is_signal(path) else open_file(path)
    with closing(decoder):
        check_sample_rate(decoder.sample_rate, decoder.name)
        check_channel(channel, decoder.n_channels, decoder.name)
        n_missing = round(seconds * decoder.sample_rate)
        blocks = []
        while n_missing and (block := decoder.read(n_missing)) is not None:
            blocks.append(block)
            n_missing -= len(block)
    if not blocks:
        raise FileError(f"{decoder.name}: no sound in it; name another file")
    frames = _heard(np.concatenate(blocks), channel)
    return Sound(decoder.name, frames, decoder.sample_rate)


def capture(device: InputDevice, channel: Channel, seconds: float) -> Sound:
    """Listen to a device.

    Parameters
    ----------
    device : InputDevice
        Fresh from ``list_inputs``.
    channel : int or None
        Index of the channel to hear, or the mean of the first two.
    seconds : float > 0

    Raises
    ------
    SourceError
        If the device does not open, gives no sound, or the sound system does not answer.
    """
    take = _Take()

    def listen() -> int:
        with quiet_stderr:
            opened = open_input(device, channel, take.hear)
            try:
                with device_errors(f"input {device.name!r}"):
                    opened.stream.start()
                take.wait(round((SETTLE_SECONDS + seconds) * opened.sample_rate))
            finally:
                close_stream(opened.stream)
        return opened.sample_rate

    sample_rate = within(ANSWER_SECONDS + 2 * seconds, listen)
    if not take.blocks:
        raise DeviceError(
            f"input {device.name!r}: it opened, but no sound came within "
            f"{FIRST_SOUND_SECONDS:g} s; {permission()}"
        )
    frames = _heard(np.concatenate(take.blocks)[:, : 2 if channel is None else None], channel)
    settled = frames[round(SETTLE_SECONDS * sample_rate) :]
    return Sound(device.name, settled if len(settled) else frames, sample_rate, take.arrivals)


def within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """Return an answer, but wait for it no longer than that: a sound system may hang for ever.

    Raises
    ------
    DeviceError
        If there is none in time.
    LivegenreError
        What ``ask`` raised.
    """
    answers: list[Answer | LivegenreError] = []

    def run() -> None:
        try:
            answers.append(ask())
        except LivegenreError as error:
            answers.append(error)

    thread = threading.Thread(target=run, name="ask-sound-system", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        spare_the_exit()
        raise DeviceError("the sound system does not answer; restart it, or the computer")
    if isinstance(answers[0], LivegenreError):
        raise answers[0]
    return answers[0]


def _heard(frames: FloatArray, channel: Channel) -> FloatArray:
    """Return the channels asked for, with zeros for what is no number."""
    chosen = frames if channel is None else frames[:, channel : channel + 1]
    return np.nan_to_num(chosen, nan=0.0, posinf=0.0, neginf=0.0)


class _Take:
    """What PortAudio's thread hands over."""

    def __init__(self) -> None:
        self.blocks: list[FloatArray] = []
        self._n_samples: list[int] = []
        self._seconds: list[float] = []
        self._n_received = 0
        self._n_overflows = 0

    def hear(self, block: FloatArray, n: int, _time: Any, flags: Any) -> None:
        """Keep a copy of a block; called on the PortAudio thread."""
        self._n_received += n
        self._n_samples.append(self._n_received)
        self._seconds.append(time.monotonic())
        self._n_overflows += bool(flags.input_overflow)
        self.blocks.append(block.copy())

    def wait(self, n: int) -> None:
        """Wait until so many samples have come, or none come any more."""
        deadline = time.monotonic() + FIRST_SOUND_SECONDS
        while self._n_received < n and time.monotonic() < deadline:
            time.sleep(_NAP_SECONDS)
            if self._seconds:
                deadline = self._seconds[-1] + STALL_SECONDS

    @property
    def arrivals(self) -> Arrivals:
        """How the blocks came."""
        return Arrivals(np.array(self._n_samples), np.array(self._seconds), self._n_overflows)
