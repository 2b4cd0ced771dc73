"""livegenre in other programs: the command line's decisions, and nothing left behind."""

import gc
import inspect
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf

import livegenre
from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from tests.fake_sounddevice import FakeDevice, install
from tests.virtual_microphone import PATIENCE_SECONDS, VirtualMicrophone

RATE = 22_050


@pytest.fixture
def song(tmp_path: Path, loud_noise: FloatArray) -> Path:
    sf.write(tmp_path / "song.wav", loud_noise, RATE)
    return tmp_path / "song.wav"


def is_open(path: Path) -> bool:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("no /proc to look at")
    links = (os.readlink(entry) for entry in folder.iterdir() if entry.is_symlink())
    return str(path) in links


def told_by_the_command(*words: str | Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "livegenre", "replay", *map(str, words)]
    done = subprocess.run(
        [*command, "--speed", "max", "--headless", "--jsonl", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = map(json.loads, done.stdout.splitlines())
    return [comparable(line) for line in lines if line["type"] == "decision"]


def comparable(values: dict[str, Any]) -> dict[str, Any]:
    """Round as JSON Lines do; leave out what no two runs have in common."""

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: rounded(inner) for name, inner in value.items()}
        return round(value, 6) if isinstance(value, float) else value

    return {
        name: rounded(value)
        for name, value in values.items()
        if name not in ("type", "compute_seconds")
    }


def test_decisions_are_those_of_the_command_line() -> None:
    heard = [comparable(asdict(decision)) for decision in livegenre.replay(duration_seconds=12)]
    assert heard == told_by_the_command("--duration", "12")


def test_every_option_means_what_its_flag_means(song: Path, tiny_model: Path) -> None:
    decisions = livegenre.replay(
        song,
        start_seconds=1,
        loop=True,
        channel="1",
        gain_db=6,
        duration_seconds=8,
        model=str(tiny_model),
        step_seconds=0.25,
        silence_dbfs=-20,
        unsure=0.8,
        smoothing_seconds=1,
        hold_seconds=2,
    )
    assert [comparable(asdict(decision)) for decision in decisions] == told_by_the_command(
        *(song, "--start", "1", "--loop", "--channel", "1", "--gain", "6", "--duration", "8"),
        *("--model", tiny_model, "--step", "0.25", "--silence", "-20", "--unsure", "0.8"),
        *("--smoothing", "1", "--hold", "2"),
    )


def test_speed_is_times_real_time(song: Path, tiny_model: Path) -> None:
    began = time.monotonic()
    assert list(livegenre.replay(song, model=str(tiny_model), speed=12))
    assert time.monotonic() - began >= 6 / 12


def endless(song: Path, model: Path) -> Generator[Decision, None, None]:
    return livegenre.replay(song, loop=True, model=str(model))


def test_nothing_is_open_before_the_first_decision(song: Path, tiny_model: Path) -> None:
    decisions = endless(song, tiny_model)
    assert not is_open(song)
    next(decisions)
    assert is_open(song)
    decisions.close()


def test_closing_closes_everything(song: Path, tiny_model: Path) -> None:
    with closing(endless(song, tiny_model)) as decisions:
        next(decisions)
        assert is_open(song)
    assert not is_open(song)


def test_breaking_out_closes_everything(song: Path, tiny_model: Path) -> None:
    for _ in endless(song, tiny_model):
        assert is_open(song)
        break
    gc.collect()
    assert not is_open(song)


def test_a_generator_nobody_holds_closes_everything(song: Path, tiny_model: Path) -> None:
    decisions = endless(song, tiny_model)
    next(decisions)
    assert is_open(song)
    del decisions
    gc.collect()
    assert not is_open(song)


def test_an_error_of_the_reader_closes_everything(song: Path, tiny_model: Path) -> None:
    def fail(decisions: Generator[Decision, None, None]) -> None:
        for _ in decisions:
            raise ValueError("the reader's own")

    with pytest.raises(ValueError, match="the reader's own"):
        fail(endless(song, tiny_model))
    gc.collect()
    assert not is_open(song)


def test_it_runs_on_several_threads_at_once(song: Path, tiny_model: Path) -> None:
    heard: list[list[str | None]] = []

    def hear() -> None:
        heard.append([decision.label for decision in livegenre.replay(song, model=str(tiny_model))])

    threads = [threading.Thread(target=hear) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard[0]
    assert heard == [heard[0]] * 3


def test_signals_stay_the_programs_own(song: Path, tiny_model: Path) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    for _ in livegenre.replay(song, model=str(tiny_model)):
        assert [signal.getsignal(number) for number in numbers] == before


def test_stop_ends_it_from_another_thread(song: Path, tiny_model: Path) -> None:
    stop = threading.Event()
    ended = threading.Event()

    def hear() -> None:
        for _ in livegenre.replay(song, loop=True, speed=8, model=str(tiny_model), stop=stop):
            heard.set()
        ended.set()

    heard = threading.Event()
    threading.Thread(target=hear, daemon=True).start()
    assert heard.wait(PATIENCE_SECONDS)
    assert not ended.is_set()
    stop.set()
    assert ended.wait(PATIENCE_SECONDS)


def test_stopped_before_the_first_decision_is_no_error(song: Path, tiny_model: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert list(livegenre.replay(song, model=str(tiny_model), stop=stop)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gain_db", 61),
        ("duration_seconds", 0),
        ("step_seconds", math.nan),
        ("silence_dbfs", math.inf),
        ("unsure", 1.5),
        ("smoothing_seconds", -1),
        ("hold_seconds", -0.1),
        ("start_seconds", -1),
        ("speed", 0),
    ],
)
def test_a_number_out_of_its_domain_is_told_at_once(name: str, value: float) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(livegenre.UsageError, match=f"^{name}: .* is not "):
        livegenre.replay(**options)
    if name not in ("start_seconds", "speed"):
        with pytest.raises(livegenre.UsageError, match=f"^{name}: .* is not "):
            livegenre.listen(**options)


def test_a_wrong_channel_is_told_at_once() -> None:
    for hear in (livegenre.listen, livegenre.replay):
        with pytest.raises(livegenre.UsageError, match=r"^channel middle: choose 1, 2"):
            hear(channel="middle")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("channel", None),
        ("channel", 1),
        ("model", None),
        ("gain_db", None),
        ("gain_db", "6"),
        ("duration_seconds", "6"),
        ("hold_seconds", "1"),
        ("start_seconds", None),
        ("speed", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_at_once(name: str, value: object) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(livegenre.UsageError, match=f"^{name}: {value!r} is no"):
        livegenre.replay(**options)
    if name not in ("start_seconds", "speed"):
        with pytest.raises(livegenre.UsageError, match=f"^{name}: {value!r} is no"):
            livegenre.listen(**options)


def test_errors_name_keywords_and_no_flags(song: Path, tiny_model: Path) -> None:
    def told(**options: Any) -> str:
        with pytest.raises(livegenre.LivegenreError) as raised:
            next(livegenre.replay(**{"path": song, "model": str(tiny_model), **options}))
        assert "--" not in str(raised.value)
        return str(raised.value)

    assert "; start_seconds is beyond that" in told(start_seconds=1_000)
    assert told(path="-", loop=True).startswith("loop: standard input cannot begin again")
    assert told(step_seconds=1e6).startswith("step_seconds 1e+06: too long")
    assert "(a file can loop)" in told(duration_seconds=0.5)


def test_a_device_may_be_named_by_its_index(
    monkeypatch: pytest.MonkeyPatch, tiny_model: Path
) -> None:
    install(monkeypatch, FakeDevice(name="Built-in"), FakeDevice(name="Scarlett"))
    for device in (7, "7"):
        with pytest.raises(livegenre.DeviceError, match="no input '7'; there are: 0 'Built-in'"):
            next(livegenre.listen(device, model=str(tiny_model)))


def test_what_cannot_be_had_is_told_with_the_first_decision(
    song: Path, tiny_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(livegenre.FileError, match=r"missing\.wav"):
        next(livegenre.replay(tmp_path / "missing.wav"))
    with pytest.raises(livegenre.ModelError, match="classic"):
        next(livegenre.replay(song, model="jazzy"))
    with pytest.raises(livegenre.SourceError, match="too short"):
        next(livegenre.replay(song, duration_seconds=0.5, model=str(tiny_model)))


def test_listen_and_replay_call_the_same_things_the_same() -> None:
    listens, replays = (
        {name: (p.annotation, p.default) for name, p in inspect.signature(f).parameters.items()}
        for f in (livegenre.listen, livegenre.replay)
    )
    common = listens.keys() & replays.keys()
    assert listens.keys() - common == {"device", "wait"}
    assert replays.keys() - common == {"path", "speed", "start_seconds", "loop"}
    assert {name: listens[name] for name in common} == {name: replays[name] for name in common}


def test_public_names_are_there_and_no_others() -> None:
    assert {"listen", "replay", "Decision", "LivegenreError"} <= set(dir(livegenre))
    assert livegenre.Decision is Decision
    with pytest.raises(AttributeError, match="has no attribute 'dance'"):
        livegenre.dance  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.device
def test_a_device_is_heard_and_let_go_of(virtual_microphone: VirtualMicrophone) -> None:
    threads = set(threading.enumerate())
    decisions = livegenre.listen("pulse", step_seconds=0.2)
    assert next(decisions).state == "silence"
    assert set(threading.enumerate()) - threads
    del decisions
    gc.collect()
    assert set(threading.enumerate()) == threads


@pytest.mark.device
def test_listening_ends_with_its_duration(virtual_microphone: VirtualMicrophone) -> None:
    times = [decision.time for decision in livegenre.listen("pulse", duration_seconds=2)]
    assert times
    assert max(times) <= 2.1
