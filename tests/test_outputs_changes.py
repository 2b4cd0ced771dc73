"""Decisions become changes: once each, and only those that stayed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.decision import Decision, State
from livegenre.outputs.base import Change
from livegenre.outputs.changes import Debouncer, answer_of
from tests.test_outputs_jsonl import DECISION


def decided(time: float, label: str | None, since: float) -> Decision:
    state: State = "genre" if label in ("a", "b") else "unsure"
    return replace(
        DECISION, time=time, since=since, state=state, label=label if state == "genre" else None
    )


def told(labels: Sequence[str | None], hold_seconds: float, step: float = 0.5) -> list[Change]:
    """Return the changes found where each label is that of a step."""
    debouncer, since, changes = Debouncer(hold_seconds), 0.0, []
    for number, label in enumerate(labels):
        time = number * step
        if number == 0 or label != labels[number - 1]:
            since = time
        if change := debouncer.push(decided(time, label, since)):
            changes.append(change)
    return changes


def test_an_answer_is_told_once_it_has_stood_and_dated_back() -> None:
    [first, second] = told([None] * 5 + ["a"] * 6, 2.0)
    assert first == Change(0.0, None, "unsure", "unsure", 0.0, 0.0)
    assert second == Change(2.5, "unsure", "a", "genre", 0.8, 2.5)


def test_what_stood_for_less_never_was() -> None:
    assert [change.after for change in told(["a"] * 5 + ["b"] * 4 + ["a"] * 9, 2.0)] == ["a"]


def test_without_holding_every_change_is_told() -> None:
    assert [change.after for change in told(["a", "b", None, "a"], 0.0)] == [
        "a",
        "b",
        "unsure",
        "a",
    ]


@given(
    labels=st.lists(st.sampled_from(["a", "b", None]), max_size=60),
    hold_seconds=st.sampled_from([0.0, 0.5, 1.3, 2.0]),
)
def test_changes_are_in_order_and_never_to_the_same(
    labels: list[str | None], hold_seconds: float
) -> None:
    changes = told(labels, hold_seconds)
    assert [change.before for change in changes] == [None, *(c.after for c in changes)][:-1] or (
        not changes
    )
    assert all(change.before != change.after for change in changes)
    times = [change.time for change in changes]
    assert times == sorted(times)
    assert sum(change.duration for change in changes) == pytest.approx(times[-1] if times else 0)


def test_silence_is_an_answer() -> None:
    assert answer_of(replace(DECISION, state="silence", label=None)) == "silence"
