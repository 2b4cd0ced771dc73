"""What logs hold is told again, as each session has told it itself, whatever befell the files."""

import io
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.decision import Decision, State
from livegenre.errors import LivegenreError, OutputError, UsageError
from livegenre.outputs.base import End, Event, Header
from livegenre.outputs.jsonl import JsonLinesFile
from livegenre.outputs.log import Log
from livegenre.screen.tally import Tally
from livegenre.screen.words import printable
from livegenre.summary import Request, summarise
from livegenre.summary.gathering import MOST_OPEN, Gathered, gather
from livegenre.summary.heard import ANY
from livegenre.summary.reading import LONGEST_LINE, read_rows
from tests.test_outputs_jsonl import DECISION, HEADER

WIDTH = 40
LABELS = ("rock", "pop", "=1+1", 'a "b", c', "é\n", "not music")


def decisions(answers: Sequence[str | None]) -> list[Decision]:
    """Return a decision a step; None is being unsure."""
    return [
        replace(
            DECISION,
            time=0.5 * (number + 1),
            state="unsure" if label is None else "genre",
            label=label,
            posterior={} if label is None else {label: 0.8},
            lost=0,
        )
        for number, label in enumerate(answers)
    ]


def write_log(path: Path, told: Sequence[Decision], *, ended: bool = True, mb: float = inf) -> None:
    log = Log(str(path), limit_megabytes=mb, say=print)
    log.connect()
    log.start(replace(HEADER, labels=LABELS))
    for decision in told:
        log.stamp(1.7e9 + decision.time)
        log.show(decision)
    if ended:
        log.end(End("end", 100.0, 0))
    log.close()


def write_jsonl(path: Path, told: Sequence[Decision], header: Header = HEADER) -> None:
    sink = JsonLinesFile(str(path))
    sink.connect()
    sink.start(header)
    for decision in told:
        sink.show(decision)
    sink.end(End("quit", 100.0, 0))
    sink.close()


def tally_of(told: Sequence[Decision]) -> Tally:
    tally = Tally(replace(ANY, labels=LABELS))
    for decision in told:
        tally.add(decision)
    return tally


def read(*paths: Path) -> Gathered:
    return gather(read_rows([str(path) for path in paths]), WIDTH)


def row_of(tally: Tally) -> list[tuple[str, str] | None]:
    return [held and (held[0], printable(held[1] or "")) for held in tally.row(WIDTH)]


def text_of(*paths: Path, last: bool = False, as_json: bool = False) -> str:
    stream = io.StringIO()
    names = [str(path) for path in paths]
    summarise(Request(names, last, as_json, None, None), stream)
    return stream.getvalue()


ROCK_POP = decisions(["rock"] * 6 + [None] * 2 + ["pop"] * 4)


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl"])
def test_session_is_told_as_it_has_told_itself(tmp_path: Path, name: str) -> None:
    write_log(tmp_path / name, ROCK_POP)
    (heard,) = read(tmp_path / name).sessions
    tally = tally_of(ROCK_POP)
    assert heard.words[0] == tally.shares()
    assert list(heard.row) == tally.row(WIDTH)
    assert (heard.seconds, heard.n_changes, heard.reason) == (6.0, 2, "end")
    assert (heard.facts.model, heard.facts.source[:5]) == (HEADER.model, HEADER.source[:5])
    assert heard.began == HEADER.start_time


def test_log_of_jsonl_is_read_too(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "log.jsonl", ROCK_POP)
    write_jsonl(tmp_path / "log.jsonl", ROCK_POP[:3])
    first, second = read(tmp_path / "log.jsonl").sessions
    assert (first.words[0], second.words[0]) == (
        tally_of(ROCK_POP).shares(),
        tally_of(ROCK_POP[:3]).shares(),
    )
    assert (first.reason, first.ended) == ("quit", "")


@st.composite
def sessions(draw: st.DrawFn) -> list[Decision]:
    states: st.SearchStrategy[State] = st.sampled_from(["genre", "unsure", "not_music", "silence"])
    told, time, lost = [], 0.0, 0
    alike: dict[str, str] = {}  # a table cannot tell labels apart by letters that none prints
    for state in draw(st.lists(states, max_size=20)):
        time = round(time + draw(st.sampled_from([0.5, 0.5, 0.5, 7.0])), 6)
        lost += draw(st.sampled_from([0, 0, 44_100]))
        text = draw(st.text(min_size=1, max_size=8))
        shown = "".join(char if char.isprintable() else "?" for char in text)
        label = alike.setdefault(shown, text) if state == "genre" else None
        told.append(
            replace(
                DECISION,
                time=time,
                state=state,
                label=label,
                posterior={} if label is None else {label: 0.8},
                lost=lost,
                compute_seconds=draw(st.floats(0, 1)),
            )
        )
    return told


