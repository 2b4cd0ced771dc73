"""A microphone or line-in that goes on: what it lost while it was away is counted, not hidden."""

import time
from contextlib import ExitStack
from typing import Self

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.sources.base import SourceState
from livegenre.sources.capture import Capture
from livegenre.sources.channels import Channel, channel_words
from livegenre.sources.clipping import Clipping
from livegenre.sources.devices import InputDevice, list_inputs
from livegenre.sources.finding import find_again, find_input
from livegenre.sources.quiet import quiet_stderr
from livegenre.sources.supervision import Supervisor

MUTED_SECONDS = 1.0
NOTHING_PLAYS = "nothing is playing"
"""What zeros mean that come from a monitor: sound servers give them for silent outputs."""
WAITING_SAMPLE_RATE = 48_000
"""What is promised while the device is still awaited, in Hz; most have it."""
_READ_SECONDS = 0.1
_NAP_SECONDS = 0.01


class Microphone:
    """Live sound at the device's own rate, opened by the constructor and anew when it ends.

    Reading goes on through everything that can happen to a device: there is no sound meanwhile,
    and ``lost`` grows by what was missed, of which the monotonic clock tells how much.

    Parameters
    ----------
    device : str, optional
        Exact name, a part of it that no other has, or index; the system's default without it.
        Once found, the device is known by its name.
    channel : int or None
        Index of the channel to hear, or the mean of the first two.
    wait : bool
        Whether to wait, in ``read``, for a device that is not there yet.

    Raises
    ------
    SourceError
        If there is no such device or channel, or it cannot be opened, and ``wait`` is false.
    """

    sample_format = "float32"
    """What PortAudio is asked for, whatever the device has."""

    def __init__(
        self, device: str | None = None, channel: Channel = None, *, wait: bool = False
    ) -> None:
        self.name = device or "default input"
        self.sample_rate = 0
        self._channel = channel
        self._device: InputDevice | None = None
        self._chosen: InputDevice | None = None
        self._n_changes = self._n_changes_opened = self._n_changes_read = 0
        self._capture: Capture | None = None
        self._began_at = 0.0
        self._n_read = 0
        self._lost = 0
        self._lost_before = 0
        self.clipping = Clipping()
        self._n_zeros = 0
        self._ended = False
        self._supervisor = Supervisor(lambda: self._open(device, channel))
        with ExitStack() as undo:
            undo.enter_context(quiet_stderr)  # ALSA reports its troubles at any time
            undo.callback(self._supervisor.stop)
            self._supervisor.start(wait=wait)
            self._closing = undo.pop_all()

    @property
    def lost(self) -> int:
        """Samples lost by driver, late reader or gap; a driver's flag counts as one block."""
        return self._lost

    @property
    def state(self) -> SourceState:
        """See ``SourceState``; ``reconnecting`` also before a device that is waited for."""
        if self._ended:
            return "ended"
        if self._n_changes_read != self._n_changes:
            return "reconnecting"
        health = self._supervisor.health
        if health == "live" and self._n_zeros > MUTED_SECONDS * self.sample_rate:
            return "muted"
        return health

    @property
    def device(self) -> InputDevice | None:
        """The input that is heard, or wanted; None before one was found."""
        return self._chosen or self._device

    @property
    def channels(self) -> str:
        """Which channels of how many are heard, in words; empty before a device was found."""
        if self._device is None:
            return ""
        most = 2 if self._channel is None else self._device.n_channels
        return channel_words(self._channel, min(self._device.n_channels, most))

    @property
    def next_attempt(self) -> tuple[int, float]:
        """See ``Supervisor.next_attempt``."""
        return self._supervisor.next_attempt

    @property
    def trouble(self) -> str:
        """What keeps the sound from coming, in words; empty while it comes, and of plain mute."""
        state = self.state
        if state in ("stalled", "reconnecting"):
            return self._supervisor.trouble
        is_monitor = self._device is not None and self._device.is_monitor
        return NOTHING_PLAYS if state == "muted" and is_monitor else ""

    @property
    def latency_seconds(self) -> float | None:
        """Age of sound when it can be read, as PortAudio tells it; None before the first."""
        return self._capture.latency_seconds if self._capture else None

    @property
    def duration_seconds(self) -> None:
        """None: no one knows."""
        return None

    def change_device(self, device: InputDevice) -> None:
        """Go on with another input, known by its name, as after a gap; on the reader's thread.

        What the one before has delivered can still be read. Where the other does not open, it is
        tried again and again.
        """
        self._chosen, self.name = device, device.name
        self._n_changes += 1
        self._supervisor.renew()

    def read(self, n: int) -> FloatArray:
        """Return the next samples; see ``Source.read``.

        Empty while the device is away, and never the end.

        Raises
        ------
        DeviceError
            If livegenre itself failed to watch the device.
        """
        deadline = time.monotonic() + _READ_SECONDS
        self._supervisor.require_alive()
        self._move_on()
        while self._n_available() < n and time.monotonic() < deadline:
            time.sleep(_NAP_SECONDS)
            self._move_on()
        if self._capture is None:
            return np.zeros(0, np.float32)
        block = self._capture.read(n)
        self._lost = self._lost_before + self._capture.lost
        self._n_read += len(block)
        self._n_zeros = 0 if block.any() else self._n_zeros + len(block)
        return block

    def __enter__(self) -> Self:
        """Return this source, which is open already."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the device; within 2 s, whatever it does."""
        self._ended = True
        self._closing.close()

    def _open(self, wanted: str | None, channel: Channel) -> Capture:
        """Open the device, by its name once it has been found; called by the supervisor."""
        n_changes = self._n_changes
        try:
            inputs, known = list_inputs(), self._chosen or self._device
            found = find_again(inputs, known) if known else find_input(inputs, wanted)
            capture = Capture(found, channel, self.sample_rate or None, self.clipping)
            self.name, self._device, self.sample_rate = found.name, found, capture.sample_rate
            self._n_changes_opened = n_changes
        finally:
            self.sample_rate = self.sample_rate or WAITING_SAMPLE_RATE
        return capture

    def _move_on(self) -> None:
        """Turn to the newest capture once it has sound and the one before it is emptied."""
        newest, current = self._supervisor.capture, self._capture
        if newest is None or newest is current or newest.began_at is None:
            return
        if self._n_changes_opened != self._n_changes:
            return  # it is of an input that nobody wants any more
        if current is None:
            newest.drop_backlog()  # what came before the first read was never asked for
            self._lost_before = -newest.lost
            self._began_at = newest.began_at + newest.lost / self.sample_rate
        elif current.available:
            return
        else:
            elapsed = round((newest.began_at - self._began_at) * self.sample_rate)
            self._lost_before = self._lost + max(1, elapsed - self._n_read - self._lost)
            self._n_zeros = 0
        self._capture, self._n_changes_read = newest, self._n_changes

    def _n_available(self) -> int:
        return self._capture.available if self._capture else 0
