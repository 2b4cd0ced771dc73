import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from livegenre.arguments import parse
from livegenre.decision import Decider
from tests.conftest import DEMO, write_model

LIVEGENRE = [sys.executable, "-m", "livegenre"]
RATE = 22_050


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LIVEGENRE, *map(str, words)], capture_output=True, text=True, timeout=60, **options
    )


def replay(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return run("replay", *words, "--speed", "max", **options)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def decisions_of(text: str) -> list[dict[str, Any]]:
    return [line for line in lines(text) if line["type"] == "decision"]


def noise(seconds: float, rate: int = RATE) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    samples = np.random.default_rng(3).standard_normal(round(seconds * rate)) * 0.1
    return samples.astype(np.float32)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    sf.write(tmp_path / "song.wav", noise(6), RATE)
    return tmp_path / "song.wav"


def test_jsonl_on_stdout_is_header_decisions_and_end(song: Path) -> None:
    done = replay(song, "--jsonl", "-")
    assert done.returncode == 0
    header, *_, end = lines(done.stdout)
    decisions = decisions_of(done.stdout)
    assert header["type"] == "header"
    assert header["source"] == "song.wav"
    assert header["sample_rate"] == RATE
    changes = [line for line in lines(done.stdout) if line["type"] == "change"]
    assert len(changes) + len(decisions) == len(lines(done.stdout)) - 2
    assert [(c["time"], c["from"]) for c in changes] == [(decisions[0]["time"], None)]
    assert [d["time"] for d in decisions] == sorted(d["time"] for d in decisions)
    assert all(set(d["posterior"]) == set(header["labels"]) for d in decisions if d["posterior"])
    assert end == {
        "type": "end",
        "reason": "end",
        "seconds": 6.0,
        "lost": 0,
        "interruptions": 0,
        "missing_seconds": 0.0,
        "clipped": 0,
    }


def test_gain_makes_it_louder(song: Path) -> None:
    plain, louder = (
        [line["level_dbfs"] for line in lines(done.stdout) if line["type"] == "decision"]
        for done in (
            replay(song, "--headless", "--jsonl", "-"),
            replay(song, "--headless", "--jsonl", "-", "--gain", "6"),
        )
    )
    np.testing.assert_allclose(np.array(louder) - plain, 6.0, atol=1e-3)


def test_replay_writes_no_file(song: Path, tmp_path: Path) -> None:
    """Nor does any library in the user's name; ONNX Runtime would, and tell its makers."""
    home = tmp_path / "home"
    home.mkdir()
    variables = {k: v for k, v in os.environ.items() if k not in ("CI", "ORT_DISABLE_TELEMETRY")}
    variables |= dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(home))
    assert replay(song, "--headless", cwd=home, env=variables).returncode == 0
    assert list(home.rglob("*")) == []


def test_people_read_on_stderr_when_jsonl_has_stdout(song: Path) -> None:
    assert "song.wav" in replay(song, "--jsonl", "-").stderr
    assert replay(song, "--jsonl", "-", "--headless").stderr == ""


def test_plain_lines_without_a_terminal(song: Path) -> None:
    done = replay(song)
    assert done.returncode == 0
    assert done.stdout.startswith("livegenre: song.wav")
    assert "\x1b" not in done.stdout


