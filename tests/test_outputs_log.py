"""The log: rows with their time and session; a full disk delays nothing and loses nothing."""

import csv
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

import pytest

from livegenre.outputs.base import Change, DeviceChange, End, Event
from livegenre.outputs.detached import Detached
from livegenre.outputs.linefile import N_WAITING
from livegenre.outputs.log import Log
from livegenre.outputs.sheet import COLUMNS
from tests.test_outputs_jsonl import DECISION, HEADER
from tests.waiting import wait_until

TOLD_AT = datetime.fromisoformat("2026-01-02T03:04:06.500+01:00").timestamp()
CHANGE = Change(1.0, "a", "b", "genre", 0.8, 2.0)


def log_to(path: Path, *, limit: float = inf, said: Callable[[str], None] = print) -> Log:
    log = Log(str(path), limit_megabytes=limit, say=said)
    log.connect()
    return log


def tell_all(log: Log) -> None:
    log.start(HEADER)
    log.stamp(TOLD_AT)
    log.show(DECISION)
    log.change(CHANGE)
    log.device(DeviceChange(1.5, "stalled", "=gone", "mic", 480, 7))
    log.event(Event("mark", 2.0, {}))
    log.end(End("end", 2.5, 3, 2, 0.5, 7))
    log.close()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_table_has_a_row_for_all_that_was_told(tmp_path: Path) -> None:
    tell_all(log_to(tmp_path / "log.csv"))
    told = table(tmp_path / "log.csv")
    assert list(told[0]) == list(COLUMNS)
    events = [row["event"] for row in told]
    assert events == ["header", "decision", "change", "device", "mark", "end"]
    assert [row["seconds"] for row in told] == ["0.0", "1.234568", "1.0", "1.5", "2.0", "2.5"]
    assert len({row["session"] for row in told}) == 1
    assert (told[1]["label"], told[1]["posterior"], told[3]["state"]) == ("a", "0.8", "stalled")


@pytest.mark.parametrize("name", ["log.csv", "log.CSV", "log.jsonl", "log"])
def test_every_row_has_the_time_at_which_it_was_told(tmp_path: Path, name: str) -> None:
    tell_all(log_to(tmp_path / name))
    is_table = name.lower().endswith(".csv")
    times = (
        [row["time"] for row in table(tmp_path / name)]
        if is_table
        else [row["at"] for row in rows(tmp_path / name)]
    )
    assert times[0] == HEADER.start_time
    assert all(datetime.fromisoformat(text).utcoffset() is not None for text in times)
    assert {datetime.fromisoformat(text).timestamp() for text in times[1:]} == {TOLD_AT}


def test_json_lines_are_those_of_jsonl_with_time_and_session(tmp_path: Path) -> None:
    tell_all(log_to(tmp_path / "log.jsonl"))
    header, decision, change, *_, end = rows(tmp_path / "log.jsonl")
    assert (header["type"], header["schema"]) == ("header", 1)
    assert (decision["time"], decision["raw_posterior"]["a"]) == (1.234568, 0.123457)
    assert (change["from"], change["to"], end["reason"]) == ("a", "b", "end")
    assert list(decision)[:4] == ["type", "at", "session", "time"]


def test_sessions_differ_and_one_head_stands_above_them(tmp_path: Path) -> None:
    for _ in range(2):
        tell_all(log_to(tmp_path / "log.csv"))
    assert len({row["session"] for row in table(tmp_path / "log.csv")}) == 2
    assert (tmp_path / "log.csv").read_text().count("time,seconds") == 1


def test_session_is_no_number_to_a_spreadsheet(tmp_path: Path) -> None:
    tell_all(log_to(tmp_path / "log.csv"))
    assert table(tmp_path / "log.csv")[0]["session"].startswith("s")


