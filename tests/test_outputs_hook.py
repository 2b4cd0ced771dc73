"""A command at every change: without a shell, one at a time, the newest wins, and none stays."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from livegenre.errors import UsageError
from livegenre.outputs.base import Change, End
from livegenre.outputs.hook import Hook
from livegenre.sources.quiet import quiet_stderr
from tests.test_outputs_jsonl import HEADER
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="commands of Unix")

CHANGE = Change(24.5, "blues", "rock", "genre", 0.8512345, 23.0)
END = End("end", 100.0, 0)
NOTE = """
import json, os, sys
told = {name: os.environ[name] for name in os.environ if name.startswith("LIVEGENRE_")}
with open(sys.argv[1], "a") as file:
    file.write(json.dumps([sys.argv[2:], told]) + chr(10))
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "note.py"
    path.write_text(NOTE)
    return path


@pytest.fixture(autouse=True)
def no_trace() -> Iterator[None]:
    """See that no command is left, alive or as a zombie, and no file open."""
    before = children(), open_files()
    yield
    assert children() <= before[0]
    assert open_files() <= before[1]


def children() -> set[str]:
    """Return this process's children, zombies included."""
    found: set[str] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            _, parent = path.read_text().rpartition(")")[2].split()[:2]
            found |= {path.parent.name} if parent == str(os.getpid()) else set()
    return found


def open_files() -> set[str]:
    folder = Path("/proc/self/fd")
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def run(command: str, said: list[str], change: Change, happened: Callable[[], bool]) -> None:
    """Tell a change, and end when it has been acted on."""
    hook = Hook(command, said.append, limit_seconds=30)
    hook.start(HEADER)
    hook.change(change)
    wait_until(happened, "what the command does")
    hook.end(END)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_command_is_told_in_words_and_in_variables(
    script: Path, notes: Path, said: list[str]
) -> None:
    words = "'{label} {state}' {posterior} {posterior:.0%} {before} {time} {duration} '{{x}}'"
    run(f"{sys.executable} {script} {notes} {words}", said, CHANGE, notes.exists)
    arguments, told = json.loads(notes.read_text())
    assert arguments == ["rock genre", "0.851", "85%", "blues", "24.5", "23.0", "{x}"]
    assert told == {
        "LIVEGENRE_LABEL": "rock",
        "LIVEGENRE_STATE": "genre",
        "LIVEGENRE_POSTERIOR": "0.851",
        "LIVEGENRE_BEFORE": "blues",
        "LIVEGENRE_TIME": "24.5",
        "LIVEGENRE_DURATION": "23.0",
    }
    assert said == []


def test_first_change_has_nothing_before_it_and_a_state_is_a_label_too(
    notes: Path, said: list[str]
) -> None:
    command = f"sh -c 'echo \"$0|$1|$LIVEGENRE_BEFORE|\" >> {notes}' {{label}} {{before}}"
    change = replace(CHANGE, before=None, after="silence", state="silence")
    run(command, said, change, notes.exists)
    assert notes.read_text() == "silence|||\n"


@pytest.mark.parametrize("label", ["$(touch x); `y` & 'z' \"", "a b", "-rf", "ambient\0\ud800"])
def test_label_is_one_word_and_no_shell_sees_it(
    script: Path, notes: Path, said: list[str], label: str
) -> None:
    command = f"{sys.executable} {script} {notes} {{label}}"
    run(command, said, replace(CHANGE, after=label), notes.exists)
    assert json.loads(notes.read_text())[0] == [label.replace("\0", "?").replace("\ud800", "?")]


