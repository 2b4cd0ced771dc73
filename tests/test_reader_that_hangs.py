"""Readers of stdout and stderr that do not read, or leave: the sound and all others go on."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.broker import free_port
from tests.test_cli import LIVEGENRE, lines
from tests.waiting import wait_until

if sys.platform != "win32":
    import fcntl
    import termios

FULL_BYTES = 1 << 16
"""What a pipe holds, on Linux."""
OVERFULL = 3 * FULL_BYTES
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes of another kind")


@contextmanager
def started(*words: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """Have the demo replayed with further words."""
    command = [*LIVEGENRE, "replay", "--headless", "--no-config", *words]
    with subprocess.Popen(command, text=True, **streams) as process:
        try:
            yield process
        finally:
            process.kill()


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_unread_json_lines_do_not_hold_up_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    words = ["--loop", "--speed", "30", "--jsonl", "-", "--log", str(log)]
    with started(*words, stdout=subprocess.PIPE) as process:
        wait_until(lambda: size(log) > OVERFULL, "a log of more than a pipe holds")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 130
        assert lines(log.read_text())[-1]["reason"] == "terminated"


def test_reader_of_json_lines_that_leaves_does_not_end_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    words = ["--loop", "--speed", "30", "--jsonl", "-", "--log", str(log)]
    with started(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.readline()
        assert said == "livegenre: JSON Lines to stdout: Broken pipe; trying again\n"
        before = size(log)
        wait_until(lambda: size(log) > before + FULL_BYTES, "more of the log")


def test_reader_of_json_lines_alone_that_leaves_ends_the_session() -> None:
    words = ["--loop", "--speed", "30", "--jsonl", "-"]
    with started(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 1
        assert process.stderr.read() == "livegenre: JSON Lines to stdout: Broken pipe\n"


def test_slow_reader_of_a_replay_at_full_speed_gets_every_line() -> None:
    words = ["--loop", "--duration", "400", "--speed", "max", "--model", "classic", "--jsonl", "-"]
    with started(*words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        wait_until(lambda: has_ceased(process), "a full pipe")
        assert process.stdout.readline()
        told = [json.loads(line)["type"] for line in process.stdout]
        assert told.count("decision") > 700
        assert told[-1] == "end"
        assert process.wait(20) == 0


@pytest.mark.parametrize("speed", ["30", "max"])
def test_unread_json_lines_do_not_keep_it_from_ending_when_told_to(speed: str) -> None:
    words = ["--loop", "--speed", speed, "--jsonl", "-"]
    with started(*words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        wait_until(lambda: has_ceased(process), "a full pipe")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 130


def has_ceased(process: "subprocess.Popen[str]") -> bool:
    """Tell whether a process has begun to write and writes no more."""
    assert process.stdout is not None
    before = struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, bytes(4)))[0]
    time.sleep(1)
    now = struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, bytes(4)))[0]
    return bool(before and before == now)


def test_unread_stderr_holds_up_neither_the_sound_nor_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while True:
        try:
            os.write(writer, b"x" * 4096)
        except BlockingIOError:
            break
    os.set_blocking(writer, True)
    words = ["--duration", "60", "--speed", "30", "--log", str(log), "--on-change", "false"]
    broker = f"mqtt://127.0.0.1:{free_port()}"
    with started(*words, "--mqtt", broker, stderr=writer) as process:
        os.close(writer)
        assert process.wait(30) == 0
        assert lines(log.read_text())[-1]["reason"] == "end"
    os.close(reader)
