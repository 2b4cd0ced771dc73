"""Rows as CSV: safe in a spreadsheet, one line each, and read back as they were."""

import csv
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.outputs.sheet import COLUMNS, HEAD, from_csv, to_csv

ROW: dict[str, Any] = {
    "type": "decision",
    "at": "2026-01-02T03:04:05.678+01:00",
    "session": "s1",
    "time": 4.5,
    "state": "genre",
    "label": "rock",
    "since": 1.5,
    "posterior": {"rock": 0.75, "pop": 0.25},
    "raw_posterior": {},
    "early": False,
    "level_dbfs": -15.1,
    "lost": 3,
    "not_music": 0.01,
    "tags": {},
    "compute_seconds": 0.02,
}


def cells(row: dict[str, Any]) -> list[str]:
    return next(csv.reader([to_csv(row)]))


def back(row: dict[str, Any]) -> dict[str, Any]:
    return from_csv(cells(row))


def test_head_names_the_columns() -> None:
    assert HEAD.split(",") == list(COLUMNS)


def test_decision_is_its_time_answer_and_numbers() -> None:
    assert to_csv(ROW) == (
        "2026-01-02T03:04:05.678+01:00,4.5,decision,genre,rock,0.75,-15.1,3,0.01,false,0.02,s1,"
    )


def test_decision_is_read_back_with_the_answers_posterior() -> None:
    read = back(ROW)
    assert read["posterior"] == {"rock": 0.75}
    same = ("type", "at", "session", "time", "state", "label", "early", "level_dbfs", "lost")
    assert {name: read[name] for name in same} == {name: ROW[name] for name in same}


def test_answer_without_a_label_has_empty_cells() -> None:
    read = back({**ROW, "state": "unsure", "label": None})
    assert (read["label"], read["posterior"]) == (None, {})


def test_change_tells_its_label_in_the_column_for_it() -> None:
    change = {
        "type": "change",
        "at": "2026-01-02T03:04:05.678+01:00",
        "session": "s1",
        "time": 4.5,
        "from": "pop",
        "to": "rock",
        "state": "genre",
        "posterior": 0.75,
        "duration": 3.0,
    }
    named = dict(zip(COLUMNS, cells(change), strict=True))
    assert (named["label"], named["posterior"]) == ("rock", "0.75")
    read = back(change)
    assert (read["from"], read["to"], read["duration"]) == ("pop", "rock", 3.0)


def test_what_has_no_column_is_told_in_the_last_one() -> None:
    row = {
        "type": "mark",
        "at": "2026-01-02T03:04:05+01:00",
        "session": "s1",
        "time": 1.0,
        "a": [2],
    }
    assert cells(row)[-1] == '{"a": [2]}'
    assert back(row)["a"] == [2]


def test_end_without_a_time_has_its_length_there() -> None:
    row = {"type": "end", "at": "2026-01-02T03:04:05+01:00", "session": "s1", "seconds": 70.0}
    assert cells(row)[1] == "70.0"
    assert back(row)["seconds"] == 70.0


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''@"])
def test_label_that_a_spreadsheet_would_run_is_quoted(label: str) -> None:
    assert cells({**ROW, "label": label})[4] == f"'{label}"
    assert back({**ROW, "label": label})["label"] == label


@pytest.mark.parametrize("label", ["'n sync", "drum & bass, live", 'the "best"', "=", "è"])
def test_other_labels_come_back_too(label: str) -> None:
    assert back({**ROW, "label": label})["label"] == label


def test_numbers_below_zero_stay_numbers() -> None:
    assert cells(ROW)[6] == "-15.1"


@given(st.text(min_size=1))
def test_any_label_is_one_line_and_is_no_formula(label: str) -> None:
    line = to_csv({**ROW, "label": label})
    assert len(line.splitlines()) == 1
    assert cells({**ROW, "label": label})[4][0] not in "=+-@\t\r"
    read = back({**ROW, "label": label})["label"]
    assert read == "".join(char if char.isprintable() else "?" for char in label)


@pytest.mark.parametrize("n_letters", range(len(to_csv(ROW))))
def test_half_a_decision_is_no_row(n_letters: int) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        from_csv(next(csv.reader([to_csv(ROW)[:n_letters]]), []))
