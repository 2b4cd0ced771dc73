import json
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livegenre.arrays import FloatArray
from livegenre.cli import main
from livegenre.errors import DeviceError, SourceError
from livegenre.sources import pulse
from livegenre.sources.devices import InputDevice, list_inputs
from livegenre.sources.finding import find_input, same_input
from livegenre.sources.opening import COMMON_RATES, open_input
from livegenre.sources.portaudio import close_stream
from tests.fake_sounddevice import FakeDevice, PortAudioError, install
from tests.virtual_microphone import SINK, VirtualMicrophone

OTHER_SINK, OTHER_RATE = "radio", 32_000
MACBOOK = (
    FakeDevice(name="MacBook Pro Microphone", n_inputs=1),
    FakeDevice(name="MacBook Pro Speakers", n_inputs=0, n_outputs=2),
)
REALTEK = "Microphone (Realtek(R) High Definition Audio)"
WINDOWS = (
    FakeDevice(name=REALTEK[:31], host_api="MME", sample_rate=44_100),
    FakeDevice(name="Speakers (Realtek(R) Audio)", host_api="MME", n_inputs=0, n_outputs=2),
    FakeDevice(name=REALTEK, host_api="Windows DirectSound", sample_rate=44_100),
    FakeDevice(name="Headphones", host_api="Windows WASAPI", n_inputs=0, n_outputs=2),
    FakeDevice(name="Speakers", host_api="Windows WASAPI", n_inputs=0, n_outputs=2),
    FakeDevice(name=REALTEK, host_api="Windows WASAPI"),
)
LOOPBACKS = tuple(
    FakeDevice(name=f"{name} [Loopback]", host_api="Windows WASAPI")
    for name in ("Speakers", "Headphones")
)


def ignore(*_: object) -> None:
    pass


def device(index: int, name: str, host_api: str = "ALSA", source: str | None = None) -> InputDevice:
    return InputDevice(index, name, host_api, 2, 48_000, is_default=False, pulse_source=source)


@pytest.fixture
def two_sinks(virtual_microphone: VirtualMicrophone) -> VirtualMicrophone:
    """Add to the virtual microphone's sink one of one channel and another rate."""
    load_sink(OTHER_SINK, f"rate={OTHER_RATE} channels=1")
    return virtual_microphone


def load_sink(name: str, options: str) -> None:
    load(f"module-null-sink sink_name={name} format=s16le norewinds=1 {options}")


def load(module: str) -> None:
    subprocess.run(["pactl", "load-module", *module.split()], check=True, capture_output=True)


def by_source(name: str) -> InputDevice:
    return find_input(list_inputs(), f"{name}.monitor")


def record(device: InputDevice, seconds: float) -> FloatArray:
    blocks: list[FloatArray] = []
    opened = open_input(device, None, lambda block, *_: blocks.append(block.copy()))
    opened.stream.start()
    try:
        deadline = time.monotonic() + 20
        while sum(map(len, blocks)) < seconds * opened.sample_rate:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        close_stream(opened.stream)
    return np.concatenate(blocks)


