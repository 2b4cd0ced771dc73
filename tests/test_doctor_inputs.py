"""Inputs as they are found: none, refused, silent, and a real stream of a virtual microphone."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from livegenre.doctor.capture import Arrivals, within
from livegenre.doctor.findings import Finding
from livegenre.doctor.inputs import judge_arrivals, judge_inputs
from livegenre.errors import DeviceError
from tests.fake_sounddevice import FakeDevice, FakeSounddevice, PortAudioError, install
from tests.virtual_microphone import VirtualMicrophone

TONE_DBFS = -23.0
"""RMS of a sine of amplitude 0.1."""


def judge(device: str | None = None, seconds: float = 1.0) -> dict[str, Finding]:
    return {finding.name: finding for finding in judge_inputs(device, None, seconds)}


def fake(monkeypatch: pytest.MonkeyPatch, *devices: FakeDevice) -> FakeSounddevice:
    sounddevice = install(monkeypatch, *devices)
    version = (1_246_976, "PortAudio V19.7.0-devel, revision unknown")
    monkeypatch.setattr(sounddevice, "get_portaudio_version", lambda: version, raising=False)
    return sounddevice


def test_no_input_is_bad_and_has_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, FakeDevice(name="Speakers", n_inputs=0, n_outputs=2))
    findings = judge()
    assert findings["PortAudio"].value == "19.7.0-devel"
    assert "Core Audio" in findings["PortAudio"].meaning
    assert findings["inputs"].state == "bad"
    assert findings["inputs"].value == 0
    assert "Microphone must allow" in findings["inputs"].cure
    assert set(findings) == {"PortAudio", "inputs"}


def test_refused_input_names_the_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = PortAudioError("Error opening InputStream: Internal PortAudio error", -9986)
    fake(monkeypatch, FakeDevice(name="Built-in", error=refusal))
    finding = judge()["input"]
    assert finding.state == "bad"
    assert "Built-in" in finding.meaning
    assert "Microphone must allow your terminal" in finding.cure


def test_input_that_gives_no_sound_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, FakeDevice(name="Built-in"))
    monkeypatch.setattr("livegenre.doctor.capture.FIRST_SOUND_SECONDS", 0.1)
    finding = judge()["input"]
    assert finding.state == "bad"
    assert "no sound came" in finding.meaning


def test_input_that_is_not_there_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, FakeDevice(name="Built-in"))
    finding = judge("moonphone")["input"]
    assert finding.state == "bad"
    assert "moonphone" in finding.meaning
    assert "Built-in" in finding.cure


def test_a_sound_system_that_hangs_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(DeviceError, match="does not answer"):
        within(0.1, lambda: time.sleep(5))
    assert time.monotonic() - began < 4


def test_what_a_sound_system_says_in_time_is_passed_on() -> None:
    def refuse() -> None:
        raise DeviceError("no")

    assert within(5, lambda: 7) == 7
    with pytest.raises(DeviceError, match="no"):
        within(5, refuse)


RATE = 48_000


def judge_late(late_seconds: float, n_overflows: int, speed: float = 1.0) -> dict[str, Finding]:
    n_samples = np.arange(1, 130) * 1_024
    seconds = n_samples / RATE / speed + late_seconds * (n_samples > RATE)
    arrivals = Arrivals(n_samples, seconds, n_overflows)
    return {finding.name: finding for finding in judge_arrivals(arrivals, RATE)}


def test_arrivals_tell_what_was_dropped() -> None:
    assert judge_late(0, 0)["dropped"].state == "ok"
    assert judge_late(0, 3)["dropped"].state == "warning"
    late = judge_late(0.5, 0)
    assert late["dropped"].state == "warning"
    assert late["dropped"].value == pytest.approx(RATE / 2, rel=0.01)
    assert "clock drift" not in late


def test_clock_that_runs_wrong_is_told() -> None:
    assert judge_late(0, 0)["clock drift"].state == "ok"
    drift = judge_late(0, 0, speed=1.01)["clock drift"]
    assert drift.state == "warning"
    assert drift.value == pytest.approx(10_000, rel=0.05)


@pytest.fixture
def tone(virtual_microphone: VirtualMicrophone, tmp_path: Path) -> Iterator[VirtualMicrophone]:
    """A microphone that hears a tone."""
    rate = virtual_microphone.sample_rate
    samples = 0.1 * np.sin(2 * np.pi * 1_000 * np.arange(30 * rate) / rate)
    sf.write(tmp_path / "tone.wav", np.stack([samples, samples], axis=1), rate)
    with virtual_microphone.playing(tmp_path / "tone.wav"):
        time.sleep(1)
        yield virtual_microphone


@pytest.mark.device
def test_level_is_that_of_the_sound(tone: VirtualMicrophone) -> None:
    findings = judge(seconds=3)
    assert findings["level"].value == pytest.approx(TONE_DBFS, abs=0.5)
    assert findings["input"].state == findings["permission"].state == "ok"
    assert findings["dropped"].state == "ok"
    assert findings["clock drift"].state == "ok"
    tone.set_volume(50)  # cubic: 1/8 of the amplitude
    assert judge("pulse")["level"].value == pytest.approx(TONE_DBFS - 18.1, abs=0.5)


@pytest.mark.device
def test_muted_source_is_told(tone: VirtualMicrophone) -> None:
    tone.add_source("headset")
    tone.mute(True)
    findings = judge("headset")
    assert findings["silence"].state == "bad"
    assert "set-source-mute" in findings["silence"].cure
    assert findings["permission"].state == "warning"
    assert "level" not in findings


@pytest.mark.device
def test_monitor_that_hears_nothing_is_no_fault(virtual_microphone: VirtualMicrophone) -> None:
    findings = judge("system")
    assert findings["silence"].state == "warning"
    assert findings["permission"].state == "ok"
    assert "what the computer plays" in findings["input"].meaning


@pytest.mark.device
def test_microphone_unplugged_meanwhile_is_told(tone: VirtualMicrophone) -> None:
    threading.Timer(1.5, tone.unplug).start()
    finding = judge("pulse", seconds=5)["input"]
    assert finding.state == "warning"
    assert "of 5 were heard" in finding.meaning
