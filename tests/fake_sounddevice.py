"""A stand-in for sounddevice: the devices of a system we do not run on, and its refusals.

Behaves as sounddevice's documentation and PortAudio's sources say; has the part that lists, opens
and hears inputs.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
import pytest

Callback: TypeAlias = Callable[[Any, int, Any, Any], None]


class PortAudioError(Exception):
    """Arguments: text, PortAudio's code, and (host API's index, its code, its text)."""

    def __str__(self) -> str:
        code = f" [PaErrorCode {self.args[1]}]" if self.args[1:] else ""
        host = ": '{2}' [error {1}]".format(*self.args[2]) if self.args[2:] else ""
        return f"{self.args[0]}{code}{host}"


@dataclass(frozen=True, kw_only=True)
class FakeDevice:
    name: str
    host_api: str = "Core Audio"
    n_inputs: int = 2
    n_outputs: int = 0
    sample_rate: int = 48_000
    """What it claims as its own."""
    rates: Sequence[int] | None = None
    """What it takes; its own without it."""
    channel_counts: Sequence[int] | None = None
    """How many channels it opens with; up to all without it."""
    error: PortAudioError | None = None
    """What opening it raises."""


class FakeStream:
    def __init__(self, sample_rate: int, n_channels: int, callback: Callback) -> None:
        self.samplerate = float(sample_rate)
        self.channels = n_channels
        self.active = False
        self.may_end = threading.Event()
        """Clear it, and ``abort`` does not return, as where a sound system hangs."""
        self.may_end.set()
        self._callback = callback

    def start(self) -> None:
        self.active = True

    def deliver(self, n: int, *, level: float = 0.25, overflow: bool = False) -> None:
        """Call back with a block, as PortAudio's thread does."""
        frames = np.full((n, self.channels), level, np.float32)
        self._callback(frames, n, None, SimpleNamespace(input_overflow=overflow))

    def abort(self) -> None:
        self.may_end.wait()
        self.active = False

    def close(self) -> None:
        self.active = False


class FakeSounddevice:
    """What ``import sounddevice`` gives; the first input and output are the defaults."""

    PortAudioError = PortAudioError

    def __init__(self, devices: Sequence[FakeDevice]) -> None:
        self.devices = devices
        """What is plugged in; the list is a snapshot, taken when PortAudio is initialised."""
        self.opened: list[dict[str, Any]] = []
        """Settings of every attempt to open a stream."""
        self.streams: list[FakeStream] = []
        """Those that did open."""
        self._initialize()

    def _initialize(self) -> None:
        self._initialized = True
        self._devices = self.devices
        self._host_apis = list(dict.fromkeys(device.host_api for device in self._devices))
        self.default = SimpleNamespace(
            device=[self._first(lambda d: d.n_inputs), self._first(lambda d: d.n_outputs)]
        )

    def _terminate(self) -> None:
        self._initialized = False
        for stream in self.streams:
            stream.active = False

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {
                "index": index,
                "name": device.name,
                "hostapi": self._host_apis.index(device.host_api),
                "max_input_channels": device.n_inputs,
                "max_output_channels": device.n_outputs,
                "default_samplerate": float(device.sample_rate),
            }
            for index, device in enumerate(self._devices)
        ]

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [
            {
                "name": host_api,
                "default_output_device": self._first(lambda d: d.n_outputs, of=host_api),
            }
            for host_api in self._host_apis
        ]

    def InputStream(self, **settings: Any) -> FakeStream:
        self.opened.append(settings)
        device = self._devices[settings["device"]]
        rate, n_channels = settings["samplerate"], settings["channels"]
        if device.error is not None:
            raise device.error
        if n_channels not in (device.channel_counts or range(1, device.n_inputs + 1)):
            raise PortAudioError("Error opening InputStream: Invalid number of channels", -9998)
        if rate not in (device.rates or [device.sample_rate]):
            raise PortAudioError("Error opening InputStream: Invalid sample rate", -9997)
        self.streams.append(FakeStream(rate, n_channels, settings["callback"]))
        return self.streams[-1]

    def _first(self, fits: Callable[[FakeDevice], object], of: str | None = None) -> int:
        numbered = enumerate(self._devices)
        found = (n for n, device in numbered if fits(device) and of in (None, device.host_api))
        return next(found, -1)


def install(
    monkeypatch: pytest.MonkeyPatch, *devices: FakeDevice, platform: str = "darwin"
) -> FakeSounddevice:
    """Make ``import sounddevice`` give a fake with these devices, and ``sys.platform`` its name."""
    fake = FakeSounddevice(devices)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(sys, "platform", platform)
    return fake
