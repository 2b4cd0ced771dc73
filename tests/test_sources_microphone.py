import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livegenre.arrays import FloatArray
from livegenre.errors import DeviceError, SourceError
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.microphone import BLOCK_SAMPLES, Microphone
from livegenre.sources.portaudio import InputDevice, find_input, list_inputs
from tests.virtual_microphone import SINK, VirtualMicrophone

RATE = 44_100
DEVICE = "pulse"
PATIENCE_SECONDS = 20.0


def device(index: int, name: str, host_api: str = "ALSA", *, default: bool = False) -> InputDevice:
    return InputDevice(index, name, host_api, 2, 48_000, default)


INPUTS = [
    device(0, "Built-in Microphone", default=True),
    device(2, "Scarlett 2i2 USB"),
    device(3, "Scarlett 18i20 USB"),
    device(7, "USB"),
    device(8, "Line", "MME"),
    device(9, "Line", "WASAPI"),
]


class TestChoice:
    @pytest.mark.parametrize(
        ("wanted", "index"),
        [
            (None, 0),
            ("Scarlett 2i2 USB", 2),
            ("scarlett 2i2", 2),
            ("18I20", 3),
            ("built-in", 0),
            ("USB", 7),
            ("3", 3),
            ("line, wasapi", 9),
        ],
    )
    def test_by_name_part_or_index(self, wanted: str | None, index: int) -> None:
        assert find_input(INPUTS, wanted).index == index

    def test_an_ambiguous_name_lists_what_it_could_be(self) -> None:
        with pytest.raises(DeviceError) as caught:
            find_input(INPUTS, "scarlett")
        message = str(caught.value)
        assert "2 'Scarlett 2i2 USB' (ALSA), 3 'Scarlett 18i20 USB' (ALSA)" in message
        assert "Built-in" not in message

    def test_the_same_name_twice_is_ambiguous(self) -> None:
        with pytest.raises(DeviceError, match=r"8 'Line' \(MME\), 9 'Line' \(WASAPI\)"):
            find_input(INPUTS, "line")

    @pytest.mark.parametrize("wanted", ["theremin", "4", "-1", ""])
    def test_an_unknown_one_lists_what_there_is(self, wanted: str) -> None:
        with pytest.raises(DeviceError, match="Built-in Microphone"):
            find_input(INPUTS, wanted)

    def test_no_default(self) -> None:
        with pytest.raises(DeviceError, match="--device"):
            find_input(INPUTS[1:], None)

    @pytest.mark.parametrize("wanted", [None, "mic"])
    def test_no_input_at_all(self, wanted: str | None) -> None:
        with pytest.raises(DeviceError, match="no input"):
            find_input([], wanted)


