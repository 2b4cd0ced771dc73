"""Which input a person means, and which one is the same after devices came and went."""

import re
import sys
from collections.abc import Callable, Sequence

from livegenre.errors import DeviceError
from livegenre.sources.devices import WASAPI, InputDevice
from livegenre.sources.portaudio import LIST_THEM, permission

SYSTEM = "system"
"""What a person calls the sound that the computer plays."""
_MME_NAME_LENGTH = 31
_ALSA_CARD = re.compile(r" \(hw:\d+,\d+\)$")
_CAPTURE = {
    "darwin": "brew install blackhole-2ch and have it played to, or choose an input that does",
    "win32": "enable Stereo Mix in the sound settings, or install VB-Cable and have it played to",
}
_CAPTURE_LINUX = (
    "that needs PulseAudio or PipeWire to run, and libasound2-plugins and pulseaudio-utils, "
    "which apt-get installs"
)


def find_input(inputs: Sequence[InputDevice], wanted: str | None) -> InputDevice:
    """Choose an input by exact name, index, or a part of its name or of "name, host API".

    Upper and lower case are the same. A device that Windows offers in several ways is taken by
    WASAPI, the only one that has its whole name and own rate.

    Parameters
    ----------
    inputs : sequence of InputDevice
    wanted : str or None
        None is the system's default; ``system`` is what the computer plays.

    Raises
    ------
    DeviceError
        If none fits, or more than one does.
    """
    if wanted is None:
        return _default(inputs)
    words = wanted.strip().lower()
    if words == SYSTEM:
        return _system(inputs)
    found = _matching(inputs, words)
    if len(found) == 1 and words:
        return found[0]
    if found:
        raise DeviceError(
            f"input {wanted!r} could be any of {_describe(found)}; give more, or the index"
        )
    raise DeviceError(f"no input {wanted!r}; there are: {_describe(inputs) or 'none'}")


def same_input(inputs: Sequence[InputDevice], device: InputDevice) -> InputDevice | None:
    """Find a device again by its name, after PortAudio looked for devices anew.

    Of several with one name it is the nearest in the list. An ALSA card may come back under
    another number; it is the same as long as no other has its name.
    """
    same = [other for other in inputs if _identity(other) == _identity(device)]
    if same:
        return min(same, key=lambda other: abs(other.index - device.index))
    moved = [other for other in inputs if _identity_of_card(other) == _identity_of_card(device)]
    return moved[0] if len(moved) == 1 else None


def find_again(inputs: Sequence[InputDevice], known: InputDevice) -> InputDevice:
    """Find a device again, as ``same_input`` does.

    Raises
    ------
    DeviceError
        If it is gone.
    """
    found = same_input(inputs, known)
    if found is None:
        raise DeviceError(f"input {known.name!r} is gone; connect it again")
    return found


def _matching(inputs: Sequence[InputDevice], words: str) -> list[InputDevice]:
    """Return what fits best: an exact name, else the index, a part of a name, of all words."""
    criteria: list[Callable[[InputDevice], bool]] = [
        lambda device: words in (device.name.lower(), (device.pulse_source or "").lower()),
        lambda device: words == str(device.index),
        lambda device: words in f"{device.name}, {device.pulse_source or ''}".lower(),
        lambda device: words in f"{device.name}, {device.host_api}".lower(),
    ]
    for fits in criteria:
        if found := [device for device in inputs if fits(device)]:
            return _one_way(found)
    return []


def _one_way(found: list[InputDevice]) -> list[InputDevice]:
    """Keep WASAPI's entry of a single device; MME cuts its names short."""
    by_wasapi = [device for device in found if device.host_api == WASAPI]
    is_single = len({device.name[:_MME_NAME_LENGTH] for device in found}) == 1
    return by_wasapi if is_single and len(by_wasapi) == 1 else found


def _default(inputs: Sequence[InputDevice]) -> InputDevice:
    for device in inputs:
        if device.is_default:
            return device
    if inputs:
        raise DeviceError(f"no default input; choose one with --device: {LIST_THEM}")
    raise DeviceError(f"no input; connect a microphone or line-in, and see: {permission()}")


def _system(inputs: Sequence[InputDevice]) -> InputDevice:
    monitors = [device for device in inputs if device.is_monitor]
    found = [device for device in inputs if device.is_system] or _one_way(monitors)
    if len(found) == 1:
        return found[0]
    if found:
        raise DeviceError(f"input {SYSTEM!r} could be any of {_describe(found)}; name one")
    raise DeviceError(
        f"no input hears what the computer plays; {_CAPTURE.get(sys.platform, _CAPTURE_LINUX)}"
    )


def _identity(device: InputDevice) -> tuple[str, str]:
    return device.host_api, device.pulse_source or device.name


def _identity_of_card(device: InputDevice) -> tuple[str, str]:
    host_api, name = _identity(device)
    return host_api, _ALSA_CARD.sub("", name)


def _describe(inputs: Sequence[InputDevice]) -> str:
    return ", ".join(
        f"{device.index} {device.name!r} ({device.pulse_source or device.host_api})"
        for device in inputs
    )