def test_jsonl_file_is_appended_to(song: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    for _ in range(2):
        assert replay(song, "--jsonl", log, "--headless").stdout == ""
    assert [line["type"] for line in lines(log.read_text())].count("header") == 2


def test_demo_needs_no_file_and_duration_and_step_are_kept() -> None:
    done = replay("--duration", "5", "--step", "1", "--jsonl", "-")
    header, *_, end = lines(done.stdout)
    decisions = decisions_of(done.stdout)
    assert header["source"] == DEMO.name
    assert end["seconds"] == 5.0
    np.testing.assert_allclose(np.diff([d["time"] for d in decisions]), 1.0, atol=0.02)


@pytest.mark.parametrize("name", ["tone:220", "sweep", "noise:pink", "noise:white"])
def test_signals_need_no_file(name: str) -> None:
    done = replay(name, "--duration", "4", "--jsonl", "-")
    assert done.returncode == 0
    assert lines(done.stdout)[0]["source"] == name


def test_silence_is_called_silence() -> None:
    decisions = decisions_of(replay("silence", "--duration", "4", "--jsonl", "-").stdout)
    assert {d["state"] for d in decisions} == {"silence"}
    assert {d["label"] for d in decisions} == {None}


def test_speed_is_times_real_time(song: Path) -> None:
    began = time.monotonic()
    assert run("replay", song, "--speed", "4", "--headless").returncode == 0
    assert time.monotonic() - began >= 6 / 4


def test_pipe_of_wav_and_of_raw_samples_give_what_the_file_gives(song: Path) -> None:
    def posteriors(done: subprocess.CompletedProcess[Any]) -> list[Any]:
        return [line["posterior"] for line in decisions_of(done.stdout)]

    expected = posteriors(replay(song, "--jsonl", "-"))
    raw = sf.read(song, dtype="int16")[0].tobytes()
    sent: list[tuple[list[str], bytes]] = [
        ([], song.read_bytes()),
        (["--raw", f"{RATE},1,s16le"], raw),
    ]
    for words, data in sent:
        command = [*LIVEGENRE, "replay", "-", *words, "--speed", "max", "--jsonl", "-"]
        done = subprocess.run(command, input=data, capture_output=True, timeout=60)
        assert done.returncode == 0
        assert posteriors(done) == expected


def test_verify_passes_and_prints_the_largest_difference() -> None:
    done = run("replay", "--verify", "--duration", "6")
    assert done.returncode == 0
    assert re.search(r"largest difference of stream and batch: \d\.\de[-+]\d\d", done.stdout)


def assert_one_clear_line(done: subprocess.CompletedProcess[str], code: int, word: str) -> None:
    assert done.returncode == code, done.stderr
    assert re.fullmatch(r"livegenre[ a-z]*: [^\n]+\n", done.stderr), done.stderr
    assert word in done.stderr


def wav_header(*, channels: int = 1, rate: int = RATE) -> bytes:
    data = bytes(200_000)
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, 2 * channels, 16)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def not_finite(value: float) -> bytes:
    import io

    samples = noise(3)
    samples[RATE] = value
    stream = io.BytesIO()
    sf.write(stream, samples, RATE, format="WAV", subtype="FLOAT")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("text.wav", b"this is no sound at all\n" * 50),
        ("text.mp3", b"this is no sound at all\n" * 50),
        ("nothing.wav", wav_header()[:44]),
        ("zero-channels.wav", wav_header(channels=0)),
        ("one-hertz.wav", wav_header(rate=1)),
        ("768-kilohertz.wav", wav_header(rate=768_000)),
        ("nan.wav", not_finite(np.nan)),
        ("infinite.wav", not_finite(-np.inf)),
        ("corrupt.flac", b"fLaC" + bytes(range(256)) * 20),
        ("short.wav", wav_header(rate=384_000)),
    ],
)
def test_bad_file_is_one_line_that_names_it(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert_one_clear_line(replay(tmp_path / name, "--headless"), 1, name)


def test_truncated_file_keeps_what_was_heard_before_the_damage(tmp_path: Path) -> None:
    sf.write(tmp_path / "cut.flac", noise(20), RATE)
    whole = (tmp_path / "cut.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    done = replay(tmp_path / "cut.flac", "--jsonl", "-", "--headless")
    assert_one_clear_line(done, 1, "cut.flac")
    header, *_, end = lines(done.stdout)
    decisions = decisions_of(done.stdout)
    assert header["type"] == "header"
    assert decisions[-1]["time"] > 8
    assert end["reason"] == "error"


@pytest.mark.parametrize("path", ["missing.wav", ".", "/dev/null"])
def test_path_that_is_no_file_is_one_line(tmp_path: Path, path: str) -> None:
    assert_one_clear_line(replay(path, "--headless", cwd=tmp_path), 1, path)


def test_file_shorter_than_the_shortest_window_says_how_much_is_needed(tmp_path: Path) -> None:
    sf.write(tmp_path / "blip.wav", noise(0.5), RATE)
    done = replay(tmp_path / "blip.wav", "--headless")
    assert_one_clear_line(done, 1, "blip.wav: 0.50 s of sound is too short")


def test_bad_models_are_one_line(make_model: Callable[..., Path], tmp_path: Path) -> None:
    bare = write_model(tmp_path / "bare.onnx", None)

    def complaint(model: str | Path, word: str) -> None:
        done = replay("tone:220", "--duration", "3", "--model", model, "--headless")
        assert_one_clear_line(done, 1, word)

    complaint(bare, "no card")
    complaint(make_model(n_labels=3), "labels")
    complaint(make_model(n_features=40), "features")
    complaint(tmp_path / "none.onnx", "no such file")
    complaint(DEMO, "demo.ogg: not a usable ONNX file")
    complaint("jazzy", "classic")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["dance"],
        ["replay", "--speed", "0"],
        ["replay", "--speed", "fast"],
        ["replay", "--start", "-1"],
        ["replay", "--duration", "nan"],
        ["replay", "--unsure", "2"],
        ["replay", "--channel", "middle"],
        ["replay", "--silence", "abc"],
        ["replay", "--gain", "61"],
        ["replay", "--step", "1e5"],
        ["replay", "--start", "1e308"],
        ["replay", "--verify", "--jsonl", "-"],
        ["replay", "--verify", "tone:220"],
        ["replay", "-", "--raw", "44100,2"],
        ["replay", "song.wav", "--raw", "44100,2,s16le"],
        ["listen", "--speed", "2"],
    ],
)
def test_wrong_usage_is_one_line_and_code_2(words: list[str]) -> None:
    done = run(*words, stdin=subprocess.DEVNULL)
    assert_one_clear_line(done, 2, "")


