"""Processes that work: whatever becomes of them, each item is done once or has failed."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from itertools import count
from multiprocessing import spawn
from pathlib import Path

import pytest

from livegenre.errors import UsageError, WorkError
from livegenre.work import Workers, open_workers
from livegenre.work.processes import Processes
from tests import work_functions
from tests.waiting import wait_until
from tests.work_session import PROGRAM, descendants, wait_until_gone, working

SOME_DEMO = range(0, 60, 10)


@pytest.fixture(params=[1, 2], ids=["here", "processes"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    with open_workers(jobs=request.param) as workers:
        yield workers


@pytest.fixture
def two() -> Iterator[Workers]:
    with open_workers(jobs=2) as workers:
        yield workers


def test_every_item_is_done_once(workers: Workers) -> None:
    found = [(done.item, done.result) for done in workers.run(work_functions.square, range(20))]
    assert sorted(found) == [(number, number**2) for number in range(20)]


def test_an_item_may_fail_and_says_why(workers: Workers) -> None:
    found = {done.item: done.error for done in workers.run(work_functions.fail_if_odd, range(4))}
    assert found == {0: None, 1: "1.wav: holds no sound", 2: None, 3: "3.wav: holds no sound"}


def test_what_the_system_refuses_is_a_line(workers: Workers, tmp_path: Path) -> None:
    (done,) = workers.run(work_functions.size_of, [tmp_path / "missing"])
    assert done.error == f"{tmp_path / 'missing'}: No such file or directory"


def test_a_bug_is_no_failed_item(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        list(workers.run(work_functions.divide_by, [1, 0]))


def test_after_a_bug_the_next_run_is_as_ever(workers: Workers) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            list(workers.run(work_functions.divide_by, [0, 1, 2, 3]))
        assert {done.result for done in workers.run(work_functions.divide_by, [1, 2])} == {1, 0.5}


def test_a_bug_says_where_in_the_worker_it_is(two: Workers) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(two.run(work_functions.divide_by, [0]))
    assert "work_functions.py" in caught.value.__notes__[0]


def test_a_bug_that_cannot_be_sent_is_told_nevertheless(two: Workers) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)this and that.*raise_unsendable"):
        list(two.run(work_functions.raise_unsendable, [0]))


def test_a_result_that_cannot_be_sent_is_a_bug(two: Workers) -> None:
    with pytest.raises((AttributeError, TypeError), match="lambda"):
        list(two.run(work_functions.return_unsendable, [0]))


def test_items_are_pulled_as_they_are_worked_on(workers: Workers) -> None:
    pulled = []

    def items() -> Iterator[int]:
        for number in count():
            pulled.append(number)
            yield number

    run = workers.run(work_functions.square, items())
    for _ in range(10):
        next(run)
    assert len(pulled) <= 10 + workers.n


def test_no_more_processes_start_than_there_are_items() -> None:
    with open_workers(jobs=8) as workers:
        pids = {done.result for done in workers.run(work_functions.linger, [0.0])}
        pids |= {done.result for done in workers.run(work_functions.linger, [0.0])}
    assert len(pids) == 1


def test_a_run_that_is_left_does_not_disturb_the_next(workers: Workers) -> None:
    for _ in workers.run(work_functions.linger, [0.0, 5.0, 5.0]):
        break
    assert [done.result for done in workers.run(work_functions.square, [3])] == [9]


def test_each_has_one_thread_for_numbers_and_this_process_what_it_had(two: Workers) -> None:
    before = dict(os.environ)
    assert [done.result for done in two.run(work_functions.thread_limit, [0, 1])] == ["1", "1"]
    assert dict(os.environ) == before


@pytest.mark.slow
def test_killed_in_mid_run_they_give_what_one_process_gives(two: Workers) -> None:
    with open_workers(jobs=1) as one:
        expected = {done.item: done.result for done in one.run(work_functions.hear, SOME_DEMO)}
    (victim,) = [done.result for done in two.run(work_functions.linger, [0.0])]
    timer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
    timer.start()
    found = {done.item: done.result for done in two.run(work_functions.hear, SOME_DEMO)}
    timer.join()
    assert found == expected
    assert len(found[0] or []) > 5
    again = {done.result for done in two.run(work_functions.linger, [0.1] * 4)}
    assert victim not in again


def test_what_was_worked_on_when_its_process_was_killed_is_done_by_another(two: Workers) -> None:
    (victim,) = [done.result for done in two.run(work_functions.linger, [0.0])]
    timer = threading.Timer(0.2, os.kill, (victim, signal.SIGKILL))
    timer.start()
    (done,) = two.run(work_functions.linger, [0.8])
    assert done.result not in (victim, None)


def test_one_killed_while_it_has_nothing_to_do_is_replaced(two: Workers) -> None:
    for _ in range(3):
        (done,) = two.run(work_functions.linger, [0.0])
        assert done.result
        os.kill(done.result, signal.SIGKILL)
    assert len([*two.run(work_functions.square, range(5))]) == 5


def test_an_item_that_ends_two_processes_has_failed_alone(two: Workers) -> None:
    found = {d.item: (d.result, d.error) for d in two.run(work_functions.die_of_seven, range(12))}
    assert found.pop(7) == (None, "ended 2 worker processes (SIGKILL)")
    assert found == {number: (number, None) for number in range(12) if number != 7}


def test_processes_that_never_start_are_an_error(two: Workers) -> None:
    before = spawn.get_executable()
    spawn.set_executable("/bin/false")
    try:
        with pytest.raises(WorkError, match=r"^worker processes end as they start \(exit code 1\)"):
            list(two.run(work_functions.square, range(3)))
    finally:
        spawn.set_executable(before)
    assert len([*two.run(work_functions.square, range(3))]) == 3


def test_nothing_is_left_when_it_is_closed() -> None:
    processes = Processes(2)
    run = processes.run(work_functions.linger, [0.0, 30.0, 30.0])
    pid = next(run).result
    assert pid
    processes.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    run.close()  # type: ignore[attr-defined]


def test_temporary_files_go_when_it_is_closed_in_mid_run(two: Workers, tmp_path: Path) -> None:
    def items() -> Iterator[Path]:
        yield tmp_path
        wait_until((tmp_path / "began").exists, "a worker")
        raise InterruptedError

    with pytest.raises(InterruptedError):
        next(two.run(work_functions.linger_with_a_copy, items()))
    assert [path.name for path in tmp_path.iterdir()] == ["began"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_it_leaves_no_process_and_says_nothing(how: int, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with working(None, str(program)) as running:
        started = descendants(running)
        assert len(started) >= 2
        if how == signal.SIGINT:
            os.killpg(running.pid, how)  # as a terminal does
        else:
            running.kill()
        _, said = running.communicate(timeout=10)
        wait_until_gone(started)
    assert (running.returncode, said) == (130 if how == signal.SIGINT else -how, "")


@pytest.mark.parametrize("scheduler", ["nowhere", "http://x:1", "tcp://", "tcp://host", "LOCAL"])
def test_a_scheduler_that_cannot_be_is_refused(scheduler: str) -> None:
    with (
        pytest.raises(UsageError, match=f"^--scheduler {scheduler}: "),
        open_workers(scheduler=scheduler),
    ):
        pass


def test_missing_dask_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*sys.modules]:
        if name.startswith("livegenre.work.c"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(WorkError, match=r"pip install 'livegenre\[cluster\]'"),
        open_workers(scheduler="local"),
    ):
        pass
