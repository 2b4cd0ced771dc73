"""``livegenre listen`` as a person runs it, on a microphone that hears real music."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from scipy.signal import fftconvolve

from livegenre.arrays import FloatArray
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
    (header, *events, end), code, errors = heard
    decisions = [event for event in events if event["type"] == "decision"]
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
    events = [json.loads(line) for line in output.splitlines()]
    assert done.returncode == 0
    assert errors == ""
    assert {e["state"] for e in events if e["type"] == "decision"} == {"silence"}
    devices = [event for event in events if event["type"] == "device"]
    assert [(e["state"], e["trouble"]) for e in devices] == [("muted", "nothing is playing")]


def read_event(process: subprocess.Popen[str], kind: str = "decision") -> dict[str, Any]:
    """Return the next event of a kind that ``listen`` writes."""
    assert process.stdout is not None
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["type"] == kind:
            return event
    raise AssertionError("listen ended")


def assert_input_alone_is_told(errors: str) -> None:
    told = errors.splitlines()
    assert told
    assert all(line.startswith("livegenre: input: ") for line in told)


def test_unplugged_microphone_names_a_genre_again_after_its_return(
    virtual_microphone: VirtualMicrophone, orchestra: Path
) -> None:
    with listen("--jsonl", "-", "--headless") as process:
        before = read_event(process)
        assert before["lost"] == 0
        virtual_microphone.unplug()
        virtual_microphone.plug_in()
        with virtual_microphone.playing(orchestra):
            decision = before
            while decision["label"] != "classical":
                decision = read_event(process)
        assert decision["lost"] > 0
        assert decision["time"] > before["time"] + decision["lost"] / 44_100
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert_input_alone_is_told(errors)
    end = json.loads(output.splitlines()[-1])
    assert end["reason"] == "interrupted"


def test_hung_sound_server_does_not_keep_it_from_ending(
    virtual_microphone: VirtualMicrophone,
) -> None:
    with listen("--jsonl", "-", "--headless") as process:
        read_event(process)
        with virtual_microphone.hung():
            lines = [read_event(process, "device")]
            while lines[-1]["trouble"] != "the sound system does not answer":
                lines.append(read_event(process, "device"))
            stopped_at = time.monotonic()
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=10)
            assert time.monotonic() - stopped_at < 2.0
    stalled = [line["trouble"] for line in lines if line["state"] == "stalled"]
    assert stalled == ["its stream gives nothing", "the sound system does not answer"]
    assert process.returncode == 130
    assert_input_alone_is_told(errors)
    assert json.loads(output.splitlines()[-1])["reason"] == "interrupted"


def test_two_instances_hear_side_by_side(
    virtual_microphone: VirtualMicrophone, orchestra: Path
) -> None:
    with (
        listen("--jsonl", "-", "--headless") as one,
        listen("--jsonl", "-", "--headless") as other,
    ):
        for process in (one, other):
            read_event(process)
        with virtual_microphone.playing(orchestra):
            for process in (one, other):
                while (decision := read_event(process))["label"] != "classical":
                    pass
                assert decision["lost"] == 0
            one.send_signal(signal.SIGINT)
            assert one.wait(10) == 130
            lines = [read_event(other) for _ in range(4)]
        other.send_signal(signal.SIGINT)
        assert other.wait(10) == 130
    assert lines[-1]["lost"] == 0
    assert lines[-1]["label"] == "classical"


def test_late_microphone_is_waited_for(virtual_microphone: VirtualMicrophone) -> None:
    virtual_microphone.unplug()
    with listen("--jsonl", "-", "--headless", "--wait", "--duration", "3") as process:
        time.sleep(2.0)
        assert process.poll() is None
        virtual_microphone.plug_in()
        assert read_event(process)["lost"] == 0
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    waits, *_, hears = errors.splitlines()
    assert waits.startswith("livegenre: input: reconnecting (")
    assert re.match(r"livegenre: input: (live|muted)", hears)


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


def sounding_decisions(output: str) -> dict[float, dict[str, Any]]:
    """Return the decisions on windows that are not silent, by the time of their end."""
    rows = [json.loads(line) for line in output.splitlines()]
    return {
        round(row["time"], 3): row
        for row in rows
        if row["type"] == "decision" and row["raw_posterior"]
    }


def lag_of(music: FloatArray, recorded: FloatArray) -> int:
    """Return at which sample of a recording music begins, by their cross-correlation."""
    return int(fftconvolve(recorded, music[::-1]).argmax()) - len(music) + 1


def test_listening_answers_as_replay_of_the_same_file_does(
    virtual_microphone: VirtualMicrophone, orchestra: Path, tmp_path: Path
) -> None:
    take = tmp_path / "take.wav"
    with listen("--jsonl", "-", "--headless", "--record", str(take)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        virtual_microphone.play(orchestra)
        process.send_signal(signal.SIGINT)
        heard, _ = process.communicate(timeout=30)
    music, sample_rate = sf.read(orchestra, dtype="float32", always_2d=True)
    recorded, _ = sf.read(take, dtype="float32")
    lag = lag_of(music.mean(axis=1), recorded)
    aligned = np.zeros(len(recorded), np.float32)
    aligned[lag : lag + len(music)] = music.mean(axis=1)[: len(recorded) - lag]
    sf.write(tmp_path / "aligned.wav", aligned, sample_rate, subtype="FLOAT")
    command = [*LISTEN[:3], "replay", str(tmp_path / "aligned.wav"), "--speed", "max"]
    replayed = subprocess.run(
        [*command, "--jsonl", "-", "--headless"], capture_output=True, text=True, timeout=60
    )
    live, replay = sounding_decisions(heard), sounding_decisions(replayed.stdout)
    inside = [end for end in live if end in replay and end > lag / sample_rate + 3.1]
    assert len(inside) > 10
    for end in inside:
        for name in ("raw_posterior", "posterior"):
            assert live[end][name] == pytest.approx(replay[end][name], abs=0.02)
        assert [live[end][k] for k in ("state", "label")] == [
            replay[end][k] for k in ("state", "label")
        ]