@settings(max_examples=60, deadline=None)
@given(data=st.data(), first=sessions(), second=sessions(), name=st.sampled_from(["a.csv", "a"]))
def test_log_cut_off_anywhere_is_read_up_to_there_and_what_follows_too(
    data: st.DataObject,
    first: list[Decision],
    second: list[Decision],
    name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("log") / name
    write_log(path, first, ended=False)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    write_log(path, second)
    n_head = 2 if name.endswith(".csv") else 1
    n_left = max(0, whole[:cut].count(b"\n") - n_head) + (
        # All but its end of line: such a line is whole.
        whole[cut : cut + 1] == b"\n" and whole[:cut].count(b"\n") >= n_head
    )
    told = [heard for heard in read(path).sessions if heard.counts]
    expected = [tally_of(part) for part in (first[:n_left], second) if part]
    assert [heard.words[0] for heard in told] == [tally.shares() for tally in expected]
    for heard, tally in zip(told, expected, strict=True):
        row = [held and (held[0], printable(held[1] or "")) for held in heard.row]
        assert row == row_of(tally)
        assert heard.facts.labels[: len(LABELS)] == tuple(map(str, LABELS))


def test_jsonl_that_was_cut_off_and_gone_on_with_loses_no_session(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write_jsonl(path, ROCK_POP)
    path.write_bytes(path.read_bytes()[:-130])
    write_jsonl(path, ROCK_POP[:2])
    assert [sum(heard.counts.values()) for heard in read(path).sessions] == [11, 2]


def test_parts_are_one_session_in_whatever_order_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    told = decisions(["rock"] * 40 + ["pop"] * 60)
    write_log(path, told, mb=0.003)
    parts = sorted(tmp_path.iterdir())
    assert len(parts) > 3
    for order in (parts, parts[::-1]):
        (heard,) = read(*order).sessions
        assert heard.words[0] == tally_of(told).shares()


def test_part_alone_still_knows_what_it_is_about(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", decisions(["rock"] * 100), mb=0.003)
    (heard,) = read(tmp_path / "log.csv.1").sessions
    assert heard.facts.model == "tiny"
    assert heard.reason == ""


def test_sessions_at_once_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    logs = [Log(str(path), limit_megabytes=inf, say=print) for _ in range(3)]
    for log in logs:
        log.connect()
        log.start(HEADER)
    for decision in ROCK_POP:
        for number, log in enumerate(logs):
            log.stamp(1.7e9 + decision.time)
            if number or decision.label == "rock":
                log.show(decision)
    for log in logs:
        log.end(End("end", 6.0, 0))
        log.close()
    shares = [heard.words[0] for heard in read(path).sessions]
    whole = tally_of(ROCK_POP).shares()
    assert shares == [tally_of(ROCK_POP[:6]).shares(), whole, whole]


def test_another_model_on_the_way_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = Log(str(path), limit_megabytes=inf, say=print)
    log.connect()
    log.start(HEADER)
    log.stamp(1.7e9)
    log.show(ROCK_POP[0])
    values = {"model": "tags", "labels": ("dub",), "multi_label": True, "step_seconds": 0.5}
    log.event(Event("model", 1.0, values))
    log.show(replace(ROCK_POP[1], label="dub"))
    log.close()
    (heard,) = read(path).sessions
    assert (heard.facts.model, heard.counts) == ("tags", {"rock": 1, "dub": 1})
    assert heard.facts.labels == ("dub", "rock")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[" * 10_000,
        b'{"type": 3}',
        b'{"type": "decision"}',
        b'{"type": "decision", "session": ["s"], "time": 1}',
        b'{"type": "decision", "time": NaN, "state": "silence", "label": null, "lost": 0,'
        b' "compute_seconds": 0}',
        b'{"type": "decision", "time": 1e300, "state": "silence", "label": null, "lost": 0,'
        b' "compute_seconds": 0}',
        b'{"type": "header", "labels": 7}',
        b"a,b,c",
        b'2026-01-02T03:04:05Z,1.0,decision,genre,"ro',
        b"x" * (3 * LONGEST_LINE),
    ],
)
def test_damaged_line_is_left_out(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "log.jsonl"
    write_log(path, ROCK_POP)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:4], line, *lines[4:]]) + b"\n")
    gathered = read(path)
    assert [heard.words[0] for heard in gathered.sessions if heard.counts] == [
        tally_of(ROCK_POP).shares()
    ]
    assert gathered.n_left_out == (1 if line else 0)


