"""From the command line: a log is kept, commands are run, and the log is summed up again."""

import csv
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import LIVEGENRE, replay, run, song

__all__ = ["song"]


def told(text: str) -> list[str]:
    """Return what a session or a summary says of shares, ribbon and time."""
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("heard "))
    return lines[begin : begin + 3]


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl"])
def test_summary_tells_what_the_replay_has_told(tmp_path: Path, name: str) -> None:
    log = tmp_path / name
    replayed = replay("--duration", "40", "--model", "classic", "--log", log)
    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert f"; log {log}" in replayed.stdout
    summed = run("summary", log)
    assert (summed.returncode, summed.stderr) == (0, "")
    assert told(summed.stdout) == told(replayed.stdout)


def test_jsonl_into_a_pipe_is_summed_up_as_it_comes(song: Path) -> None:
    lines = replay(song, "--headless", "--jsonl", "-").stdout
    summed = run("summary", "-", "--json", input=lines)
    (session,) = json.loads(summed.stdout)
    assert session["decisions"] == lines.count('"type": "decision"')


def test_pictures_are_written(song: Path, tmp_path: Path) -> None:
    log, page, picture = (tmp_path / name for name in ("log.csv", "a.html", "a.png"))
    replay(song, "--headless", "--log", log)
    assert run("summary", log, "--html", page, "--png", picture).returncode == 0
    assert page.read_text().startswith("<!doctype html>")
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--log", "/no/where/log.csv"], "--log /no/where/log.csv: No such file or directory"),
        (["--log", "/"], "--log /: this is no regular file; choose another name"),
        (["--log", "-"], "'--jsonl -' writes to stdout"),
        (["--log-size", "1"], "--log: give it a file's name"),
        (["--log", "x", "--log-size", "0"], "0 is not from 0.1 to a million"),
        (["--on-change", "no-such-command {label}"], "no command 'no-such-command'"),
        (["--on-change", "echo {song}"], "{song} is not known; there are {label}"),
        (["--log", "x", "--verify"], "--verify: runs alone"),
    ],
)
def test_what_cannot_work_is_one_line_at_the_start(
    song: Path, flags: list[str], complaint: str
) -> None:
    done = replay(song, *flags)
    assert done.returncode in (1, 2)
    assert done.stderr.count("\n") == 1
    assert complaint in done.stderr
    assert done.stdout == ""


def test_file_of_another_kind_is_not_written_to(song: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("artist,title\n")
    done = replay(song, "--log", tmp_path / "list.csv")
    assert done.returncode == 1
    assert "holds something else than such a log; choose another name" in done.stderr
    assert (tmp_path / "list.csv").read_text() == "artist,title\n"
    before = song.read_bytes()
    assert replay(song, "--log", song).returncode == 1
    assert song.read_bytes() == before


def test_read_only_folder_is_one_line(song: Path, tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o555)
    done = replay(song, "--log", tmp_path / "log.csv")
    tmp_path.chmod(0o755)
    assert done.returncode == 1
    assert "Permission denied; choose another place for it" in done.stderr


def test_command_runs_at_changes_and_disturbs_nothing(tmp_path: Path) -> None:
    command = "sh -c 'echo $LIVEGENRE_LABEL; exit 3'"
    done = replay("--duration", "10", "--jsonl", "-", "--headless", "--on-change", command)
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["to"] for row in rows if row["type"] == "change"] == ["metal"]
    assert sorted(done.stderr.splitlines()) == [
        "livegenre: --on-change sh: ended with code 3",
        "metal",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no pty")
def test_what_a_command_writes_comes_after_the_screen() -> None:
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = "sh -c 'echo no''ise; echo no''ise > /dev/tty; exit 3'"
    words = ["replay", "--speed", "4", "--duration", "12", "--on-change", command]
    program = subprocess.Popen(
        [*LIVEGENRE, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # EIO is its end
        while part := terminal.read(65536):
            shown += part
    assert program.wait(60) == 0
    picture, _, after = shown.partition(b"\x1b[?1049l")
    assert b"\x1b[?1049h" in picture
    assert b"noise" not in picture
    assert after.count(b"noise") == 1  # it has no terminal of its own to write to
    assert b"--on-change sh: ended with code 3" in after


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL")
def test_killed_sessions_leave_a_log_that_goes_on_and_is_summed_up(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    words = ["replay", "noise:pink", "--speed", "50", "--headless", "--log", str(log)]
    for _ in range(2):
        before = size(log)
        program = subprocess.Popen([*LIVEGENRE, *words])
        deadline = time.monotonic() + 30
        while size(log) < before + 3000 and time.monotonic() < deadline:
            time.sleep(0.02)
        program.kill()
        program.wait()
        with log.open("a") as file:
            file.write('2026-01-02T03:04:05.678+01:00,1.0,decision,genre,"half a li')
    first, second = json.loads(run("summary", log, "--json").stdout)
    assert min(first["decisions"], second["decisions"]) > 10
    assert (first["reason"], second["reason"]) == (None, None)


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_two_sessions_at_once_share_a_log(song: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    words = ["replay", str(song), "--speed", "max", "--headless", "--log", str(log)]
    programs = [subprocess.Popen([*LIVEGENRE, *words]) for _ in range(2)]
    assert [program.wait(60) for program in programs] == [0, 0]
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    sessions = json.loads(run("summary", log, "--json").stdout)
    assert len({row["session"] for row in rows}) == len(sessions) == 2
    n_decisions = {row["decisions"] for row in sessions}
    assert n_decisions == {sum(row["event"] == "decision" for row in rows) // 2}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["gone.csv"], "gone.csv: No such file or directory; check the path"),
        (["-", "--html", "log.csv"], "--html log.csv: the name must end in .html or .htm"),
        (["-"], "-: holds no session; is it a log of livegenre?"),
        ([], "required: LOG"),
    ],
)
def test_summary_of_what_is_no_log_is_one_line(words: list[str], complaint: str) -> None:
    done = run("summary", *words, input="")
    assert done.returncode in (1, 2)
    assert done.stderr.count("\n") == 1
    assert complaint in done.stderr


def test_help_teaches() -> None:
    text = run("summary", "--help").stdout
    assert "evening.csv*" in text
    text = re.sub(r"\s+", " ", run("replay", "--help").stdout)
    assert "{label}" in text
    assert "FILE.1 to FILE.5" in text


def test_summary_loads_nothing_that_hears() -> None:
    program = (
        "import sys; from livegenre.cli import main; main(['summary', '-', '--json'])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done: Any = subprocess.run(
        [sys.executable, "-c", program], input="", capture_output=True, text=True
    )
    loaded = {module.partition(".")[0] for module in done.stderr.split()}
    assert not {"onnxruntime", "soundfile", "sounddevice", "soxr", "resvg_py"} & loaded