def test_password_behind_a_misspelt_flag_is_not_repeated() -> None:
    done = run("replay", "demo", "--mqqt", "mqtt://me:hunter2@nas.local", stdin=subprocess.DEVNULL)
    assert_one_clear_line(done, 2, "mqtt://me:***@nas.local")


def test_jsonl_that_cannot_be_written_is_one_line(song: Path, tmp_path: Path) -> None:
    done = replay(song, "--jsonl", tmp_path / "no" / "log.jsonl", "--headless")
    assert_one_clear_line(done, 1, "log.jsonl")


def test_no_portaudio_is_one_line_that_names_the_cure(tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.getcwd()}"}
    for words in (["listen", "--headless"], ["devices"], ["replay", "--play", "--headless"]):
        assert_one_clear_line(run(*words, env=environment), 1, "PortAudio")


def test_control_characters_in_a_name_do_not_reach_the_terminal() -> None:
    assert_one_clear_line(replay("bad\nname\x1b[2J.wav", "--headless"), 1, "bad?name?[2J.wav")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_disk_is_one_line(song: Path) -> None:
    for words in ([], ["--jsonl", "-"], ["--verify"]):
        with open("/dev/full", "w") as full:
            command = [*LIVEGENRE, "replay", str(song), "--speed", "max", "--plain", *words]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 1
        assert re.search(
            r"^livegenre: [^\n]*No space left on device\n\Z", done.stderr, re.MULTILINE
        )
        assert "Traceback" not in done.stderr
    done = replay(song, "--jsonl", "/dev/full", "--headless")
    assert_one_clear_line(done, 1, "/dev/full: No space left")


