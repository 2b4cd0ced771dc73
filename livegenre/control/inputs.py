"""Which inputs can be chosen while a session runs, found out behind the scenes."""

import time
from collections.abc import Callable, Sequence

from livegenre.control.errand import Errand
from livegenre.errors import LivegenreError
from livegenre.screen.controls import Choice
from livegenre.sources.devices import InputDevice
from livegenre.sources.finding import same_input

RETRY_SECONDS = 2.0
"""How long a list that could not be had, or is empty, stands for one."""


class Inputs:
    """Inputs to choose from; used on the screen's thread.

    Parameters
    ----------
    survey : callable
        Lists the inputs there are; called on a thread of its own.
    """

    def __init__(self, survey: Callable[[], list[InputDevice]]) -> None:
        self._survey = survey
        self._errand: Errand[list[InputDevice]] | None = None
        self._devices: dict[str, InputDevice] = {}
        self._trouble = ""
        self._done_at = 0.0

    def choices(self, current: InputDevice | None) -> Sequence[Choice] | str:
        """Return the inputs there are, or why there are none to choose from (yet).

        A list is returned once; the next call looks anew.

        Parameters
        ----------
        current : InputDevice or None
            The input that is heard; in the list even where nobody else can see it meanwhile.
        """
        if self._errand is None:
            if self._trouble and time.monotonic() - self._done_at < RETRY_SECONDS:
                return self._trouble
            self._errand = Errand("survey-inputs", self._survey)
        if not self._errand.is_done:
            return self._trouble or "looking for inputs ..."
        errand, self._errand = self._errand, None
        self._done_at = time.monotonic()
        try:
            self._devices = _by_name(_with(current, errand.result()))
            self._trouble = "" if self._devices else "no input was found; connect one"
        except LivegenreError as error:
            self._trouble = str(error)
        heard = current and same_input(list(self._devices.values()), current)
        return self._trouble or [
            Choice(name, _details(device), device is heard)
            for name, device in self._devices.items()
        ]

    def device(self, name: str) -> InputDevice | None:
        """Return what stands behind a choice."""
        return self._devices.get(name)


def _with(current: InputDevice | None, devices: list[InputDevice]) -> list[InputDevice]:
    if current is None or same_input(devices, current) is not None:
        return devices
    return [current, *devices]


def _by_name(devices: Sequence[InputDevice]) -> dict[str, InputDevice]:
    """Give each a name that no other has."""
    names = [device.name for device in devices]
    found: dict[str, InputDevice] = {}
    for device in devices:
        name = device.name
        if names.count(name) > 1:
            name = f"{name} ({device.pulse_source or device.host_api})"
        found.setdefault(name, device)
    return found


def _details(device: InputDevice) -> str:
    parts = [device.host_api, f"{device.n_channels} in", f"{device.sample_rate / 1000:g} kHz"]
    if device.is_default:
        parts.append("default")
    if device.is_monitor:
        parts.append("system" if device.is_system else "monitor")
    return ", ".join(parts)
