"""Opens an input at its own rate, or at the nearest to it that the device takes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from livegenre.sources.channels import Channel, check_channel
from livegenre.sources.decoder import MAX_SAMPLE_RATE, MIN_SAMPLE_RATE
from livegenre.sources.devices import InputDevice
from livegenre.sources.portaudio import device_errors, load_portaudio
from livegenre.sources.pulse import PULSE_DEVICE, recording_from

BLOCK_SAMPLES = 1_024
LATENCY_SECONDS = 0.2
COMMON_RATES = (48_000, 44_100, 96_000, 32_000, 16_000, 8_000)
"""What is tried, in this order, where a device refuses its own rate, in Hz."""
_INVALID_SAMPLE_RATE, _INVALID_CHANNEL_COUNT = -9997, -9998

Callback: TypeAlias = Callable[[Any, int, Any, Any], None]
"""Takes frames [shape=(n, n_channels)], float32, then n, PortAudio's times and flags."""


@dataclass(frozen=True, slots=True)
class OpenInput:
    """A stream that was opened and is not started yet."""

    stream: Any
    """The ``sounddevice.InputStream``."""
    sample_rate: int
    """What it will deliver, in Hz."""
    n_channels: int
    """Samples in a frame."""


def open_input(device: InputDevice, channel: Channel, callback: Callback) -> OpenInput:
    """Open an input as PortAudio lists it now.

    Parameters
    ----------
    device : InputDevice
        Fresh from ``list_inputs``: its index is used.
    channel : int or None
        Index of a channel that must be there; without it two are opened, where there are two.
    callback : callable
        Called on the PortAudio thread, once the stream is started.

    Raises
    ------
    SourceError
        If there is no such channel, the device is gone, or it takes no rate.
    """
    check_channel(channel, device.n_channels, device.name)
    with ExitStack() as meanwhile:
        meanwhile.enter_context(device_errors(f"input {device.name!r}"))
        index = device.index
        if device.pulse_source is not None:
            index = _pulse_index()
            meanwhile.enter_context(recording_from(device.pulse_source))
        return _open_first(
            index, product(_rates(device), _channel_counts(device, channel)), callback
        )


def _open_first(index: int, settings: Iterator[tuple[int, int]], callback: Callback) -> OpenInput:
    """Open with the first rate and number of channels that are not refused."""
    sounddevice = load_portaudio()
    refusal = None
    for sample_rate, n_channels in settings:
        try:
            stream = sounddevice.InputStream(
                device=index,
                channels=n_channels,
                samplerate=sample_rate,
                blocksize=BLOCK_SAMPLES,
                latency=LATENCY_SECONDS,
                dtype="float32",
                callback=callback,
            )
        except sounddevice.PortAudioError as error:
            if not {_INVALID_SAMPLE_RATE, _INVALID_CHANNEL_COUNT} & set(error.args[1:2]):
                raise
            refusal = refusal or error
        else:
            return OpenInput(stream, round(stream.samplerate), n_channels)
    assert refusal
    raise refusal


def _pulse_index() -> int:
    for device in load_portaudio().query_devices():
        if device["name"] == PULSE_DEVICE:
            return int(device["index"])
    raise ValueError(f"ALSA's device {PULSE_DEVICE!r} is gone")


def _rates(device: InputDevice) -> list[int]:
    own = device.sample_rate
    if not MIN_SAMPLE_RATE <= own <= MAX_SAMPLE_RATE:
        return list(COMMON_RATES)
    return [own, *(rate for rate in COMMON_RATES if rate != own)]


def _channel_counts(device: InputDevice, channel: Channel) -> list[int]:
    """Return numbers of channels to try.

    Never one of two first, since PulseAudio would mix it; never all at once, since ALSA's plugins
    claim 32 whatever they have, and most are silent.
    """
    most, least = device.n_channels, 1 if channel is None else channel + 1
    counts = [min(most, max(2, least)), most, least]
    return list(dict.fromkeys(counts))
