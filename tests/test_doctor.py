"""``livegenre doctor`` as a person or a program runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from tests.conftest import DEMO
from tests.virtual_microphone import VirtualMicrophone

DOCTOR = [sys.executable, "-m", "livegenre", "doctor"]
NO_PORTAUDIO = "raise OSError('PortAudio library not found')\n"


def doctor(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [*DOCTOR, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}


def without_portaudio(folder: Path) -> dict[str, str]:
    (folder / "sounddevice.py").write_text(NO_PORTAUDIO)
    return {**os.environ, "PYTHONPATH": f"{folder}:{os.getcwd()}"}


def test_good_recording_is_a_plain_table_and_code_0() -> None:
    done = doctor("--file", DEMO, "--seconds", "5")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    for name in ("Python", "libraries", "level", "band limit", "likeness", "model", "speed"):
        assert name in done.stdout


def test_json_is_one_object_with_a_schema() -> None:
    done = doctor("--file", DEMO, "--seconds", "5", "--json")
    values = json.loads(done.stdout)
    assert set(values) == {"version", "platform", "fit", "findings"}
    assert values["fit"] is True
    for finding in values["findings"]:
        assert set(finding) == {"name", "state", "value", "unit", "meaning", "cure"}
        assert finding["state"] in ("ok", "warning", "bad")
        assert isinstance(finding["value"], int | float | str | None)
        assert all(isinstance(finding[key], str) for key in ("name", "unit", "meaning", "cure"))
        assert bool(finding["cure"]) == (finding["state"] != "ok")
    assert len(findings(done)) == len(values["findings"])


def test_warnings_alone_are_code_0(tmp_path: Path) -> None:
    faint = 1e-3 * np.random.default_rng(0).standard_normal(3 * 22_050)
    sf.write(tmp_path / "faint.wav", faint, 22_050)
    done = doctor("--file", tmp_path / "faint.wav", "--json")
    assert done.returncode == 0
    assert findings(done)["level"]["state"] == "warning"
    assert findings(done)["level"]["value"] == pytest.approx(-60, abs=0.2)


def test_silence_is_code_1_and_says_so_in_one_line() -> None:
    done = doctor("--file", "silence", "--seconds", "3", "--json")
    assert done.returncode == 1
    assert findings(done)["silence"]["state"] == "bad"
    assert json.loads(done.stdout)["fit"] is False
    assert "silence" in done.stderr
    assert done.stderr.count("\n") == 1


def test_broken_model_is_code_1_and_the_sound_is_reported(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"nothing of the kind")
    done = doctor("--file", DEMO, "--seconds", "3", "--model", tmp_path / "broken.onnx", "--json")
    assert done.returncode == 1
    found = findings(done)
    assert found["model"]["state"] == "bad"
    assert found["level"]["state"] == "ok"
    assert "speed" not in found


def test_without_portaudio_the_rest_is_reported(tmp_path: Path) -> None:
    done = doctor("--json", env=without_portaudio(tmp_path))
    assert done.returncode == 1
    found = findings(done)
    assert found["PortAudio"]["state"] == "bad"
    assert "PortAudio" in found["PortAudio"]["meaning"]
    assert found["PortAudio"]["cure"]
    assert found["Python"]["state"] == found["model"]["state"] == "ok"


def test_a_recording_needs_no_portaudio(tmp_path: Path) -> None:
    done = doctor("--file", DEMO, "--seconds", "3", env=without_portaudio(tmp_path))
    assert done.returncode == 0


@pytest.mark.parametrize("file", ["missing.wav", "tone:nothing"])
def test_file_that_cannot_be_read_is_one_line(file: str) -> None:
    done = doctor("--file", file)
    assert done.returncode in (1, 2)
    assert file in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["--seconds", "0"], ["--seconds", "601"], ["--channel", "top"], ["--device", "pulse"]],
)
def test_wrong_usage_is_one_line_and_code_2(words: list[str]) -> None:
    done = doctor(*words, "--file", DEMO)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.device
def test_microphone_that_hears_music_is_fit(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    samples, rate = sf.read(DEMO, frames=20 * 44_100)
    sf.write(tmp_path / "music.wav", samples, rate)
    with virtual_microphone.playing(tmp_path / "music.wav"):
        done = doctor("--device", "pulse", "--json")
    found = findings(done)
    assert done.returncode == 0
    assert found["input"]["value"] == "pulse"
    assert found["level"]["value"] > -30
    assert found["likeness"]["state"] == "ok"
