"""A source made audible: what is read is heard at the same time through the default output."""

import time
from collections import deque
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import DeviceError
from livegenre.ringbuffer import RingBuffer
from livegenre.sources.base import Source
from livegenre.sources.portaudio import close_stream, device_errors, load_portaudio
from livegenre.sources.quiet import quiet_stderr
from livegenre.sources.wrapper import SourceWrapper

LATENCY_SECONDS = 0.1
"""Asked of the output; how much it really has, it tells with every block."""
AHEAD_SECONDS = 0.2
"""Sound kept ready for the output, so that a long step does not starve it."""
LEAD_SECONDS = 0.08
"""How long before it is heard a sample is read: a screen that draws every 0.1 s shows it later."""
DEAF_SECONDS = 5.0
"""How long an output may take nothing before it counts as gone."""
CURE = "choose an output in the system's sound settings, or leave out --play"
_BLOCK_SECONDS = 0.02
_READ_SECONDS = 0.1
_NAP_SECONDS = 0.005


class Playback(SourceWrapper):
    """A source at the pace of the output that plays it; a sample is read as it is heard.

    Sound goes to the output early and to the reader when PortAudio says that it sounds, less
    ``LEAD_SECONDS``. So what is made of it is in step with it, whatever the output's latency.

    The output opens in the constructor, at the source's rate, with one channel.

    Parameters
    ----------
    source : Source
        Closed with this one.

    Raises
    ------
    DeviceError
        If there is no output, or none for the source's rate.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._rate = source.sample_rate
        self._block = round(_BLOCK_SECONDS * self._rate)
        self._ended = False
        self._waiting: deque[tuple[int, FloatArray]] = deque()
        self._n_waiting = 0
        self._outlet = _Outlet(self._rate)
        with ExitStack() as undo:
            undo.enter_context(quiet_stderr)
            with _output_errors():
                self._stream: Any = load_portaudio().OutputStream(
                    samplerate=self._rate,
                    channels=1,
                    latency=LATENCY_SECONDS,
                    dtype="float32",
                    callback=self._outlet.fill,
                )
                undo.callback(close_stream, self._stream)
                self._outlet.latency = self._stream.latency
                self._stream.start()
            self._closing = undo.pop_all()

    @property
    def ahead_seconds(self) -> float:
        """How much sound was read that is not heard yet; on any thread."""
        return self._n_waiting / self._rate

    def begin_anew(self) -> None:
        """Drop what is not heard yet, since the source goes on elsewhere."""
        self._waiting.clear()
        self._n_waiting, self._ended = 0, False
        self._outlet.skip()

    def read(self, n: int) -> FloatArray | None:
        """Wait until the next samples sound, 0.1 s at most, and return them.

        Raises
        ------
        DeviceError
            If the output is gone.
        SourceError
            If the source inside fails.
        """
        deadline = time.monotonic() + _READ_SECONDS
        while True:
            self._feed()
            now = time.monotonic()
            if not self._waiting:
                if self._ended:
                    return None
            elif self._outlet.sounds_at(self._waiting[0][0]) - LEAD_SECONDS <= now:
                return self._take(n)
            if now >= deadline:
                return np.zeros(0, np.float32)
            self._see_that_it_plays(now)
            time.sleep(_NAP_SECONDS)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the end be heard, then close output and source."""
        try:
            if self._ended and error is None:
                time.sleep(LEAD_SECONDS)
        finally:
            self._closing.close()
            super().__exit__(kind, error, trace)

    def _feed(self) -> None:
        """Keep sound ready for the output."""
        while not self._ended and self._outlet.ring.available < AHEAD_SECONDS * self._rate:
            block = self._source.read(self._block)
            self._ended = block is None
            if block is None or not len(block):
                return
            self._outlet.ring.write(np.clip(block, -1.0, 1.0))
            self._waiting.append((self._outlet.ring.written, block))
            self._n_waiting += len(block)

    def _take(self, n: int) -> FloatArray:
        end, block = self._waiting.popleft()
        if len(block) > n:
            self._waiting.appendleft((end, block[n:]))
        taken = block[:n]
        self._n_waiting -= len(taken)
        return taken

    def _see_that_it_plays(self, now: float) -> None:
        with _output_errors():
            active = self._stream.active
        if not active or now - self._outlet.asked_at > DEAF_SECONDS:
            raise DeviceError(f"default output: it takes no more sound; {CURE}")


class _Outlet:
    """What PortAudio takes sound from, on its own thread, and what it says of when that sounds."""

    def __init__(self, sample_rate: int) -> None:
        self.latency = LATENCY_SECONDS
        """Of the stream, in seconds: for outputs that do not tell it block by block."""
        self.ring = RingBuffer(sample_rate)
        self.asked_at = time.monotonic()
        """When sound was last asked for, in monotonic seconds."""
        self._sample_rate = sample_rate
        self._given = self._wanted_from = 0
        self._sounds: tuple[int, float] | None = None

    def sounds_at(self, number: int) -> float:
        """Return when a sample sounds, in monotonic seconds; infinity before anything does."""
        if self._sounds is None:
            return float("inf")
        first, seconds = self._sounds
        return seconds + (number - first) / self._sample_rate

    def skip(self) -> None:
        """Have nothing played of what is ready; on the reader's thread."""
        self._wanted_from = self.ring.written

    def fill(self, block: FloatArray, n: int, seconds: Any, flags: Any) -> None:
        """Give the output its next samples, silence where there are none: on PortAudio's thread."""
        self._given += len(self.ring.read(max(0, self._wanted_from - self._given)))
        ready = self.ring.read(n)
        block[: len(ready), 0] = ready
        block[len(ready) :] = 0
        delay = seconds.outputBufferDacTime - seconds.currentTime
        self.asked_at = time.monotonic()
        if len(ready):
            sounds_at = self.asked_at + (delay if delay > 0 else self.latency)
            self._sounds = self._given, sounds_at
            self._given += len(ready)


def _output_errors() -> AbstractContextManager[None]:
    return device_errors("default output", CURE)