def test_closed_streams_are_no_trouble(song: Path) -> None:
    replay_song = f"{sys.executable} -m livegenre replay {song} --speed max"
    for command in (
        f"{replay_song} --plain >&-",
        f"{replay_song} --jsonl - 2>&- >/dev/null",
        f"{replay_song} --headless <&-",
        f"{replay_song} --headless <&- >&- 2>&-",
    ):
        done = subprocess.run(command, shell=True, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_help_into_a_reader_that_went_away_is_quiet() -> None:
    command = f"{sys.executable} -m livegenre replay --help | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stdout in ("0\n", "1\n")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_reader_that_goes_away_ends_it_in_one_line(song: Path) -> None:
    command = [*LIVEGENRE, "replay", str(song), "--loop", "--jsonl", "-", "--headless"]
    process = subprocess.Popen(
        [*command, "--speed", "max"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 1
    assert re.fullmatch(r"livegenre: [^\n]*\n", process.stderr.read())
    process.stderr.close()


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    log = tmp_path / "log.jsonl"
    command = [*LIVEGENRE, "replay", "--loop", "--jsonl", str(log), "--headless"]
    with subprocess.Popen(
        [*command, "--speed", "20"], stderr=subprocess.PIPE, text=True
    ) as process:
        while not (log.exists() and log.read_text().count("\n") > 3):
            time.sleep(0.01)
        yield process, log
        process.kill()


@pytest.mark.parametrize(
    ("number", "reason"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")]
)
def test_interrupted_session_leaves_a_whole_log(
    endless: tuple[subprocess.Popen[str], Path], number: signal.Signals, reason: str
) -> None:
    process, log = endless
    process.send_signal(number)
    assert process.wait(30) == 130
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    assert lines(log.read_text())[-1]["reason"] == reason


def test_interrupted_pipeline_is_quiet(song: Path) -> None:
    for words in ("--headless --jsonl -", "--plain"):
        loop = f"{sys.executable} -m livegenre replay {song} --loop {words} | cat"
        process = subprocess.Popen(
            ["bash", "-c", f"set -o pipefail; {loop}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert errors == ""


def test_models_are_listed_with_what_they_are_worth() -> None:
    done = run("models")
    assert done.returncode == 0
    assert re.search(
        r"^classic: 10 labels; 59\.3 % \[54\.0-64\.4\] of 343 clips, .* MB; ", done.stdout
    )
    assert re.search(r"^tags: 50 labels; ROC AUC 0\.\d+ \[", done.stdout, re.MULTILINE)


def test_tags_are_a_model_like_the_others() -> None:
    done = run("replay", "--model", "tags", "--speed", "max", "--headless", "--jsonl", "-")
    header, *_ = lines(done.stdout)
    decisions = decisions_of(done.stdout)
    assert header["multi_label"]
    assert decisions[0]["posterior"] == pytest.approx(decisions[0]["raw_posterior"], abs=1e-3)
    assert {"rock", "metal", "heavy metal"} & {decision["label"] for decision in decisions}
    assert all(set(d["tags"]) <= set(header["labels"]) for d in decisions)
    assert run("replay", "--model", "tags", "--verify", "--duration", "4").returncode == 0


def test_asked_threshold_takes_the_place_of_every_labels_own() -> None:
    done = run(
        *("replay", "--model", "tags", "--speed", "max", "--duration", "8", "--plain"),
        *("--unsure", "1"),
    )
    assert "unsure 100 %; no change\n" in done.stdout


def test_card_of_a_model_is_shown(tiny_model: Path) -> None:
    assert json.loads(run("models", "show", tiny_model).stdout)["labels"] == ["quiet", "loud"]
    assert_one_clear_line(run("models", "show", "jazzy"), 1, "classic")


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for words, example in [
        ([], "livegenre replay song.mp3"),
        (["replay"], "--raw 44100,2,s16le"),
        (["listen"], "--jsonl - | jq"),
    ]:
        with pytest.raises(SystemExit) as ended:
            parse([*words, "--help"])
        assert ended.value.code == 0
        assert example in capsys.readouterr().out


def test_help_names_the_defaults_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    decider = Decider(("a", "b"), unsure_threshold=0.5)
    with pytest.raises(SystemExit):
        parse(["replay", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert f"silence (default {decider.silence_dbfs:g})" in text
    assert f"time constant (default {decider.smoothing_seconds:g})" in text
    assert f"shortest life of a label (default {decider.hold_seconds:g})" in text
