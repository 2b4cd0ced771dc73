"""Processes that work: whatever becomes of them, each item is done once or has failed."""

from collections.abc import Iterator
from itertools import count

import pytest

from livegenre.work import Workers, open_workers
from tests import work_functions


@pytest.fixture(params=[1, 2], ids=["here", "processes"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    with open_workers(jobs=request.param) as workers:
        yield workers


def test_every_item_is_done(workers: Workers) -> None:
    found = {done.item: done.result for done in workers.run(work_functions.square, range(20))}
    assert found == {number: number**2 for number in range(20)}


def test_an_item_may_fail_and_says_why(workers: Workers) -> None:
    found = {done.item: done.error for done in workers.run(work_functions.fail_if_odd, range(4))}
    assert found == {0: None, 1: "1.wav: holds no sound", 2: None, 3: "3.wav: holds no sound"}


def test_a_bug_is_no_failed_item(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        list(workers.run(work_functions.divide_by, [1, 0]))


def test_items_are_pulled_as_they_are_worked_on(workers: Workers) -> None:
    pulled: list[int] = []

    def items() -> Iterator[int]:
        for number in count():
            pulled.append(number)
            yield number

    run = workers.run(work_functions.square, items())
    for _ in range(10):
        next(run)
    assert len(pulled) <= 10 + workers.n