def test_each_part_says_what_its_session_is_about(tmp_path: Path) -> None:
    log = log_to(tmp_path / "log.jsonl", limit=0.002)
    log.start(HEADER)
    for number in range(12):
        log.stamp(TOLD_AT + number)
        log.show(replace(DECISION, time=float(number)))
    log.close()
    parts = [tmp_path / "log.jsonl.2", tmp_path / "log.jsonl.1", tmp_path / "log.jsonl"]
    told = [rows(part) for part in parts]
    assert {part[0]["type"] for part in told} == {"header"}
    assert len({row["session"] for part in told for row in part}) == 1
    decisions = [row["time"] for part in told for row in part if row["type"] == "decision"]
    assert decisions == [float(number) for number in range(12)]


def test_full_disk_delays_nothing_and_loses_nothing_once_there_is_room(tiny_disk: Path) -> None:
    ballast, path = tiny_disk / "ballast", tiny_disk / "log.csv"
    ballast.write_bytes(b"x" * (64 - 8) * 1024)
    said: list[str] = []
    log = log_to(path)
    detached = Detached(log, said.append, n_waiting=N_WAITING, stamp=log.stamp)
    detached.start(HEADER)
    began = time.monotonic()
    for number in range(200):
        detached.show(replace(DECISION, time=float(number)))
    assert time.monotonic() - began < 1
    wait_until(lambda: bool(said), "a line on the trouble")
    assert path.read_bytes().endswith(b"\n")
    assert len(table(path)) < 200
    ballast.unlink()
    wait_until(lambda: len(said) > 1, "a second line")
    detached.end(End("end", 100.0, 0))
    full = "No space left on device; trying again"
    assert said == [f"log {path}: {full}", f"log {path}: goes on"]
    header, *decisions, end = table(path)
    assert (header["event"], end["event"]) == ("header", "end")
    assert [row["seconds"] for row in decisions] == [f"{number}.0" for number in range(200)]


def test_what_found_room_only_at_the_end_is_written_then(tiny_disk: Path) -> None:
    ballast, path = tiny_disk / "ballast", tiny_disk / "log.csv"
    ballast.write_bytes(b"x" * 60 * 1024)
    said: list[str] = []
    log = log_to(path)
    detached = Detached(log, said.append, stamp=log.stamp)
    ballast.write_bytes(b"x" * 64 * 1024)
    detached.start(HEADER)
    for number in range(10):
        detached.show(replace(DECISION, time=float(number)))
    wait_until(lambda: bool(said), "a line on the trouble")
    ballast.unlink()
    detached.end(End("end", 100.0, 0))
    assert said[-1] == f"log {path}: goes on"
    assert len(table(path)) == 12


def test_disk_that_stays_full_is_told_at_the_end_and_holds_nothing_up(tiny_disk: Path) -> None:
    path = tiny_disk / "log.csv"
    said: list[str] = []
    log = log_to(path)
    (tiny_disk / "ballast").write_bytes(b"x" * 64 * 1024)
    detached = Detached(log, said.append, stamp=log.stamp)
    detached.start(HEADER)
    detached.show(DECISION)
    wait_until(lambda: bool(said), "a line on the trouble")
    detached.end(End("end", 100.0, 0))
    assert said == [
        f"log {path}: No space left on device; trying again",
        f"log {path}: 2 messages were dropped (No space left on device)",
    ]
    assert path.read_bytes() == b""


def test_rows_that_waited_have_the_time_at_which_they_were_told(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "log.jsonl"
    path.parent.mkdir()
    log = log_to(path)
    log.close()
    path.unlink()
    path.parent.rmdir()
    said: list[str] = []
    detached = Detached(log, said.append, stamp=log.stamp)
    detached.start(HEADER)
    before = time.time()
    detached.show(DECISION)
    after = time.time()
    wait_until(lambda: bool(said), "a line on the trouble")
    path.parent.mkdir()
    wait_until(lambda: len(said) > 1, "a second line")
    detached.end(End("end", 100.0, 0))
    at = datetime.fromisoformat(rows(path)[1]["at"]).timestamp()
    assert before - 0.001 <= at <= after
