"""A program that works, in a session of its own, to be interrupted; and what it leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.conftest import ROOT
from tests.waiting import wait_until

PROGRAM = """
import sys
from livegenre.work import open_workers
from tests.work_functions import linger

if __name__ == "__main__":
    try:
        with open_workers(jobs=2, scheduler=sys.argv[1] or None) as workers:
            for done in workers.run(linger, [0.3] * 1000):
                print("done", flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@contextmanager
def working(scheduler: str | None, program: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a program that has got something done."""
    command = [sys.executable, program, scheduler or ""]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "done\n"
        try:
            yield running
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)


def descendants(running: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return all processes that a program started, and those that these did."""
    found: list[psutil.Process] = psutil.Process(running.pid).children(recursive=True)
    return found


def wait_until_gone(processes: list[psutil.Process]) -> None:
    """Wait until none runs any more; a zombie does not."""
    wait_until(lambda: not any(map(is_running, processes)), "processes to end")


def is_running(process: psutil.Process) -> bool:
    """Tell whether it does."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