def test_widest_format_is_told(notes: Path, said: list[str]) -> None:
    command = f"sh -c 'echo \"$0\" >> {notes}' '{{label:9>1000}}'"
    run(command, said, CHANGE, lambda: notes.exists() and notes.read_text().endswith("\n"))
    assert notes.read_text() == "9" * 996 + "rock\n"


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("no-such-command {label}", "there is no command 'no-such-command'"),
        ("/etc/passwd", "there is no command '/etc/passwd' that can be run"),
        ("{label}", "there is no command '{label}'"),
        (" ", "it is empty"),
        ("sh -c 'echo", "No closing quotation"),
        ("echo {genre}", r"\{genre\} is not known; there are \{label\} \{state\}"),
        ("echo {}", r"\{\} is not known"),
        ("echo {0}", r"\{0\} is not known"),
        ("echo {label.upper}", r"\{label.upper\} is not known"),
        ("echo '{\"on\": true}'", "a brace itself is doubled"),
        ("echo {label", "a brace itself is doubled"),
        ("echo {label:.2f}", "Unknown format code 'f'"),
        ("echo {label:{width}}", "width"),
        ("echo {posterior:{state:.1}}", "a format can hold no other braces"),
        ("echo {posterior:>1001}", "no format can be wider than 1000 letters"),
        ("echo {posterior:.99999999f}", "no format can be wider"),
        ("echo {posterior:999999999999999}", "no format can be wider"),
        ("echo {label:>٩٩٩٩٩}", "no format can be wider"),
    ],
)
def test_command_that_cannot_work_is_refused_at_once(command: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=f"--on-change.*{complaint}"):
        Hook(command, print)


