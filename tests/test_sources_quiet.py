import os
import subprocess
import sys
import threading

import pytest

from livegenre.sources.quiet import quiet_stderr


def write(text: str) -> None:
    """Print as a C library does."""
    os.write(2, text.encode())


def test_nothing_comes_through_until_the_last_leaves(capfd: pytest.CaptureFixture[str]) -> None:
    write("before ")
    with quiet_stderr:
        write("one ")
        with quiet_stderr:
            write("two ")
        write("three ")
    write("after")
    assert capfd.readouterr().err == "before after"


def test_an_exception_restores_it(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), quiet_stderr:
        raise KeyboardInterrupt
    write("after")
    assert capfd.readouterr().err == "after"


def test_threads_that_overlap_restore_it_once(capfd: pytest.CaptureFixture[str]) -> None:
    first_in, second_in = threading.Event(), threading.Event()

    def first() -> None:
        with quiet_stderr:
            first_in.set()
            second_in.wait(10)

    def second() -> None:
        first_in.wait(10)
        with quiet_stderr:
            second_in.set()
            threads[0].join(10)
            write("still quiet ")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    write("after")
    assert capfd.readouterr().err == "after"


def test_no_descriptor_is_left_open() -> None:
    before = os.dup(0)
    os.close(before)
    for _ in range(5):
        with quiet_stderr:
            pass
    after = os.dup(0)
    os.close(after)
    assert after == before


PROGRAM = """
import os, sys
from livegenre.sources.quiet import quiet_stderr
print("python 1", file=sys.stderr)
with quiet_stderr:
    os.write(2, b"library")
    print("python 2 \\u00e9", file=sys.stderr)
print("python 3", file=sys.stderr)
"""


def test_python_itself_is_still_heard() -> None:
    run = subprocess.run([sys.executable, "-X", "utf8", "-c", PROGRAM], capture_output=True)
    assert run.stderr.decode().split("\n") == ["python 1", "python 2 é", "python 3", ""]


def test_a_process_without_stderr() -> None:
    program = "from livegenre.sources.quiet import quiet_stderr as q\nwith q: print('alive')"
    command = [sys.executable, "-c", program]
    run = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *command], stdout=subprocess.PIPE)
    assert run.stdout == b"alive\n"