@pytest.mark.parametrize("rate", [0, 3_999, 384_001])
def test_a_rate_that_no_sound_has(rate: int, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = InputDevice(0, "Odd", "ALSA", 2, rate, is_default=True)
    monkeypatch.setattr("livegenre.sources.microphone.list_inputs", lambda: [odd])
    with pytest.raises(DeviceError, match=f"input 'Odd': its {rate:,} Hz are outside"):
        Microphone()


def test_without_portaudio_the_cure_is_named() -> None:
    """sounddevice raises OSError at import where the library is missing."""
    program = """if True:
        import ctypes.util, sys
        ctypes.util.find_library = lambda name: None
        from livegenre.errors import DeviceError
        from livegenre.sources import ReplayOptions, open_source
        from livegenre.sources.portaudio import list_inputs
        open_source(ReplayOptions(spec="silence"))
        assert "sounddevice" not in sys.modules
        try:
            list_inputs()
        except DeviceError as error:
            print(error)
    """
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "apt-get install libportaudio2" in run.stdout
    assert "brew install portaudio" in run.stdout
    assert run.stdout.count("\n") == 1
    assert run.stderr == ""


def read_samples(microphone: Microphone, n: int) -> FloatArray:
    blocks: list[FloatArray] = []
    deadline = time.monotonic() + n / RATE + PATIENCE_SECONDS
    while sum(map(len, blocks)) < n:
        blocks.append(microphone.read(BLOCK_SAMPLES))
        assert time.monotonic() < deadline
    return np.concatenate(blocks)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def noise(tmp_path: Path, seconds: float) -> tuple[Path, FloatArray]:
    """A stereo WAV of loud 16-bit noise, and its frames as float32."""
    path = tmp_path / "noise.wav"
    frames = np.random.default_rng(0).uniform(-0.5, 0.5, (round(seconds * RATE), 2))
    frames[0] = 0.5  # never zero: where the sound begins can be seen
    soundfile.write(path, frames, RATE, subtype="PCM_16")
    return path, soundfile.read(path, dtype="float32")[0]


@pytest.fixture
def play(virtual_microphone: VirtualMicrophone) -> Iterator[Callable[[Path], None]]:
    """Play a file in the background; the test ends when it has ended."""
    players: list[threading.Thread] = []

    def start(path: Path) -> None:
        players.append(threading.Thread(target=virtual_microphone.play, args=(path,)))
        players[-1].start()

    yield start
    for player in players:
        player.join()


@pytest.mark.device
class TestCapture:
    @pytest.mark.parametrize("channel", [None, 0, 1])
    def test_what_is_played_arrives_to_the_last_sample(
        self, channel: int | None, play: Callable[[Path], None], tmp_path: Path
    ) -> None:
        path, frames = noise(tmp_path, 2.0)
        expected = (frames[:, 0] + frames[:, 1]) / 2 if channel is None else frames[:, channel]
        with Microphone(DEVICE, channel) as microphone:
            read_samples(microphone, 1_000)
            play(path)
            heard = read_samples(microphone, 2 * RATE)
            while not heard.any() or heard[-2_000:].any():
                heard = np.concatenate([heard, read_samples(microphone, RATE // 4)])
            begin = int(np.flatnonzero(heard)[0])
            np.testing.assert_array_equal(heard[begin : begin + len(expected)], expected)
            assert microphone.lost == 0
            assert microphone.state == "live"

    def test_inputs_are_listed(self, virtual_microphone: VirtualMicrophone) -> None:
        inputs = {found.name: found for found in list_inputs()}
        assert {DEVICE, "default"} <= set(inputs)
        assert inputs["default"].is_default
        assert inputs[DEVICE].host_api == "ALSA"
        assert inputs[DEVICE].sample_rate == RATE

    @pytest.mark.parametrize("wanted", [None, "PUL", "0", "default"])
    def test_it_opens_by_any_of_its_names(
        self, wanted: str | None, virtual_microphone: VirtualMicrophone
    ) -> None:
        with Microphone(wanted) as microphone:
            assert microphone.sample_rate == RATE
            assert microphone.duration_seconds is None
            assert len(read_samples(microphone, RATE // 4)) >= RATE // 4

    def test_a_read_is_short_rather_than_late(self, virtual_microphone: VirtualMicrophone) -> None:
        with Microphone(DEVICE) as microphone:
            assert len(microphone.read(60 * RATE)) < RATE

    def test_a_channel_that_is_not_there(self, virtual_microphone: VirtualMicrophone) -> None:
        with pytest.raises(SourceError, match="no channel 100"):
            Microphone(DEVICE, 99)

    def test_an_unknown_device(self, virtual_microphone: VirtualMicrophone) -> None:
        with pytest.raises(DeviceError, match=r"no input 'theremin'; there are: 0 'pulse'"):
            Microphone("theremin")

    def test_a_late_reader_loses_the_oldest_and_is_told(
        self, virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("livegenre.sources.microphone.RING_SECONDS", 0.1)
        with Microphone(DEVICE) as microphone:
            wait_until(lambda: microphone._ring.written > RATE // 2)
            n_read = len(microphone.read(BLOCK_SAMPLES))
            lost = microphone.lost
            assert lost > RATE // 4
            n_read += len(microphone.read(BLOCK_SAMPLES))
            assert n_read + microphone.lost <= microphone._ring.written


@pytest.mark.device
class TestTrouble:
    def test_an_unplugged_device_is_gone_after_its_last_sample(
        self, virtual_microphone: VirtualMicrophone, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with Microphone(DEVICE) as microphone:
            read_samples(microphone, RATE // 4)
            wait_until(lambda: microphone._ring.available > 0)
            virtual_microphone.unplug()
            wait_until(lambda: microphone.state == "ended")
            while microphone._ring.available:
                assert len(microphone.read(BLOCK_SAMPLES))
            with pytest.raises(DeviceError, match="input 'pulse' is gone"):
                microphone.read(BLOCK_SAMPLES)
        assert capfd.readouterr().err == ""

    def test_a_server_that_hangs_is_a_stall_and_does_not_keep_us(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        with Microphone(DEVICE) as microphone:
            read_samples(microphone, RATE // 4)
            with virtual_microphone.hung():
                wait_until(lambda: microphone.state == "stalled")
                microphone.read(RATE)
                assert len(microphone.read(BLOCK_SAMPLES)) == 0
            wait_until(lambda: microphone.state == "live")

    def test_closing_does_not_wait_for_a_server_that_hangs(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        microphone = Microphone(DEVICE)
        with virtual_microphone.hung():
            microphone.__exit__(None, None, None)
        wait_until(lambda: not any(t.name == "close-stream" for t in threading.enumerate()))

    def test_no_server(self, virtual_microphone: VirtualMicrophone) -> None:
        virtual_microphone.unplug()
        with pytest.raises(DeviceError) as caught:
            Microphone(DEVICE)
        assert "\n" not in str(caught.value)
        assert "pulse" in str(caught.value)

    def test_infinities_become_silence(self, virtual_microphone: VirtualMicrophone) -> None:
        with Microphone(DEVICE) as microphone:
            microphone._stream.stop()
            microphone._ring.read(RATE)
            microphone._ring.write(np.array([np.nan, 0.5, np.inf, -np.inf], np.float32))
            assert microphone.read(4).tolist() == [0.0, 0.5, 0.0, 0.0]

    def test_an_overflow_of_the_driver_is_counted_before_its_block(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        import sounddevice

        with Microphone(DEVICE, 0) as microphone:
            microphone._stream.stop()
            microphone._ring.read(RATE)
            good, overflow = sounddevice.CallbackFlags(0), sounddevice.CallbackFlags(2)
            block = np.full((BLOCK_SAMPLES, 1), 0.25, np.float32)
            microphone._hear(block, BLOCK_SAMPLES, None, good)
            microphone._hear(block, BLOCK_SAMPLES, None, overflow)
            assert (len(microphone.read(3_000)), microphone.lost) == (BLOCK_SAMPLES, 0)
            assert (len(microphone.read(3_000)), microphone.lost) == (BLOCK_SAMPLES, BLOCK_SAMPLES)


@pytest.mark.device
class TestPlayback:
    def test_what_is_returned_is_what_is_heard(self, virtual_microphone: VirtualMicrophone) -> None:
        options = ReplayOptions(spec="noise:white", duration_seconds=1.0, play=True)
        with Microphone(DEVICE, 0) as microphone:
            read_samples(microphone, 1_000)
            began = time.monotonic()
            blocks: list[FloatArray] = []
            with open_source(options) as source:
                while (block := source.read(BLOCK_SAMPLES)) is not None:
                    blocks.append(block)
            assert time.monotonic() - began > 0.8
            heard = read_samples(microphone, round(1.5 * RATE))
        played = np.concatenate(blocks)
        assert len(played) == RATE
        begin = int(np.flatnonzero(heard)[0])
        n = min(RATE, len(heard) - begin)
        assert n > RATE // 2
        np.testing.assert_allclose(heard[begin : begin + n], played[:n], atol=2 / 32_768)

    def test_it_is_heard_soon_after_it_is_returned(
        self, virtual_microphone: VirtualMicrophone, tmp_path: Path
    ) -> None:
        frames = np.zeros(2 * RATE)
        frames[RATE:] = 0.5
        path = tmp_path / "step.wav"
        soundfile.write(path, frames, RATE)
        command = ["parec", f"--device={SINK}.monitor", "--rate=44100", "--channels=1"]
        with subprocess.Popen([*command, "--latency-msec=10"], stdout=subprocess.PIPE) as recorder:
            assert recorder.stdout
            listener = Listener(recorder.stdout.fileno())
            returned_at = None
            with open_source(ReplayOptions(spec=str(path), play=True)) as source:
                while (block := source.read(BLOCK_SAMPLES)) is not None:
                    if returned_at is None and block.any():
                        returned_at = time.monotonic()
            listener.thread.join(PATIENCE_SECONDS)
            recorder.terminate()
        assert returned_at is not None
        assert listener.heard_at is not None
        assert abs(listener.heard_at - returned_at) < 1.0  # 0.05 to 0.1 s on an idle machine

    def test_an_output_that_goes_is_an_error(
        self, virtual_microphone: VirtualMicrophone, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with open_source(ReplayOptions(spec="tone:220", play=True)) as source:
            source.read(BLOCK_SAMPLES)
            virtual_microphone.unplug()
            with pytest.raises(DeviceError, match="default output"):
                read_for_ever(source.read)
        assert capfd.readouterr().err == ""

    def test_no_output(self, virtual_microphone: VirtualMicrophone) -> None:
        virtual_microphone.unplug()
        with pytest.raises(DeviceError, match=r"default output: .*; choose an output in"):
            open_source(ReplayOptions(spec="tone:220", play=True))


class Listener:
    """Notes when the first loud sample comes out of a pipe of 16-bit samples."""

    def __init__(self, fd: int) -> None:
        self.heard_at: float | None = None
        self._fd = fd
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        while self.heard_at is None and (data := os.read(self._fd, 4_096)):
            if np.abs(np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(int)).max() > 8_000:
                self.heard_at = time.monotonic()


def read_for_ever(read: Callable[[int], FloatArray | None]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        read(BLOCK_SAMPLES)
