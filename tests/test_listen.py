"""``livegenre listen`` as a person runs it, on a microphone that hears real music."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf

from tests.conftest import DEMO
from tests.virtual_microphone import VirtualMicrophone

LISTEN = [sys.executable, "-m", "livegenre", "listen", "--device", "pulse"]
PIECE_SECONDS = 10

pytestmark = pytest.mark.device


@pytest.fixture
def orchestra(tmp_path: Path) -> Path:
    samples, sample_rate = sf.read(DEMO, start=36 * 44_100, frames=PIECE_SECONDS * 44_100)
    sf.write(tmp_path / "orchestra.wav", samples, sample_rate)
    return tmp_path / "orchestra.wav"


def listen(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*LISTEN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def heard(
    virtual_microphone: VirtualMicrophone, orchestra: Path
) -> tuple[list[dict[str, Any]], int, str]:
    """What ``listen`` says of an orchestra until Ctrl-C, its exit code, and its stderr."""
    player = threading.Thread(target=virtual_microphone.play, args=(orchestra,))
    with listen("--jsonl", "-") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        player.start()
        player.join()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    return [json.loads(line) for line in [first, *rest.splitlines()]], process.returncode, errors


def test_music_is_heard_and_named(heard: tuple[list[dict[str, Any]], int, str]) -> None:
    (header, *decisions, end), code, errors = heard
    assert code == 130
    assert "Traceback" not in errors
    assert header["source"] == "pulse"
    loud = [d for d in decisions if d["level_dbfs"] > -40]
    assert sum(d["label"] == "classical" for d in loud) > len(loud) / 2
    assert end["reason"] == "interrupted"
    assert end["lost"] == 0
    assert end["seconds"] > PIECE_SECONDS


def test_nothing_playing_is_silence(virtual_microphone: VirtualMicrophone) -> None:
    done = listen("--jsonl", "-", "--headless", "--duration", "3")
    output, errors = done.communicate(timeout=30)
    decisions = [json.loads(line) for line in output.splitlines()][1:-1]
    assert done.returncode == 0
    assert errors == ""
    assert {d["state"] for d in decisions} == {"silence"}


def test_unplugged_microphone_ends_it_in_one_line(virtual_microphone: VirtualMicrophone) -> None:
    process = listen("--jsonl", "-", "--headless")
    assert process.stdout is not None
    process.stdout.readline()
    virtual_microphone.unplug()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert json.loads(output.splitlines()[-1])["reason"] == "error"
    assert errors.startswith("livegenre: input 'pulse' is gone")
    assert errors.count("\n") == 1


def test_unknown_device_is_one_line(virtual_microphone: VirtualMicrophone) -> None:
    command = [*LISTEN[:-1], "moonphone", "--headless"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "moonphone" in done.stderr
    assert done.stderr.count("\n") == 1


def test_devices_lists_the_inputs(virtual_microphone: VirtualMicrophone) -> None:
    command = [*LISTEN[:3], "devices"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert "pulse  (ALSA" in done.stdout
    assert done.stderr == ""
