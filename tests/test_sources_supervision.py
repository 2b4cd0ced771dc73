"""What can happen to a microphone, each of it really done to one."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livegenre.arrays import FloatArray
from livegenre.errors import DeviceError
from livegenre.features import create_extractor
from livegenre.ringbuffer import RingBuffer
from livegenre.sources.base import SourceState
from livegenre.sources.capture import Capture
from livegenre.sources.devices import InputDevice, list_inputs
from livegenre.sources.microphone import NOTHING_PLAYS, Microphone
from livegenre.sources.supervision import Supervisor
from livegenre.stream import windows
from tests.conftest import CLASSIC_SPEC
from tests.virtual_microphone import VirtualMicrophone, wait_until

RATE = 44_100
DEVICE = "pulse"
NOTICED_SECONDS = 1.0
LIVE_AGAIN_SECONDS = 2.0
SOUNDING: tuple[SourceState, ...] = ("live", "muted")
"""A device with nothing to hear gives zeros, which is mute after a second."""

pytestmark = pytest.mark.device


@pytest.fixture
def hum(tmp_path: Path) -> Path:
    """A tone of 1,000 Hz that outlasts every test."""
    path = tmp_path / "hum.wav"
    soundfile.write(path, 0.25 * np.sin(2 * np.pi * 1_000 * np.arange(60 * RATE) / RATE), RATE)
    return path


@pytest.fixture
def humming(virtual_microphone: VirtualMicrophone, hum: Path) -> Iterator[VirtualMicrophone]:
    """A microphone that hears a tone."""
    with virtual_microphone.playing(hum):
        yield virtual_microphone


def read_until(microphone: Microphone, *states: SourceState, seconds: float = 20.0) -> None:
    """Read, as a session does, until a state is reached; fail where it is not in time."""

    def reached() -> bool:
        microphone.read(RATE // 20)
        return microphone.state in states

    wait_until(reached, seconds=seconds)


def read_for(microphone: Microphone, seconds: float) -> list[FloatArray]:
    """Read for a time and return the blocks; fail where reading waits."""
    blocks = []
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        blocks.append(microphone.read(RATE // 20))
        assert time.monotonic() - now < 1.0
    return blocks


def n_threads_and_files() -> tuple[int, int]:
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


class TestUnplugging:
    def test_it_is_noticed_and_it_comes_back_and_nothing_is_left_behind(
        self, virtual_microphone: VirtualMicrophone, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with Microphone(DEVICE) as microphone:
            read_for(microphone, 0.5)
            before = n_threads_and_files()
            for _ in range(3):
                virtual_microphone.unplug()
                read_until(microphone, "reconnecting", seconds=NOTICED_SECONDS)
                read_for(microphone, 0.5)
                assert len(microphone.read(1_000)) == 0
                assert "pulse" in microphone.trouble
                virtual_microphone.plug_in()
                read_until(microphone, *SOUNDING, seconds=LIVE_AGAIN_SECONDS)
                assert microphone.trouble == ""
            assert n_threads_and_files() == before
        assert capfd.readouterr().err == ""

    def test_time_stays_true_over_a_gap(self, virtual_microphone: VirtualMicrophone) -> None:
        with Microphone(DEVICE) as microphone:
            blocks = read_for(microphone, 0.3)
            began = time.monotonic()
            n_before = sum(map(len, blocks))
            virtual_microphone.unplug()
            read_gap = sum(map(len, read_for(microphone, 1.0)))
            lost_meanwhile = microphone.lost
            virtual_microphone.plug_in()
            read_back = sum(map(len, read_for(microphone, 2.0)))
            elapsed = time.monotonic() - began
        assert n_before > 0
        assert lost_meanwhile == 0  # it grows with the first block after the gap
        heard = (read_gap + read_back + microphone.lost) / RATE
        assert heard == pytest.approx(elapsed, abs=0.3)
        assert microphone.lost > 0.8 * RATE

    def test_lost_grows_with_the_very_first_block_after_the_gap(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        with Microphone(DEVICE) as microphone:
            read_for(microphone, 0.3)
            virtual_microphone.unplug()
            read_until(microphone, "reconnecting")
            while len(microphone.read(RATE // 20)):
                assert microphone.lost == 0
            virtual_microphone.plug_in()
            while not len(microphone.read(RATE // 20)):
                assert microphone.lost == 0
            assert microphone.lost > 0

    def test_no_window_holds_sound_from_both_sides(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        with Microphone(DEVICE) as microphone:
            before = 0.0
            for end, window in windows(microphone, create_extractor(CLASSIC_SPEC)):
                if microphone.lost:
                    break
                before = end
                if window.n_frames > CLASSIC_SPEC.min_frames:
                    virtual_microphone.unplug()
                    virtual_microphone.plug_in()
            hop_seconds = CLASSIC_SPEC.hop_length / CLASSIC_SPEC.sample_rate
            begin = end - window.n_frames * hop_seconds
            assert window.n_frames <= CLASSIC_SPEC.min_frames
            assert begin > before + microphone.lost / RATE - 0.05

    def test_the_device_may_come_back_with_another_rate(
        self, humming: VirtualMicrophone, hum: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Microphone(DEVICE, 0) as microphone:
            read_for(microphone, 0.3)
            pretend(monkeypatch, sample_rate=16_000)
            humming.unplug()
            read_until(microphone, "reconnecting")
            humming.plug_in()
            with humming.playing(hum):
                read_until(microphone, "live")
                read_for(microphone, 1.0)
                heard = np.concatenate(read_for(microphone, 2.0))
            assert microphone.sample_rate == RATE
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
        assert np.argmax(spectrum) * RATE / len(heard) == pytest.approx(1_000, abs=2)
        assert len(heard) == pytest.approx(2 * RATE, rel=0.1)

    def test_a_device_that_comes_back_without_the_channel_is_not_taken(
        self, virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Microphone(DEVICE, 1) as microphone:
            read_for(microphone, 0.3)
            with monkeypatch.context() as patch:
                pretend(patch, n_channels=1)
                virtual_microphone.unplug()
                virtual_microphone.plug_in()
                wait_until(lambda: "no channel 2, it has only one" in microphone.trouble)
                assert microphone.state == "reconnecting"
            read_until(microphone, *SOUNDING)

    def test_a_stream_that_ends_by_itself_is_opened_anew(
        self, virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import sounddevice

        def end(*_: object, **__: object) -> None:
            raise sounddevice.CallbackAbort

        with Microphone(DEVICE) as microphone:
            read_for(microphone, 0.3)
            with monkeypatch.context() as patch:
                patch.setattr(RingBuffer, "write", end)
                read_until(microphone, "reconnecting", seconds=NOTICED_SECONDS)
                assert microphone.trouble == "its stream ended"
            read_until(microphone, *SOUNDING)


class TestMoving:
    """What PulseAudio does when a device goes: its streams go on, with another one's sound."""

    def test_it_is_noticed_and_the_device_is_waited_for(self, humming: VirtualMicrophone) -> None:
        humming.add_source("boom")
        with Microphone("boom") as microphone:
            read_for(microphone, 1.0)
            humming.remove_sources()
            read_until(microphone, "reconnecting", seconds=NOTICED_SECONDS)
            assert microphone.trouble
            wait_until(lambda: "'boom' is gone" in microphone.trouble)
            read_for(microphone, 0.5)
            assert microphone.state == "reconnecting"
            humming.add_source("boom")
            read_until(microphone, "live", seconds=LIVE_AGAIN_SECONDS)
            assert (microphone.name, microphone.trouble) == ("boom", "")

    def test_nothing_is_taken_for_it(self, humming: VirtualMicrophone) -> None:
        humming.add_source("boom")
        with Microphone("boom") as microphone:
            for _ in range(40):
                read_for(microphone, 0.1)
                assert microphone.state == "live"
            assert microphone.lost == 0