@pytest.mark.device
class TestSourcesOfTheSoundServer:
    def test_each_is_listed_with_its_own_rate_and_channels(
        self, two_sinks: VirtualMicrophone
    ) -> None:
        found = by_source(OTHER_SINK)
        assert (found.host_api, found.sample_rate, found.n_channels) == ("PulseAudio", 32_000, 1)
        assert found.is_monitor
        assert not found.is_system
        assert by_source(SINK).is_system

    def test_a_microphone_is_no_monitor(self, virtual_microphone: VirtualMicrophone) -> None:
        load("module-null-source source_name=mic rate=16000 channels=1")
        found = find_input(list_inputs(), "mic")
        assert (found.pulse_source, found.sample_rate, found.is_monitor) == ("mic", 16_000, False)

    def test_indices_are_those_of_portaudio_and_go_on(self, two_sinks: VirtualMicrophone) -> None:
        import sounddevice

        inputs = list_inputs()
        assert [found.index for found in inputs] == list(range(len(inputs)))
        assert [found.pulse_source for found in inputs[len(sounddevice.query_devices()) :]] == [
            f"{SINK}.monitor",
            f"{OTHER_SINK}.monitor",
        ]

    def test_the_default_is_of_what_is_behind_it(
        self, two_sinks: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PULSE_SOURCE", f"{OTHER_SINK}.monitor")
        for wanted in (None, "pulse"):
            found = find_input(list_inputs(), wanted)
            assert (found.sample_rate, found.n_channels) == (OTHER_RATE, 1)

    def test_opening_one_hears_that_one_alone(
        self, two_sinks: VirtualMicrophone, tmp_path: Path
    ) -> None:
        path = tmp_path / "quarter.wav"
        soundfile.write(path, np.full(10 * OTHER_RATE, 0.25), OTHER_RATE)
        before = dict(os.environ)
        with subprocess.Popen(["paplay", f"--device={OTHER_SINK}", str(path)]) as player:
            heard = record(by_source(OTHER_SINK), 1.5)
            assert not record(by_source(SINK), 0.5).any()
            player.kill()
        assert heard.shape[1] == 1
        assert heard[-100:].tolist() == [[0.25]] * 100
        assert os.environ == before

    def test_system_is_what_the_default_output_plays(self, two_sinks: VirtualMicrophone) -> None:
        for sink in (OTHER_SINK, SINK):
            subprocess.run(["pactl", "set-default-sink", sink], check=True)
            assert find_input(list_inputs(), "system").pulse_source == f"{sink}.monitor"

    def test_equal_descriptions_are_told_apart(self, two_sinks: VirtualMicrophone) -> None:
        with pytest.raises(DeviceError, match=rf"\({SINK}\.monitor\), .* \({OTHER_SINK}\.monitor"):
            find_input(list_inputs(), "null output")

    def test_one_that_pactl_cannot_describe_has_its_own_name(
        self, virtual_microphone: VirtualMicrophone
    ) -> None:
        load_sink("umlaut", "sink_properties=device.description=Möwenlärm")
        assert by_source("umlaut").name in ("umlaut.monitor", "Monitor of Möwenlärm")

    def test_one_that_went_is_not_the_same_as_any(self, two_sinks: VirtualMicrophone) -> None:
        gone = by_source(OTHER_SINK)
        assert same_input(list_inputs(), gone) == gone
        subprocess.run(["pactl", "unload-module", "module-null-sink"], check=True)
        assert same_input(list_inputs(), gone) is None
        with pytest.raises(DeviceError, match=r"input 'Monitor of .*': "):
            open_input(gone, None, ignore)

    def test_without_pactl_only_the_device_is_listed(
        self, virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")
        assert {found.name for found in list_inputs()} == {"pulse", "default"}

    def test_a_server_that_hangs_is_not_waited_for(
        self, virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulse, "_ANSWER_SECONDS", 0.2)
        with virtual_microphone.hung():
            assert pulse.list_sources() == []

    def test_the_command_prints_one_array(
        self, two_sinks: VirtualMicrophone, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["devices", "--json"]) == 0
        devices = {values["pulse_source"]: values for values in json.loads(capsys.readouterr().out)}
        assert devices[f"{OTHER_SINK}.monitor"] == {
            "index": 3,
            "name": "Monitor of Null Output",
            "host_api": "PulseAudio",
            "channels": 1,
            "sample_rate": OTHER_RATE,
            "default": False,
            "monitor": True,
            "system": False,
            "pulse_source": f"{OTHER_SINK}.monitor",
        }

    def test_the_command_prints_a_line_each(
        self, two_sinks: VirtualMicrophone, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["devices"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert "*  1  default  (ALSA, 2 in, 44,100 Hz, monitor)" in lines
        assert "   2  Monitor of Null Output  (PulseAudio, 2 in, 44,100 Hz, system)" in lines
        assert "   3  Monitor of Null Output  (PulseAudio, 1 in, 32,000 Hz, monitor)" in lines


class TestWindows:
    def test_a_device_that_is_offered_thrice_is_taken_by_wasapi(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(monkeypatch, *WINDOWS, platform="win32")
        for wanted in ("realtek", REALTEK):
            assert find_input(list_inputs(), wanted).host_api == "Windows WASAPI"
        assert find_input(list_inputs(), "realtek(r) high definition audio), windows d").index == 2

    def test_system_is_the_loopback_of_the_default_output(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(monkeypatch, *WINDOWS, *LOOPBACKS, platform="win32")
        found = find_input(list_inputs(), "system")
        assert (found.name, found.is_monitor) == ("Headphones [Loopback]", True)

    def test_a_portaudio_without_loopback(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, *WINDOWS, platform="win32")
        with pytest.raises(DeviceError, match=r"computer plays; .* Stereo Mix .* VB-Cable"):
            find_input(list_inputs(), "system")

    def test_stereo_mix_is_a_monitor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        mixes = [
            FakeDevice(name="Stereo Mix (Realtek(R) Audio)", host_api=host_api)
            for host_api in ("MME", "Windows WASAPI")
        ]
        install(monkeypatch, *WINDOWS, *mixes, platform="win32")
        assert find_input(list_inputs(), "system").host_api == "Windows WASAPI"


class TestMac:
    @pytest.mark.parametrize(
        "name",
        ["BlackHole 2ch", "Soundflower (2ch)", "Loopback Audio", "VB-Cable", "Background Music"],
    )
    def test_a_virtual_cable_hears_the_system(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(monkeypatch, *MACBOOK, FakeDevice(name=name, n_outputs=2))
        inputs = list_inputs()
        assert [found.is_monitor for found in inputs] == [False, True]
        assert find_input(inputs, "system").name == name
        assert find_input(inputs, None).name == "MacBook Pro Microphone"

    def test_two_virtual_cables_are_candidates(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cables = [FakeDevice(name=f"BlackHole {n}ch") for n in (2, 16)]
        install(monkeypatch, *MACBOOK, *cables)
        with pytest.raises(DeviceError, match=r"any of 2 'BlackHole 2ch' .*, 3 'BlackHole 16ch'"):
            find_input(list_inputs(), "system")

    def test_no_virtual_cable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, *MACBOOK)
        with pytest.raises(DeviceError, match="brew install blackhole-2ch"):
            find_input(list_inputs(), "system")

    def test_no_input_names_the_permission(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        install(monkeypatch, MACBOOK[1])
        assert main(["devices"]) == 1
        assert "Privacy & Security > Microphone" in capsys.readouterr().err
        assert main(["devices", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == []


class TestTheSame:
    INPUTS = (
        device(0, "USB Audio: - (hw:2,0)"),
        device(1, "pulse"),
        device(2, "Microphone", "PulseAudio", "alsa_input.usb"),
        device(3, "Microphone", "PulseAudio", "alsa_input.pci"),
    )

    def test_under_another_index(self) -> None:
        for found in self.INPUTS:
            assert same_input(self.INPUTS, replace(found, index=9)) is found

    def test_with_another_number_of_its_card(self) -> None:
        assert same_input(self.INPUTS, device(0, "USB Audio: - (hw:1,0)")) is self.INPUTS[0]
        twins = [device(0, "USB Audio: - (hw:2,0)"), device(1, "USB Audio: - (hw:3,0)")]
        assert same_input(twins, device(0, "USB Audio: - (hw:1,0)")) is None

    def test_of_two_with_one_name_the_nearest(self) -> None:
        twins = [device(0, "USB Microphone"), device(1, "Line"), device(2, "USB Microphone")]
        assert same_input(twins, twins[0]) is twins[0]
        assert same_input(twins, twins[2]) is twins[2]

    def test_by_another_way_it_is_another(self) -> None:
        assert same_input(self.INPUTS, device(1, "pulse", "JACK")) is None


class TestOpening:
    def test_at_its_own_rate_with_two_channels(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = install(monkeypatch, FakeDevice(name="Interface", n_inputs=18, sample_rate=96_000))
        opened = open_input(list_inputs()[0], None, ignore)
        assert (opened.sample_rate, opened.n_channels) == (96_000, 2)
        assert not opened.stream.active
        assert len(fake.opened) == 1

    @pytest.mark.parametrize("rate", COMMON_RATES[1:])
    def test_a_refused_rate_falls_back(self, rate: int, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, FakeDevice(name="Headset", rates=[8_000, rate]))
        assert open_input(list_inputs()[0], None, ignore).sample_rate == rate

    def test_a_rate_that_no_sound_has_is_not_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = install(monkeypatch, FakeDevice(name="Odd", sample_rate=0, rates=[16_000]))
        assert open_input(list_inputs()[0], None, ignore).sample_rate == 16_000
        assert 0 not in [settings["samplerate"] for settings in fake.opened]

    @pytest.mark.parametrize(("channel", "counts"), [(None, [8]), (None, [1]), (0, [1]), (2, [8])])
    def test_a_refused_number_of_channels_falls_back(
        self, channel: int | None, counts: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(monkeypatch, FakeDevice(name="Card", n_inputs=8, channel_counts=counts))
        opened = open_input(list_inputs()[0], channel, ignore)
        assert (opened.sample_rate, opened.n_channels) == (48_000, counts[0])

    def test_all_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, FakeDevice(name="Odd", rates=[12_345]))
        with pytest.raises(DeviceError, match=r"input 'Odd': .*Invalid sample rate"):
            open_input(list_inputs()[0], None, ignore)

    def test_a_channel_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = install(monkeypatch, *MACBOOK)
        with pytest.raises(SourceError, match="no channel 2, it has only one channel"):
            open_input(list_inputs()[0], 1, ignore)
        assert not fake.opened


class TestPermission:
    @pytest.mark.parametrize(
        ("platform", "error", "permission"),
        [
            ("darwin", (-9986,), "System Settings > Privacy & Security > Microphone"),
            ("win32", (-9999, (0, 1, "Undefined external error.")), "Settings > Privacy"),
            ("win32", (-9999, (0, -2_147_024_891, "Access is denied.")), "Settings > Privacy"),
            ("win32", (-9985,), "if no other program holds it, Settings > Privacy"),
            ("linux", (-9999, (0, -13, "Permission denied")), "group audio"),
        ],
    )
    def test_a_denied_microphone_names_it(
        self,
        platform: str,
        error: tuple[object, ...],
        permission: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        denied = PortAudioError("Error opening InputStream", *error)
        fake = install(monkeypatch, FakeDevice(name="Mic", error=denied), platform=platform)
        with pytest.raises(DeviceError) as caught:
            open_input(list_inputs()[0], None, ignore)
        assert permission in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(fake.opened) == 1

    @pytest.mark.parametrize(
        ("platform", "error"),
        [("linux", (-9985,)), ("linux", (-9999, (0, -5, "Input/output error"))), ("darwin", ())],
    )
    def test_other_trouble_does_not(
        self, platform: str, error: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        busy = PortAudioError("Error opening InputStream", *error)
        install(monkeypatch, FakeDevice(name="Mic", error=busy), platform=platform)
        with pytest.raises(DeviceError, match="livegenre devices lists what there is"):
            open_input(list_inputs()[0], None, ignore)
