"""What a driver may do to its callback, done to it by hand; PulseAudio itself never does."""

import gc
import time
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.sources.capture import Capture
from livegenre.sources.clipping import Clipping
from livegenre.sources.devices import list_inputs
from livegenre.sources.finding import find_input
from livegenre.sources.opening import BLOCK_SAMPLES
from tests.virtual_microphone import VirtualMicrophone

OVERFLOW = 2

pytestmark = pytest.mark.device


@pytest.fixture
def capture(virtual_microphone: VirtualMicrophone) -> Iterator[Capture]:
    """A capture whose device gives no more."""
    capture = Capture(find_input(list_inputs(), "pulse"), 0, None, Clipping())
    capture._stream.stop()
    while len(capture.read(BLOCK_SAMPLES)):
        pass
    yield capture
    capture.close()


def pour(capture: Capture, samples: FloatArray, *, flags: int = 0) -> None:
    import sounddevice

    capture._inlet(samples[:, None], len(samples), None, sounddevice.CallbackFlags(flags))


def test_an_overflow_is_counted_before_its_block(capture: Capture) -> None:
    block = np.full(BLOCK_SAMPLES, 0.25, np.float32)
    pour(capture, block)
    pour(capture, block, flags=OVERFLOW)
    assert (len(capture.read(3_000)), capture.lost) == (BLOCK_SAMPLES, 0)
    assert (len(capture.read(3_000)), capture.lost) == (BLOCK_SAMPLES, BLOCK_SAMPLES)


def test_what_is_no_number_becomes_zero(capture: Capture) -> None:
    pour(capture, np.array([np.nan, 0.5, np.inf, -np.inf], np.float32))
    assert capture.read(4).tolist() == [0.0, 0.5, 0.0, 0.0]


def test_a_stream_that_wakes_while_it_is_closed_is_not_heard(capture: Capture) -> None:
    capture.close()
    pour(capture, np.ones(BLOCK_SAMPLES, np.float32))
    assert capture.available == 0


def test_a_closed_one_is_freed_at_once(virtual_microphone: VirtualMicrophone) -> None:
    """Not at the next collection, which may be an hour away."""
    gc.disable()
    try:
        capture = Capture(find_input(list_inputs(), "pulse"), None, None, Clipping())
        capture.close()
        remains = weakref.ref(capture)
        del capture
        assert remains() is None
    finally:
        gc.enable()


def test_a_first_block_that_is_still_being_copied_tells_no_time(
    capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = capture._ring.write

    def observed_write(samples: FloatArray, *, missing: int = 0) -> None:
        capture.observe()
        write(samples, missing=missing)
        capture.observe()

    capture._heard, capture.began_at = (0, -np.inf), None
    monkeypatch.setattr(capture._ring, "write", observed_write)
    for _ in range(4):
        pour(capture, np.zeros(BLOCK_SAMPLES, np.float32))
        capture.observe()
        time.sleep(1.1)
    assert capture.lost >= 0
    assert np.isfinite(capture.heard_at)
