"""A source made audible: what is read is played through the default output at the same time."""

import time
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.sources.base import Source
from livegenre.sources.portaudio import close_stream, device_errors, load_portaudio
from livegenre.sources.quiet import quiet_stderr
from livegenre.sources.wrapper import SourceWrapper

LATENCY_SECONDS = 0.1
_BLOCK_SECONDS = 0.02
_READ_SECONDS = 0.1
_NAP_SECONDS = 0.005


class Playback(SourceWrapper):
    """A source at the pace of the output that plays it; a sample is heard 0.1 s after its read.

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
        self._block = round(_BLOCK_SECONDS * source.sample_rate)
        self._ended = False
        with ExitStack() as undo:
            undo.enter_context(quiet_stderr)
            with _output_errors():
                self._stream: Any = load_portaudio().OutputStream(
                    samplerate=source.sample_rate,
                    channels=1,
                    latency=LATENCY_SECONDS,
                    dtype="float32",
                )
                undo.callback(close_stream, self._stream)
                self._stream.start()
            self._closing = undo.pop_all()

    def read(self, n: int) -> FloatArray | None:
        """Wait until the output has room, 0.1 s at most, and return what goes into it.

        Raises
        ------
        DeviceError
            If the output is gone.
        SourceError
            If the source inside fails.
        """
        n = min(n, self._block)
        if not self._has_room(n):
            return np.zeros(0, np.float32)
        block = self._source.read(n)
        self._ended = block is None
        if block is not None and len(block):
            with _output_errors():
                self._stream.write(np.clip(block, -1.0, 1.0))
        return block

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the end be heard, then close output and source."""
        try:
            if self._ended:
                time.sleep(LATENCY_SECONDS)
        finally:
            self._closing.close()
            super().__exit__(kind, error, trace)

    def _has_room(self, n: int) -> bool:
        deadline = time.monotonic() + _READ_SECONDS
        with _output_errors():
            while self._stream.write_available < n:
                if time.monotonic() > deadline:
                    return False
                time.sleep(_NAP_SECONDS)
        return True


def _output_errors() -> AbstractContextManager[None]:
    cure = "choose an output in the system's sound settings, or leave out --play"
    return device_errors("default output", cure)