def test_table_that_a_spreadsheet_has_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    write_log(path, ROCK_POP)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    gathered = read(path)
    assert gathered.n_left_out == 0
    assert gathered.sessions[0].words[0] == tally_of(ROCK_POP).shares()


def endless(n: int) -> Iterator[dict[str, object]]:
    for number in range(n):
        yield {
            "type": "decision",
            "session": f"s{number // 10}",
            "time": 0.5 * (number + 1),
            "state": "genre",
            "label": "rock",
            "lost": 0,
            "compute_seconds": 0.0,
        }


def test_sessions_without_an_end_do_not_pile_up() -> None:
    assert len(gather(endless(10 * 2 * MOST_OPEN), WIDTH).sessions) == 2 * MOST_OPEN


def test_memory_does_not_grow_with_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    line = json.dumps(next(endless(1))) + "\n"
    peaks = []
    for n_lines in (4_000, 16_000):
        with path.open("w") as file:
            for number in range(n_lines):
                file.write(line.replace('"time": 0.5', f'"time": {0.5 * number}'))
        tracemalloc.start()
        (heard,) = read(path).sessions
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert heard.counts == {"rock": n_lines}
    assert peaks[1] < 1.2 * peaks[0] + 100_000


def test_text_is_a_title_and_the_last_words(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", ROCK_POP, ended=False)
    title, shares, ribbon, scale, costs = text_of(tmp_path / "log.csv").splitlines()
    assert title == "2026-01-02 03:04:05, Björk ?.mp3, model tiny"
    assert shares == "heard 0:06: rock 50 %, pop 33 %, unsure 17 %; 2 changes"
    assert (ribbon[:5], scale[:4], scale[-4:]) == ("|rock", "0:00", "0:06")
    assert costs == (
        "no sample lost; 1.0 ms of CPU a step; "
        "the log does not hold its end: it goes on, or was cut off"
    )


def test_several_sessions_are_added_up_and_the_last_can_be_had_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    write_log(path, ROCK_POP)
    write_log(path, decisions(["pop"] * 12))
    told = text_of(path).splitlines()
    assert told[-1] == ("all 2 sessions: heard 0:12: pop 67 %, rock 25 %, unsure 8 %; 2 changes")
    last = text_of(path, last=True)
    assert "pop 100 %" in last
    assert "rock" not in last


def test_json_is_an_array_of_sessions(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", ROCK_POP)
    (session,) = json.loads(text_of(tmp_path / "log.csv", as_json=True))
    assert session["shares"] == {"rock": 0.5, "unsure": 0.166667, "pop": 0.333333}
    assert (session["decisions"], session["reason"]) == (12, "end")


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00" * 5000, b'{"a": 1}\n'])
def test_file_that_is_no_log_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(LivegenreError, match="x: holds no session; is it a log of livegenre"):
        text_of(tmp_path / "x")


def test_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LivegenreError, match="gone: No such file or directory; check the path"):
        text_of(tmp_path / "gone")
    with pytest.raises(LivegenreError, match="Is a directory; check the path"):
        text_of(tmp_path)


def pictures(tmp_path: Path, *, html: str | None = None, png: str | None = None) -> None:
    write_log(tmp_path / "log.csv", ROCK_POP)
    summarise(
        Request(
            [str(tmp_path / "log.csv")],
            False,
            False,
            html and str(tmp_path / html),
            png and str(tmp_path / png),
        ),
        io.StringIO(),
    )


@pytest.mark.parametrize(("html", "png"), [("log.csv", None), (None, "log.csv"), ("a.png", None)])
def test_picture_never_takes_the_place_of_something_else(
    tmp_path: Path, html: str | None, png: str | None
) -> None:
    with pytest.raises(UsageError, match="the name must end in"):
        pictures(tmp_path, html=html, png=png)


def test_picture_takes_the_place_of_an_older_one_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("older")
    pictures(tmp_path, html="a.html")
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "log.csv"]


def test_picture_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a.html: No such file or directory; choose another"):
        pictures(tmp_path, html="no/a.html")
