"""A microphone of systems that we do not run on, as PortAudio is documented to behave there."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from livegenre.sources.microphone import Microphone
from livegenre.sources.opening import BLOCK_SAMPLES
from tests.fake_sounddevice import FakeDevice, FakeSounddevice, FakeStream, PortAudioError, install

RATE = 48_000
INTERFACE = FakeDevice(name="Scarlett 2i2 USB")
BUILT_IN = FakeDevice(name="MacBook Pro Microphone", n_inputs=1)
PATIENCE_SECONDS = 10.0


@contextmanager
def sounding(fake: FakeSounddevice) -> Iterator[None]:
    """Have the newest stream call back in real time for as long as it is active."""
    done = threading.Event()

    def play() -> None:
        while not done.wait(BLOCK_SAMPLES / RATE):
            if fake.streams and fake.streams[-1].active:
                fake.streams[-1].deliver(BLOCK_SAMPLES)

    player = threading.Thread(target=play)
    player.start()
    try:
        yield
    finally:
        done.set()
        player.join()


def read_until(microphone: Microphone, reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        microphone.read(BLOCK_SAMPLES)
        assert time.monotonic() < deadline, (microphone.state, microphone.trouble)


def unplug(fake: FakeSounddevice, *left: FakeDevice) -> None:
    """Leave other devices alone; the stream of the one that went ends."""
    fake.devices = left
    fake.streams[-1].active = False


def test_an_overflow_is_lost_sound_before_the_block_that_tells_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = install(monkeypatch, INTERFACE)
    with Microphone("scarlett") as microphone:
        stream = fake.streams[-1]
        stream.deliver(BLOCK_SAMPLES, level=0.5)
        assert len(microphone.read(BLOCK_SAMPLES)) == BLOCK_SAMPLES
        assert microphone.lost == 0
        stream.deliver(BLOCK_SAMPLES, level=0.25, overflow=True)
        assert (microphone.read(BLOCK_SAMPLES) == 0.25).all()
        assert microphone.lost == BLOCK_SAMPLES


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_it_comes_back_by_its_name_under_another_index(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = install(monkeypatch, INTERFACE, BUILT_IN, platform=platform)
    with Microphone("scarlett") as microphone, sounding(fake):
        read_until(microphone, lambda: len(microphone.read(1)) > 0)
        unplug(fake, BUILT_IN)
        read_until(microphone, lambda: "'Scarlett 2i2 USB' is gone" in microphone.trouble)
        assert microphone.state == "reconnecting"
        fake.devices = [BUILT_IN, INTERFACE]
        read_until(microphone, lambda: microphone.state == "live")
        assert fake.opened[-1]["device"] == 1
        read_until(microphone, lambda: microphone.lost > 0)


@pytest.mark.parametrize(
    ("platform", "code"), [("darwin", (-9986,)), ("win32", (-9999, (0, 1, "Undefined")))]
)
def test_a_permission_that_is_taken_away_is_named_and_waited_for(
    platform: str, code: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = install(monkeypatch, INTERFACE, platform=platform)
    denied = PortAudioError("Error opening InputStream", *code)
    with Microphone() as microphone, sounding(fake):
        read_until(microphone, lambda: len(microphone.read(1)) > 0)
        unplug(fake, FakeDevice(name=INTERFACE.name, error=denied))
        read_until(microphone, lambda: "Microphone must" in microphone.trouble)
        assert microphone.state == "reconnecting"
        fake.devices = [INTERFACE]
        read_until(microphone, lambda: microphone.state == "live")


def test_an_end_that_blocks_is_told_and_keeps_no_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = install(monkeypatch, INTERFACE)
    with Microphone() as microphone:
        stream: FakeStream = fake.streams[-1]
        stream.deliver(BLOCK_SAMPLES)
        stream.may_end.clear()
        read_until(microphone, lambda: microphone.state == "stalled")
        assert microphone.trouble == "its stream gives nothing"
        read_until(microphone, lambda: "does not answer" in microphone.trouble)
        assert microphone.state == "stalled"
        began = time.monotonic()
    assert time.monotonic() - began < 2.0
    stream.may_end.set()


def test_a_virtual_cable_in_which_nothing_is_played_is_not_muted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = install(monkeypatch, BUILT_IN, FakeDevice(name="BlackHole 2ch"))
    troubles = {}
    for wanted in ("system", "macbook"):
        with Microphone(wanted) as microphone:
            for _ in range(60):
                fake.streams[-1].deliver(BLOCK_SAMPLES, level=0.0)
                microphone.read(BLOCK_SAMPLES)
            assert microphone.state == "muted"
            troubles[wanted] = microphone.trouble
    assert troubles == {"system": "nothing is playing", "macbook": ""}
