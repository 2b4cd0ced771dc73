"""Another input without a restart: a gap, and not one sample of the wrong input after it."""

import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livegenre.outputs.base import DeviceChange
from livegenre.sources.base import SourceState
from livegenre.sources.devices import InputDevice
from livegenre.sources.finding import find_input
from livegenre.sources.microphone import Microphone
from livegenre.sources.survey import survey_inputs
from livegenre.stage import fare
from livegenre.tap import Tap
from tests.test_sources_devices import load, load_sink
from tests.virtual_microphone import SINK, VirtualMicrophone, wait_until

RATE = 44_100
OTHER = "other"
OTHER_RATE = 32_000
BLOCK = RATE // 20
FIRST_LEVEL, OTHER_LEVEL = 0.5, 0.25

pytestmark = pytest.mark.device


@pytest.fixture
def two_inputs(virtual_microphone: VirtualMicrophone, tmp_path: Path) -> Iterator[None]:
    """Two inputs that hear a constant each, so that every sample tells where it is from."""
    described = f"sink_properties=device.description={OTHER}"
    load_sink(OTHER, f"rate={OTHER_RATE} channels=1 {described}")
    players = []
    for sink, level, rate in ((SINK, FIRST_LEVEL, RATE), (OTHER, OTHER_LEVEL, OTHER_RATE)):
        path = tmp_path / f"{sink}.wav"
        soundfile.write(path, np.full(60 * rate, level), rate)
        players.append(subprocess.Popen(["paplay", f"--device={sink}", str(path)]))
    yield
    for player in players:
        player.kill()
        player.wait()


def find(name: str) -> InputDevice:
    return find_input(survey_inputs(), f"{name}.monitor")


def read_until_level(microphone: Microphone, level: float) -> list[tuple[float, int, SourceState]]:
    """Read until a constant is heard; return last sample, what was lost, and state, each time."""
    seen: list[tuple[float, int, SourceState]] = []

    def heard() -> bool:
        block = microphone.read(BLOCK)
        if len(block):
            seen.append((float(block[-1]), microphone.lost, microphone.state))
        return len(block) > 0 and abs(float(block[-1]) - level) < 1e-3

    wait_until(heard)
    return seen


def test_survey_finds_what_came_after_portaudio_was_loaded(
    virtual_microphone: VirtualMicrophone,
) -> None:
    with Microphone("pulse") as microphone:
        microphone.read(BLOCK)
        load("module-null-source source_name=newcomer rate=16000 channels=1")
        assert find_input(survey_inputs(), "newcomer").sample_rate == 16_000
        assert len(microphone.read(BLOCK)) > 0
        assert microphone.state in ("live", "muted")


def test_survey_runs_nothing_that_lies_in_the_folder_it_is_made_in(
    virtual_microphone: VirtualMicrophone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('a file that somebody sent')")
    monkeypatch.chdir(tmp_path)
    assert survey_inputs()


@pytest.mark.usefixtures("two_inputs")
def test_swap_is_a_gap_and_the_rest_is_of_the_other_input() -> None:
    with Microphone(f"{SINK}.monitor") as microphone:
        read_until_level(microphone, FIRST_LEVEL)
        lost, other = microphone.lost, find(OTHER)
        began = time.monotonic()
        microphone.change_device(other)
        assert microphone.name == other.name
        assert microphone.state == "reconnecting"
        seen = read_until_level(microphone, OTHER_LEVEL)
        assert time.monotonic() - began < 5.0
        assert (microphone.state, microphone.name) == ("live", other.name)
        assert microphone.sample_rate == RATE
        assert microphone.lost > lost
        gap = next(index for index, (_, n_lost, _) in enumerate(seen) if n_lost > lost)
        assert all(level == pytest.approx(FIRST_LEVEL, abs=1e-3) for level, *_ in seen[:gap])
        assert {state for *_, state in seen[:gap]} <= {"reconnecting"}
        after = np.concatenate([microphone.read(BLOCK) for _ in range(20)])
        np.testing.assert_allclose(after, OTHER_LEVEL, atol=1e-3)


@pytest.mark.usefixtures("two_inputs")
def test_swap_there_and_back_again_and_in_haste() -> None:
    with Microphone(f"{SINK}.monitor") as microphone:
        read_until_level(microphone, FIRST_LEVEL)
        first, other = find(SINK), find(OTHER)
        microphone.change_device(other)
        read_until_level(microphone, OTHER_LEVEL)
        microphone.change_device(first)
        read_until_level(microphone, FIRST_LEVEL)
        for device in (other, first, other):
            microphone.change_device(device)
            microphone.read(BLOCK)
        lost = microphone.lost
        seen = read_until_level(microphone, OTHER_LEVEL)
        fresh = [level for level, n_lost, _ in seen if n_lost > lost]
        assert fresh
        assert fresh[-1] == pytest.approx(OTHER_LEVEL, abs=1e-3)
        assert threading.active_count() < 10


@pytest.mark.usefixtures("two_inputs")
def test_input_that_is_gone_is_waited_for_and_another_can_be_chosen() -> None:
    with Microphone(f"{SINK}.monitor") as microphone:
        read_until_level(microphone, FIRST_LEVEL)
        microphone.change_device(replace(find(OTHER), name="attic", pulse_source="attic"))
        wait_until(lambda: microphone.read(BLOCK) is not None and microphone.trouble)
        assert microphone.state == "reconnecting"
        assert microphone.trouble == "input 'attic' is gone; connect it again"
        microphone.change_device(find(OTHER))
        read_until_level(microphone, OTHER_LEVEL)
        wait_until(lambda: len(microphone.read(BLOCK)) and not microphone.trouble)
        assert microphone.name == find(OTHER).name


@pytest.mark.usefixtures("two_inputs")
def test_input_without_the_channel_is_said_to_lack_it_on_the_screen_too() -> None:
    microphone = Microphone(f"{SINK}.monitor", 1)
    with Tap(microphone) as tap:
        read_until_level(microphone, FIRST_LEVEL)
        assert (microphone.channels, fare(tap, microphone).attempt) == ("ch 2 of 2", 0)
        microphone.change_device(find(OTHER))
        wait_until(lambda: tap.read(BLOCK) is not None and fare(tap, microphone).attempt > 2)
        told = fare(tap, microphone)
        assert told.state == "reconnecting"
        assert "no channel 2, it has only one channel" in told.trouble
        assert 0 <= told.attempt_seconds <= 1.0
        microphone.change_device(find(SINK))
        read_until_level(microphone, FIRST_LEVEL)
        wait_until(lambda: tap.read(BLOCK) is not None and not fare(tap, microphone).trouble)
        assert fare(tap, microphone).attempt == 0


@pytest.mark.usefixtures("two_inputs")
def test_session_is_told_of_the_other_device() -> None:
    microphone = Microphone(f"{SINK}.monitor")
    told: list[DeviceChange] = []
    with Tap(microphone) as tap:
        tap.watch(told.append)
        read_until_level(microphone, FIRST_LEVEL)
        tap.read(BLOCK)
        other = find(OTHER)
        microphone.change_device(other)
        wait_until(lambda: tap.read(BLOCK) is not None and tap.state == "live" and len(told) > 1)
        assert [(change.state, change.device) for change in told[-2:]] == [
            ("reconnecting", other.name),
            ("live", other.name),
        ]
        assert told[-1].lost > told[-2].lost
        assert tap.interruptions == 1