class TestHanging:
    def test_a_server_that_hangs_keeps_no_one_waiting_and_may_go_on(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        with Microphone(DEVICE) as microphone:
            read_for(microphone, 0.3)
            with virtual_microphone.hung():
                read_until(microphone, "stalled", seconds=NOTICED_SECONDS)
                read_for(microphone, 1.5)
                assert microphone.state == "stalled"
                assert microphone.trouble == "the sound system does not answer"
            troubles = set()
            while microphone.state == "stalled":
                troubles.add(microphone.trouble)
                microphone.read(RATE // 20)
            assert troubles <= {"the sound system does not answer", ""}
            read_until(microphone, *SOUNDING, seconds=LIVE_AGAIN_SECONDS)
            assert microphone.lost > RATE

    def test_closing_does_not_wait_for_it(self, virtual_microphone: VirtualMicrophone) -> None:
        microphone = Microphone(DEVICE)
        read_for(microphone, 0.3)
        with virtual_microphone.hung():
            read_until(microphone, "stalled")
            began = time.monotonic()
            microphone.__exit__(None, None, None)
            assert time.monotonic() - began < 2.0
            assert microphone.state == "ended"
        wait_until(lambda: not supervisors())

    def test_nor_does_the_end_of_the_process(self, virtual_microphone: VirtualMicrophone) -> None:
        program = """if True:
            from livegenre.sources.microphone import Microphone
            with Microphone("pulse") as microphone:
                print("open", flush=True)
                while microphone.state != "stalled":
                    microphone.read(1_000)
            print("closed", flush=True)
        """
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "open\n"
            with virtual_microphone.hung():
                assert process.wait(10) == 0
                assert process.stdout.read() == "closed\n"

    def test_one_that_hangs_from_the_beginning_is_an_error(
        self, virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("livegenre.sources.supervision.OPEN_SECONDS", 0.5)
        with (
            virtual_microphone.hung(),
            pytest.raises(DeviceError, match="sound system does not answer; restart it"),
        ):
            Microphone(DEVICE)
        wait_until(lambda: not supervisors())


def test_a_suspended_source_is_a_stall(virtual_microphone: VirtualMicrophone) -> None:
    with Microphone(DEVICE) as microphone:
        read_for(microphone, 0.3)
        with virtual_microphone.suspended():
            read_until(microphone, "stalled", seconds=NOTICED_SECONDS)
            states = set()
            for _ in range(40):
                microphone.read(RATE // 20)
                states.add(microphone.state)
            assert states == {"stalled"}
            assert microphone.trouble == "its stream gives nothing"
        read_until(microphone, *SOUNDING, seconds=LIVE_AGAIN_SECONDS)
        assert microphone.lost > RATE


def test_mute_is_told_apart_from_everything_else(humming: VirtualMicrophone) -> None:
    with Microphone(DEVICE) as microphone:
        wait_until(lambda: microphone.read(RATE // 20).any())
        assert microphone.state == "live"
        humming.mute(True)
        read_until(microphone, "muted")
        assert microphone.trouble == NOTHING_PLAYS  # as it seems to whoever hears a monitor
        humming.mute(False)
        read_until(microphone, "live", seconds=NOTICED_SECONDS)
        assert microphone.lost == 0


def test_a_microphone_that_is_muted_is_no_monitor_of_nothing(
    virtual_microphone: VirtualMicrophone,
) -> None:
    virtual_microphone.add_source("boom")
    with Microphone("boom") as microphone:
        read_until(microphone, "muted")
        assert microphone.trouble == ""


def test_steps_of_the_volume_cost_nothing(humming: VirtualMicrophone) -> None:
    with Microphone(DEVICE) as microphone:
        wait_until(lambda: microphone.read(RATE // 20).any())
        peaks = []
        for percent in (100, 50, 10, 100):
            humming.set_volume(percent)
            read_for(microphone, 0.5)
            peaks.append(np.abs(np.concatenate(read_for(microphone, 0.3))).max())
        np.testing.assert_allclose(peaks, [0.25, 0.25 / 8, 0.25 / 1_000, 0.25], rtol=0.15)
        assert microphone.lost == 0
        assert microphone.state == "live"


class TestWaiting:
    def test_a_device_that_is_not_there_yet(self, virtual_microphone: VirtualMicrophone) -> None:
        virtual_microphone.unplug()
        with pytest.raises(DeviceError):
            Microphone(DEVICE)
        with Microphone(DEVICE, wait=True) as microphone:
            assert microphone.name == DEVICE
            assert sum(map(len, read_for(microphone, 1.0))) == 0
            assert microphone.state == "reconnecting"
            virtual_microphone.plug_in()
            read_until(microphone, *SOUNDING, seconds=LIVE_AGAIN_SECONDS)
            assert microphone.lost == 0  # time begins with the first sound
            heard = sum(map(len, read_for(microphone, 1.0)))
            assert heard == pytest.approx(microphone.sample_rate, rel=0.2)

    def test_one_that_is_there_is_not_waited_for(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        with Microphone(DEVICE, wait=True) as microphone:
            assert microphone.sample_rate == RATE
            assert microphone.state == "live"

    def test_it_can_be_given_up(self, virtual_microphone: VirtualMicrophone) -> None:
        virtual_microphone.unplug()
        with Microphone("theremin", wait=True) as microphone:
            read_for(microphone, 0.5)
            assert "theremin" in microphone.trouble
        assert not supervisors()


class TestTwoSideBySide:
    def test_neither_ends_the_other(self, virtual_microphone: VirtualMicrophone) -> None:
        with Microphone(DEVICE) as one:
            with Microphone("default") as other:
                read_for(one, 0.3)
                read_for(other, 0.3)
            read_for(one, 1.0)
            assert one.lost == 0
            assert one.state in SOUNDING

    def test_both_come_back(self, virtual_microphone: VirtualMicrophone) -> None:
        with Microphone(DEVICE) as one, Microphone("default") as other:
            read_for(one, 0.3)
            read_for(other, 0.3)
            virtual_microphone.unplug()
            for microphone in (one, other):
                read_until(microphone, "reconnecting", seconds=NOTICED_SECONDS)
            virtual_microphone.plug_in()
            for microphone in (one, other):
                read_until(microphone, *SOUNDING, seconds=LIVE_AGAIN_SECONDS)


def pretend(
    monkeypatch: pytest.MonkeyPatch,
    *,
    sample_rate: int | None = None,
    n_channels: int | None = None,
) -> None:
    """Have every device claim another rate or other channels than its own."""

    def claim() -> list[InputDevice]:
        return [
            replace(
                found,
                sample_rate=sample_rate or found.sample_rate,
                n_channels=n_channels or found.n_channels,
            )
            for found in list_inputs()
        ]

    monkeypatch.setattr("livegenre.sources.microphone.list_inputs", claim)


def supervisors() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "supervise-input"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_that_breaks_down_is_no_secret() -> None:
    def break_down() -> Capture:
        raise ZeroDivisionError

    supervisor = Supervisor(break_down)
    supervisor._thread.start()
    supervisor._thread.join()
    with pytest.raises(DeviceError, match="broke down"):
        supervisor.require_alive()