def test_while_one_runs_the_newest_change_waits_alone(
    tmp_path: Path, notes: Path, said: list[str]
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    hook = Hook(f"sh -c 'echo $0 >> {notes}; read x < {gate}' {{label}}", said.append)
    hook.start(HEADER)
    hook.change(replace(CHANGE, after="first"))
    wait_until(notes.exists, "the first note")
    for number in range(100):
        hook.change(replace(CHANGE, after=f"change{number}"))
    gate.write_text("go on\n")
    wait_until(lambda: "change" in notes.read_text(), "the second note")
    gate.write_text("go on\n")
    hook.end(END)
    assert notes.read_text() == "first\nchange99\n"
    assert said == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("sh -c 'exit 3'", "--on-change sh: ended with code 3"),
        ("sh -c 'kill -9 $$'", "--on-change sh: was ended by signal 9"),
        ("sh -c 'kill -40 $$'", "--on-change sh: was ended by signal 40"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(command: str, told: str, said: list[str]) -> None:
    run(command, said, CHANGE, lambda: bool(said))
    assert said == [told]


def test_command_that_went_away_is_said_and_the_next_change_is_told(
    tmp_path: Path, notes: Path, said: list[str]
) -> None:
    command = tmp_path / "command"
    command.write_text("#!/bin/sh\nexit 0\n")
    command.chmod(0o755)
    hook = Hook(str(command), said.append)
    hook.start(HEADER)
    command.unlink()
    hook.change(CHANGE)
    wait_until(lambda: bool(said), "a line on the trouble")
    command.write_text(f"#!/bin/sh\necho again >> {notes}\n")
    command.chmod(0o755)
    hook.change(CHANGE)
    wait_until(notes.exists, "the first note")
    hook.end(END)
    assert said == [f"--on-change {command}: cannot be run: No such file or directory"]


def test_what_cannot_be_put_into_words_is_said_and_the_next_change_is_told(
    notes: Path, said: list[str]
) -> None:
    hook = Hook(f"sh -c 'echo $0 >> {notes}' {{state}}", said.append)
    hook.start(HEADER)
    hook.change(replace(CHANGE, posterior="none"))  # type: ignore[arg-type]
    wait_until(lambda: bool(said), "a line on the trouble")
    hook.change(CHANGE)
    wait_until(notes.exists, "the first note")
    hook.end(END)
    assert len(said) == 1
    assert said[0].startswith("--on-change sh: cannot be run: TypeError(")


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    notes: Path, said: list[str]
) -> None:
    command = f"sh -c 'trap \"\" TERM; sleep 99 & echo $$ $! >> {notes}; wait; wait'"
    hook = Hook(command, said.append, limit_seconds=0.5)
    hook.start(HEADER)
    hook.change(CHANGE)
    wait_until(lambda: bool(said), "a line on the trouble")
    hook.end(END)
    assert said == ["--on-change sh: did not end within 0.5 s, and was ended"]
    pids = notes.read_text().split()
    wait_until(lambda: not any(is_alive(int(pid)) for pid in pids), "the end of all of them")


def test_end_waits_a_little_for_what_runs(notes: Path, said: list[str]) -> None:
    command = f"sh -c 'echo begun > {notes}; sleep 0.3; echo done > {notes}'"
    run(command, said, CHANGE, notes.exists)
    assert notes.read_text() == "done\n"


def test_end_does_not_wait_long(notes: Path, said: list[str]) -> None:
    hook = Hook(f"sh -c 'echo $$ > {notes}; exec sleep 99'", said.append)
    hook.start(HEADER)
    hook.change(CHANGE)
    wait_until(lambda: notes.exists() and notes.read_text() != "", "a note")
    began = time.monotonic()
    hook.end(END)
    assert 1 < time.monotonic() - began < 20
    assert said == ["--on-change sh: ran still at the end, and was ended"]
    assert not is_alive(int(notes.read_text()))


def test_end_that_is_cut_short_by_ctrl_c_leaves_nothing_behind(notes: Path) -> None:
    command = f"sh -c 'trap \"\" TERM INT HUP; sleep 99 & echo $$ $! > {notes}; wait'"
    program = f"""
import signal, threading
from pathlib import Path
from livegenre.outputs.hook import Hook
from tests.test_outputs_hook import CHANGE, END
from tests.test_outputs_jsonl import HEADER
from tests.waiting import wait_until
notes = Path("{notes}")
hook = Hook({command!r}, print)
hook.start(HEADER)
hook.change(CHANGE)
wait_until(lambda: notes.exists() and notes.read_text().endswith(chr(10)), "a note")
main = threading.main_thread().ident
threading.Timer(0.2, signal.pthread_kill, [main, signal.SIGINT]).start()
hook.end(END)
"""
    words = [sys.executable, "-c", program]
    assert subprocess.run(words, stderr=subprocess.DEVNULL).returncode == -signal.SIGINT
    pids = notes.read_text().split()
    wait_until(lambda: not any(is_alive(int(pid)) for pid in pids), "the end of all of them")


def test_command_has_no_terminal_nothing_to_read_and_stderr_to_write_to(notes: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
from livegenre.outputs.base import Change, End
from livegenre.outputs.hook import Hook
from livegenre.sources.quiet import quiet_stderr
from tests.test_outputs_hook import CHANGE, END
from tests.test_outputs_jsonl import HEADER
from tests.waiting import wait_until
hook = Hook("sh -c 'read x; echo out$x; echo err >&2; ls /proc/self/fd > {notes}'", print)
secret = open("/etc/passwd")
hook.start(HEADER)
hook.change(CHANGE)
hook.end(END)
print("done")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], input="typed\n", capture_output=True, text=True, check=True
    )
    assert done.stdout == "done\n"
    assert done.stderr == "out\nerr\n"
    assert set(notes.read_text().split()) <= {"0", "1", "2", "3"}  # the last is ls reading


def test_caller_never_waits(said: list[str]) -> None:
    hook = Hook("sleep 1", said.append)
    hook.start(HEADER)
    began = time.monotonic()
    for _ in range(1000):
        hook.change(CHANGE)
    assert time.monotonic() - began < 10
    hook.end(END)


def test_what_it_writes_is_seen_while_c_libraries_are_kept_quiet(
    capfd: pytest.CaptureFixture[str], said: list[str], tmp_path: Path
) -> None:
    done = tmp_path / "done"
    with quiet_stderr:
        run(f"sh -c 'echo one; echo two >&2; touch {done}'", said, CHANGE, done.exists)
    assert capfd.readouterr() == ("", "one\ntwo\n")
