"""Which inputs there are: PortAudio's, and those that the sound server has behind one of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livegenre.sources.portaudio import device_errors, load_portaudio
from livegenre.sources.pulse import PULSE_DEVICE, PulseSource, list_sources

_DEFAULT = "default"
PULSE, WASAPI = "PulseAudio", "Windows WASAPI"
_LOOPBACK_SUFFIX = " [Loopback]"
"""Added to an output's name by PortAudio's WASAPI since 2022; 19.7.0 and older have no loopback."""
_MONITOR = re.compile(
    r"\[loopback\]|^loopback|^monitor of |blackhole|soundflower|background music|ishowu"
    r"|vb-?(audio|cable)|stereo ?mix|what u hear",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InputDevice:
    """A microphone, a line-in or a monitor of an output."""

    index: int
    """Its number in the list, which changes when devices come and go."""
    name: str
    host_api: str
    """The system's way to it: ALSA, PulseAudio, Core Audio, Windows WASAPI, ..."""
    n_channels: int
    """Most channels that it claims to have."""
    sample_rate: int
    """Its own rate, in Hz."""
    is_default: bool
    """Whether the system would choose it."""
    is_monitor: bool = False
    """Whether it hears what is played, not the room; where only its name tells, by its name."""
    is_system: bool = False
    """Whether what it hears is known to be what the default output plays."""
    pulse_source: str | None = None
    """PulseAudio's own name for it, where it is opened through the device ``pulse``."""


def list_inputs() -> list[InputDevice]:
    """Return every input; PortAudio looked for its own when it was loaded.

    Where one of them is ALSA's ``pulse``, the sound server's sources follow, each by itself.

    Raises
    ------
    DeviceError
        If there is no PortAudio library, or it does not answer.
    """
    sounddevice = load_portaudio()
    with device_errors("inputs"):
        host_apis = sounddevice.query_hostapis()
        devices = sounddevice.query_devices()
        inputs = list(_portaudio_inputs(devices, host_apis, sounddevice.default.device[0]))
    pulse = next((found for found in inputs if found.name == PULSE_DEVICE), None)
    if pulse is None or any(found.host_api == PULSE for found in inputs):
        return inputs
    sources = list_sources()
    return [
        *(_as_it_is(found, pulse, sources) for found in inputs),
        *(_from_source(len(devices) + n, source) for n, source in enumerate(sources)),
    ]


def _portaudio_inputs(
    devices: Sequence[Mapping[str, Any]], host_apis: Sequence[Mapping[str, Any]], default: int
) -> Iterator[InputDevice]:
    outputs = [api["default_output_device"] for api in host_apis if api["name"] == WASAPI]
    system = [devices[index]["name"] + _LOOPBACK_SUFFIX for index in outputs if index >= 0]
    for device in devices:
        if device["max_input_channels"] > 0:
            name = device["name"]
            yield InputDevice(
                index=device["index"],
                name=name,
                host_api=host_apis[device["hostapi"]]["name"],
                n_channels=device["max_input_channels"],
                sample_rate=round(device["default_samplerate"]),
                is_default=device["index"] == default,
                is_monitor=bool(_MONITOR.search(name)),
                is_system=name in system,
            )


def _as_it_is(
    device: InputDevice, pulse: InputDevice, sources: Sequence[PulseSource]
) -> InputDevice:
    """Give ``pulse``, and ``default`` where that is the same, what the source behind it has.

    ALSA claims 32 channels and 44,100 Hz whatever it is.
    """
    behind = next((source for source in sources if source.is_default), None)
    is_pulse = device.name in (_DEFAULT, PULSE_DEVICE) and _claims(device) == _claims(pulse)
    if behind is None or not is_pulse:
        return device
    return replace(
        device,
        n_channels=behind.n_channels,
        sample_rate=behind.sample_rate,
        is_monitor=behind.is_monitor,
    )


def _claims(device: InputDevice) -> tuple[int, int]:
    return device.n_channels, device.sample_rate


def _from_source(index: int, source: PulseSource) -> InputDevice:
    return InputDevice(
        index=index,
        name=source.description,
        host_api=PULSE,
        n_channels=source.n_channels,
        sample_rate=source.sample_rate,
        is_default=False,
        is_monitor=source.is_monitor,
        is_system=source.is_system,
        pulse_source=source.name,
    )
