import io
import json
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

import livegenre
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.base import Change, DeviceChange, End, EndReason, Event, Header
from livegenre.outputs.detached import Detached
from livegenre.outputs.jsonl import SCHEMA, JsonLines, JsonLinesFile

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
    stream = io.StringIO()
    sink = JsonLines(stream)
    sink.start(HEADER)
    sink.show(DECISION)
    sink.end(End("end", 2.5, 3, 2, 0.5, 7))
    header, decision, end = map(json.loads, stream.getvalue().splitlines())
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
    stream = io.StringIO()
    trouble = "the sound system does not answer"
    change = DeviceChange(1.23456789, "stalled", trouble, "Scarlett 2i2", 480, 7)
    JsonLines(stream).device(change)
    assert json.loads(stream.getvalue()) == {
        "type": "device",
        "time": 1.234568,
        "state": "stalled",
        "trouble": trouble,
        "device": "Scarlett 2i2",
        "lost": 480,
        "clipped": 7,
    }


def test_lines_are_ascii_whatever_the_source_is_called() -> None:
    stream = io.StringIO()
    JsonLines(stream).start(HEADER)
    assert stream.getvalue().isascii()


def test_every_line_is_in_the_file_once_written(tmp_path: Path) -> None:
    with (tmp_path / "log.jsonl").open("a") as stream:
        JsonLines(stream).show(DECISION)
        assert (tmp_path / "log.jsonl").read_text().count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_disk_is_an_error_that_names_the_file() -> None:
    stream = open("/dev/full", "w")  # noqa: SIM115 closing it fails by design
    with pytest.raises(OutputError, match="/dev/full: No space left"):
        JsonLines(stream).show(DECISION)
    with pytest.raises(OSError, match="No space"):
        stream.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows cannot be asked")
@pytest.mark.parametrize("reason", ["interrupted", "terminated"])
def test_told_to_end_it_does_not_wait_for_a_reader_that_hangs(reason: EndReason) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x")
    os.set_blocking(writer, True)
    rescue = threading.Timer(20, os.close, [reader])
    rescue.start()
    with (
        open(writer, "w") as stream,
        pytest.raises(OutputError, match="nobody reads it; its end is not told"),
    ):
        JsonLines(stream).end(End(reason, 1.0, 0))
    rescue.cancel()
    os.close(reader)


def test_what_a_person_did_is_a_line_of_its_kind() -> None:
    stream = io.StringIO()
    sink = JsonLines(stream)
    sink.event(Event("mark", 1.23456789, {}))
    sink.event(Event("seek", 2.0, {"position": 7.12345678, "before": 2.0}))
    sink.event(Event("model", 3.0, {"model": "tags", "labels": ("a", "b"), "multi_label": True}))
    mark, seek, model = map(json.loads, stream.getvalue().splitlines())
    assert mark == {"type": "mark", "time": 1.234568}
    assert seek == {"type": "seek", "time": 2.0, "position": 7.123457, "before": 2.0}
    assert model["labels"] == ["a", "b"]


def test_change_tells_from_and_to() -> None:
    stream = io.StringIO()
    JsonLines(stream).change(Change(4.0, "unsure", "a", "genre", 0.8, 3.5))
    assert json.loads(stream.getvalue()) == {
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
