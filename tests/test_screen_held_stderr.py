"""What goes to stderr stays off the screen, also where C libraries are kept quiet meanwhile."""

import os
import subprocess
import sys
from contextlib import suppress

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pty")

BEGIN = """
import os, sys
from livegenre.screen.held_stderr import held_stderr
from livegenre.sources.quiet import quiet_stderr

def tell(words):
    print("python", words, file=sys.stderr)
    os.write(2, f"library {words}\\n".encode())

screen = held_stderr()
"""
ALWAYS = """
screen.__enter__()
tell("during")
os.write(1, b"|")
screen.__exit__(None, None, None)
tell("after")
"""
QUIET_AROUND = """
with quiet_stderr:
    screen.__enter__()
    tell("during")
    os.write(1, b"|")
    screen.__exit__(None, None, None)
    print("python at the end", file=sys.stderr)
tell("after")
"""
QUIET_FROM_THEN_ON = """
screen.__enter__()
with quiet_stderr:
    tell("during")
    os.write(1, b"|")
    screen.__exit__(None, None, None)
tell("after")
"""
QUIET_UNTIL_THEN = """
with quiet_stderr:
    screen.__enter__()
    tell("during")
tell("later")
os.write(1, b"|")
screen.__exit__(None, None, None)
tell("after")
"""
FLOOD = """
import subprocess, time
from livegenre.screen.held_stderr import LARGEST_BYTES

screen.__enter__()
subprocess.run(["sh", "-c", "yes old line | head -c 9000000 >&2"], check=True)
deadline = time.monotonic() + 30
while os.fstat(2).st_size > LARGEST_BYTES and time.monotonic() < deadline:
    time.sleep(0.02)
print("held", os.fstat(2).st_size, flush=True)
os.write(2, b"new line\\n" * 600)
tell("during")
screen.__exit__(None, None, None)
"""


def shown(program: str) -> list[str]:
    """Return what a terminal shows of a program, line by line; ``|`` is where the screen ends."""
    import pty

    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", BEGIN + program]
    with subprocess.Popen(words, stdout=theirs, stderr=theirs):
        os.close(theirs)
        text = b""
        with suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # EIO is its end
            while part := terminal.read(65536):
                text += part
    return text.decode().splitlines()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (ALWAYS, ["|python during", "library during", "python after", "library after"]),
        (QUIET_AROUND, ["|python during", "python at the end", "python after", "library after"]),
        (QUIET_FROM_THEN_ON, ["|python during", "python after", "library after"]),
        (
            QUIET_UNTIL_THEN,
            ["|python during", "python later", "library later", "python after", "library after"],
        ),
    ],
)
def test_nothing_is_shown_before_the_screen_ends_and_all_afterwards(
    program: str, expected: list[str]
) -> None:
    assert shown(program) == expected


def test_file_that_holds_it_stays_small_and_its_end_is_shown() -> None:
    (word, size), *lines = (line.split() for line in shown(FLOOD))
    assert word == "held"
    assert int(size) <= 1 << 20
    assert 400 < len(lines) < 500  # 4 KiB
    assert all(line == ["new", "line"] for line in lines[1:-2])
    assert lines[-2:] == [["python", "during"], ["library", "during"]]
