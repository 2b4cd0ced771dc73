"""A Dask cluster that works: started here, or one that runs, which may go away at any time."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from livegenre.errors import WorkError
from livegenre.work import Workers, connection, open_workers
from tests import work_functions
from tests.conftest import ROOT
from tests.test_work_processes import SOME_DEMO
from tests.waiting import wait_until
from tests.work_session import PROGRAM, descendants, wait_until_gone, working

pytestmark = pytest.mark.slow


@contextmanager
def dask(part: str, *words: str, path: Path = ROOT, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a part of a cluster as its users do, with a folder of modules of its own."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *words, "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": f"{path}:{ROOT}", "PYTHONSAFEPATH": "1"}
    with (
        log.open("ab") as output,
        subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        ) as running,
    ):
        try:
            yield running
        finally:
            os.killpg(running.pid, signal.SIGKILL)  # its workers too; there is nothing to keep


class Cluster:
    """A scheduler, and what workers it is given."""

    def __init__(self, address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.address = address
        self.process = process
        self._folder = folder

    def worker(self, *words: str, path: Path = ROOT) -> "ExitStack":
        """Start a worker, which waits for nothing."""
        stack = ExitStack()
        options = words or ("--nthreads", "1", "--nworkers", "2")
        log = self._folder / "workers.log"
        stack.enter_context(dask("worker", self.address, *options, path=path, log=log))
        return stack


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    file = tmp_path / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    with dask("scheduler", *words, log=tmp_path / "scheduler.log") as process:
        wait_until(lambda: file.exists() and bool(file.read_text()), "the scheduler")
        yield Cluster(json.loads(file.read_text())["address"], process, tmp_path)


@pytest.fixture(scope="module")
def local() -> Iterator[Workers]:
    with open_workers(jobs=2, scheduler="local") as workers:
        yield workers


def test_cluster_started_here_gives_what_one_process_gives(local: Workers) -> None:
    with open_workers(jobs=1) as one:
        expected = {done.item: done.result for done in one.run(work_functions.hear, SOME_DEMO)}
    assert local.n == 2
    (victim,) = [done.result for done in local.run(work_functions.linger, [0.0])]
    timer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
    timer.start()
    found = {done.item: done.result for done in local.run(work_functions.hear, SOME_DEMO)}
    timer.join()
    assert found == expected


def test_an_item_may_fail_and_says_why(local: Workers) -> None:
    found = {done.item: done.error for done in local.run(work_functions.fail_if_odd, range(4))}
    assert found == {0: None, 1: "1.wav: holds no sound", 2: None, 3: "3.wav: holds no sound"}


def test_a_bug_is_no_failed_item(local: Workers) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(local.run(work_functions.divide_by, [1, 0]))
    assert "work_functions.py" in caught.value.__notes__[0]


def test_an_item_that_ends_two_processes_has_failed_alone(local: Workers) -> None:
    found = {d.item: (d.result, d.error) for d in local.run(work_functions.die_of_seven, range(12))}
    result, error = found.pop(7)
    assert result is None
    assert str(error).startswith("ended 2 worker processes")
    assert found == {number: (number, None) for number in range(12) if number != 7}


def test_items_are_pulled_as_they_are_worked_on(local: Workers) -> None:
    pulled = []

    def items() -> Iterator[float]:
        while True:
            pulled.append(0.0)
            yield 0.0

    run = local.run(work_functions.linger, items())
    for _ in range(20):
        next(run)
    assert len(pulled) <= 20 + local.n


def test_interrupted_it_leaves_no_process_and_says_nothing(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with working("local", str(program)) as running:
        started = descendants(running)
        assert len(started) >= 2
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=20)
        wait_until_gone(started)
    assert (running.returncode, said) == (130, "")


def test_running_cluster_works_and_loses_nothing_when_a_worker_is_killed(
    cluster: Cluster,
) -> None:
    with cluster.worker(), open_workers(scheduler=cluster.address) as workers:
        run = workers.run(work_functions.linger, [0.5] * 10)
        victim = next(run).result
        timer = threading.Timer(0.2, os.kill, (victim, signal.SIGKILL))
        timer.start()
        rest = [*run]
        timer.join()
    assert [done.error for done in rest] == [None] * 9


def test_worker_that_joins_in_mid_run_works_too(cluster: Cluster) -> None:
    one = ("--nthreads", "1")
    with cluster.worker(*one), open_workers(scheduler=cluster.address) as workers, ExitStack() as s:
        run = workers.run(work_functions.linger, iter(lambda: 0.2, None))
        first = next(run).result
        s.enter_context(cluster.worker(*one))
        assert any(done.result != first for done, _ in zip(run, range(200), strict=False))


def work_for_ever(address: str, done: list[object], at_fourth: Callable[[], None]) -> None:
    with open_workers(scheduler=address) as workers:
        for each in workers.run(work_functions.linger, iter(lambda: 0.2, None)):
            done.append(each)
            if len(done) == 4:
                at_fourth()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_scheduler_that_ends_in_mid_run_is_a_line(
    cluster: Cluster, how: int, capfd: pytest.CaptureFixture[str]
) -> None:
    done: list[object] = []
    gone = f"^scheduler {cluster.address}: gone; what was done is kept"
    with cluster.worker(), pytest.raises(WorkError, match=gone):
        work_for_ever(cluster.address, done, lambda: cluster.process.send_signal(how))
    assert len(done) >= 4
    assert capfd.readouterr().err == ""


def test_cluster_whose_workers_all_go_is_a_line(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegenre.work.cluster.MOST_IDLE_SECONDS", 1.0)
    workers = cluster.worker()
    gone = f"^scheduler {cluster.address}: all its workers are gone"
    with pytest.raises(WorkError, match=gone):
        work_for_ever(cluster.address, [], workers.close)


def test_scheduler_that_hangs_in_mid_run_is_a_line(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang() -> None:
        monkeypatch.setattr(connection, "ANSWER_SECONDS", 2.0)
        cluster.process.send_signal(signal.SIGSTOP)

    gone = f"^scheduler {cluster.address}: gone"
    with cluster.worker():
        with pytest.raises(WorkError, match=gone):
            work_for_ever(cluster.address, [], hang)
        cluster.process.send_signal(signal.SIGCONT)


def opening_fails(scheduler: str) -> str:
    with pytest.raises(WorkError) as caught, open_workers(scheduler=scheduler):
        pass
    return str(caught.value)


def test_scheduler_that_is_away_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 1.0)
    said = opening_fails("tcp://127.0.0.1:9")
    assert said.startswith("scheduler tcp://127.0.0.1:9: does not answer; start it with")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 No\r\n\r\n"])
def test_what_is_no_scheduler_is_a_line(greeting: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with server.accept()[0] as caller:
                caller.sendall(greeting)
                while caller.recv(4096):
                    pass

        thread = threading.Thread(target=greet)
        thread.start()
        said = opening_fails(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert "does not answer" in said


def test_scheduler_without_workers_is_a_line(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 5.0)
    assert opening_fails(cluster.address).startswith(
        f"scheduler {cluster.address}: has no workers; start some with: dask worker --nthreads 1"
    )


def test_worker_with_several_threads_is_refused(cluster: Cluster) -> None:
    with cluster.worker("--nthreads", "2"):
        assert "has 2 threads; start it with: dask worker --nthreads 1 --nworkers 2" in (
            opening_fails(cluster.address)
        )


def old_livegenre(folder: Path) -> None:
    (folder / "livegenre").mkdir()
    (folder / "livegenre" / "__init__.py").write_text('__version__ = "0.0.1"\n')


def no_livegenre(folder: Path) -> None:
    (folder / "livegenre.py").write_text("raise ModuleNotFoundError('livegenre')\n")


def old_onnxruntime(folder: Path) -> None:
    described = folder / "onnxruntime-0.0.1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: onnxruntime\nVersion: 0.0.1\n"
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (old_livegenre, "has livegenre 0.0.1, but here it is"),
        (no_livegenre, "has livegenre (none), but here it is"),
        (old_onnxruntime, "has onnxruntime 0.0.1, but here it is"),
    ],
)
def test_worker_with_another_version_is_refused(
    spoil: Callable[[Path], None], said: str, cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    spoil(folder)
    with cluster.worker("--nthreads", "1", path=folder):
        assert said in opening_fails(cluster.address)
