"""PortAudio: loaded quietly, its inputs listed and found by name; sounddevice's only importer."""

import atexit
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from livegenre.errors import DeviceError
from livegenre.sources.quiet import quiet_stderr

_CLOSE_SECONDS = 1.0
LIST_THEM = "livegenre devices lists what there is"


@dataclass(frozen=True, slots=True)
class InputDevice:
    """A microphone or line-in, as PortAudio sees it."""

    index: int
    """PortAudio's number, which changes when devices come and go."""
    name: str
    host_api: str
    """The system's way to it: ALSA, Core Audio, WASAPI, ..."""
    n_channels: int
    """Most channels that it claims to have."""
    sample_rate: int
    """Its own rate, in Hz."""
    is_default: bool
    """Whether the system would choose it."""


def load_portaudio() -> Any:
    """Import sounddevice.

    Raises
    ------
    DeviceError
        If there is no PortAudio library.
    """
    try:
        with quiet_stderr:
            import sounddevice
    except OSError as error:
        raise DeviceError(
            f"no PortAudio library ({error}): apt-get install libportaudio2, "
            "brew install portaudio, or what your system calls it"
        ) from None
    return sounddevice


@contextmanager
def device_errors(what: str, cure: str = LIST_THEM) -> Iterator[None]:
    """Turn all that sounddevice raises into a DeviceError, and keep C libraries quiet.

    Parameters
    ----------
    what : str
        The thing that was tried, to begin the message with.
    cure : str
        What to do about it, to end the message with.
    """
    sounddevice = load_portaudio()
    try:
        with quiet_stderr:
            yield
    except (sounddevice.PortAudioError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise DeviceError(f"{what}: {reason}; {cure}") from None


def list_inputs() -> list[InputDevice]:
    """Return every device that has an input; PortAudio looked for them when it was loaded.

    Raises
    ------
    DeviceError
        If there is no PortAudio library, or it does not answer.
    """
    sounddevice = load_portaudio()
    with device_errors("inputs"):
        apis = [api["name"] for api in sounddevice.query_hostapis()]
        default = sounddevice.default.device[0]
        return [
            InputDevice(
                index=device["index"],
                name=device["name"],
                host_api=apis[device["hostapi"]],
                n_channels=device["max_input_channels"],
                sample_rate=round(device["default_samplerate"]),
                is_default=device["index"] == default,
            )
            for device in sounddevice.query_devices()
            if device["max_input_channels"] > 0
        ]


def find_input(inputs: Sequence[InputDevice], wanted: str | None) -> InputDevice:
    """Choose an input by exact name, index, or a part of "name, host API" in any case.

    Parameters
    ----------
    inputs : sequence of InputDevice
    wanted : str or None
        None is the system's default.

    Raises
    ------
    DeviceError
        If none fits, or more than one does.
    """
    if wanted is None:
        return _default(inputs)
    words = wanted.strip().lower()
    exact = [device for device in inputs if device.name.lower() == words]
    numbered = [device for device in inputs if str(device.index) == words]
    partly = [device for device in inputs if words in f"{device.name}, {device.host_api}".lower()]
    found = exact or numbered or partly
    if len(found) == 1 and words:
        return found[0]
    candidates = ", ".join(_describe(device) for device in found or inputs) or "none"
    if found:
        raise DeviceError(f"input {wanted!r} could be any of {candidates}; give more, or the index")
    raise DeviceError(f"no input {wanted!r}; there are: {candidates}")


def close_stream(stream: Any) -> None:
    """Close a stream, but do not wait for one whose sound server hangs."""
    sounddevice = load_portaudio()

    def close() -> None:
        with suppress(sounddevice.PortAudioError):
            stream.abort()
        with suppress(sounddevice.PortAudioError):
            stream.close()

    closer = threading.Thread(target=close, name="close-stream", daemon=True)
    closer.start()
    closer.join(_CLOSE_SECONDS)
    if closer.is_alive():  # PortAudio's own clean-up at exit would wait for ever too
        atexit.unregister(sounddevice._exit_handler)


def _default(inputs: Sequence[InputDevice]) -> InputDevice:
    for device in inputs:
        if device.is_default:
            return device
    if inputs:
        raise DeviceError(f"no default input; choose one with --device: {LIST_THEM}")
    raise DeviceError("no input; connect a microphone or line-in, then see livegenre devices")


def _describe(device: InputDevice) -> str:
    return f"{device.index} {device.name!r} ({device.host_api})"
