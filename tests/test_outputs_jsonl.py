import json
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import livegenre
from livegenre.decision import Decision
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header
from livegenre.outputs.detached import Detached
from livegenre.outputs.jsonl import SCHEMA, JsonLinesFile, JsonLinesPipe
from tests.rows import KeptRows

needs_pipes = pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
END = End("end", 1.0, 0)
HEADER = Header(
    model="tiny",
    labels=("a", "b"),
    multi_label=False,
    window_seconds=3.0,
    step_seconds=0.5,
    source="Björk \udcff.mp3",
    sample_rate=44_100,
    start_time="2026-01-02T03:04:05.678+01:00",
)
DECISION = Decision(
    time=1.23456789,
    state="genre",
    label="a",
    since=1.0,
    posterior={"a": 0.8, "b": 0.2},
    raw_posterior={"a": 0.123456789, "b": 0.876543211},
    early=True,
    level_dbfs=-20.5,
    lost=3,
    not_music=0.25,
    tags={"folk": 0.5},
    compute_seconds=0.001,
)


def test_session_is_a_header_a_line_a_decision_and_an_end() -> None:
    sink = KeptRows()
    sink.start(HEADER)
    sink.show(DECISION)
    sink.end(End("end", 2.5, 3, 2, 0.5, 7))
    header, decision, end = sink.lines
    assert header == {
        "type": "header",
        "schema": SCHEMA,
        "livegenre": livegenre.__version__,
        "model": "tiny",
        "labels": ["a", "b"],
        "multi_label": False,
        "window_seconds": 3.0,
        "step_seconds": 0.5,
        "source": "Björk \udcff.mp3",
        "sample_rate": 44_100,
        "start_time": "2026-01-02T03:04:05.678+01:00",
    }
    assert decision == {
        "type": "decision",
        "time": 1.234568,
        "state": "genre",
        "label": "a",
        "since": 1.0,
        "posterior": {"a": 0.8, "b": 0.2},
        "raw_posterior": {"a": 0.123457, "b": 0.876543},
        "early": True,
        "level_dbfs": -20.5,
        "lost": 3,
        "not_music": 0.25,
        "tags": {"folk": 0.5},
        "compute_seconds": 0.001,
    }
    assert end == {
        "type": "end",
        "reason": "end",
        "seconds": 2.5,
        "lost": 3,
        "interruptions": 2,
        "missing_seconds": 0.5,
        "clipped": 7,
    }


def test_change_of_the_device_is_a_line() -> None:
    sink = KeptRows()
    trouble = "the sound system does not answer"
    change = DeviceChange(1.23456789, "stalled", trouble, "Scarlett 2i2", 480, 7)
    sink.device(change)
    assert sink.lines[0] == {
        "type": "device",
        "time": 1.234568,
        "state": "stalled",
        "trouble": trouble,
        "device": "Scarlett 2i2",
        "lost": 480,
        "clipped": 7,
    }


def show_often(detached: Detached, n_times: int) -> None:
    for _ in range(n_times):
        detached.show(DECISION)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@needs_pipes
def test_lines_are_ascii_whatever_the_source_is_called(pipe: Path) -> None:
    detached = Detached(JsonLinesPipe(str(pipe)), print)
    detached.start(HEADER)
    with pipe.open("rb") as reader:
        assert reader.readline().isascii()
    detached.end(END)


@needs_pipes
def test_named_pipe_without_a_reader_delays_nothing_and_tells_each_reader_the_header(
    pipe: Path,
) -> None:
    said: list[str] = []
    detached = Detached(JsonLinesPipe(str(pipe)), said.append)
    detached.start(HEADER)
    show_often(detached, 200)
    with pipe.open() as reader:
        assert [json.loads(reader.readline())["type"] for _ in range(3)] == [
            *("header", "decision", "decision")
        ]
    while not said:
        detached.show(DECISION)
        time.sleep(0.02)
    with pipe.open() as reader:
        assert json.loads(reader.readline())["type"] == "header"
        detached.end(END)
        assert json.loads(reader.readlines()[-1])["type"] == "end"
    assert said[0].endswith("pipe: Broken pipe; trying again")


@needs_pipes
def test_pipe_that_was_set_never_to_wait_gets_every_line_whole(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    with open(writer, "w") as stdout, open(reader) as stream:
        monkeypatch.setattr(sys, "stdout", stdout)
        detached = Detached(JsonLinesPipe(), print, patient=True, vital=True)
        detached.start(HEADER)
        teller = threading.Thread(target=show_often, args=(detached, 1000))
        teller.start()
        os.set_blocking(reader, True)
        lines = [json.loads(stream.readline()) for _ in range(1001)]
        teller.join()
        detached.end(END)
    assert [line["type"] for line in lines] == ["header", *["decision"] * 1000]


def test_what_a_person_did_is_a_line_of_its_kind() -> None:
    sink = KeptRows()
    sink.event(Event("mark", 1.23456789, {}))
    sink.event(Event("seek", 2.0, {"position": 7.12345678, "before": 2.0}))
    sink.event(Event("model", 3.0, {"model": "tags", "labels": ("a", "b"), "multi_label": True}))
    mark, seek, model = sink.lines
    assert mark == {"type": "mark", "time": 1.234568}
    assert seek == {"type": "seek", "time": 2.0, "position": 7.123457, "before": 2.0}
    assert model["labels"] == ["a", "b"]


def test_change_tells_from_and_to() -> None:
    sink = KeptRows()
    sink.change(Change(4.0, "unsure", "a", "genre", 0.8, 3.5))
    assert sink.lines[0] == {
        "type": "change",
        "time": 4.0,
        "from": "unsure",
        "to": "a",
        "state": "genre",
        "posterior": 0.8,
        "duration": 3.5,
    }


def test_file_on_a_full_disk_gets_all_lines_and_one_header_once_there_is_room(
    tiny_disk: Path,
) -> None:
    ballast, path = tiny_disk / "ballast", tiny_disk / "log.jsonl"
    ballast.write_bytes(b"x" * (64 - 8) * 1024)
    said: list[str] = []
    detached = Detached(JsonLinesFile(str(path)), said.append, n_waiting=1000)
    detached.start(HEADER)
    for number in range(200):
        detached.show(replace(DECISION, time=float(number)))
    while not said:
        time.sleep(0.01)
    ballast.unlink()
    while len(said) < 2:
        time.sleep(0.01)
    detached.end(End("end", 100.0, 0))
    assert said[0].endswith("log.jsonl: No space left on device; trying again")
    header, *decisions, end = map(json.loads, path.read_text().splitlines())
    assert (header["type"], end["type"]) == ("header", "end")
    assert [row["time"] for row in decisions] == [float(number) for number in range(200)]
