"""Days of sound through a session and its sinks: ``make soak``; what it measures it prints.

A process of its own replays the demo again and again, as fast as it goes. What it holds is looked
at from outside, in ``/proc``; every time stamp it writes is checked while it writes.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from livegenre.assembly import load_model
from tests.broker import listener, mosquitto

SOAK_HOURS = float(os.environ.get("SOAK_HOURS", "48"))
HOUR = 3_600.0
STEADY_SECONDS = min(HOUR, SOAK_HOURS * HOUR / 4)
"""Sound after which nothing may grow any more; sooner where there is less of it."""
SPARE_KIB = 5 * 1024
PRECISION_SECONDS = 1e-6
LOOK_SECONDS = 1.0
STALL_SECONDS = 60.0
SINKS = [
    *("--jsonl", "{folder}/log.jsonl"),
    *("--log", "{folder}/log.csv", "--log-size", "1"),
    *("--on-change", "true {{label}}"),
    *("--osc", "127.0.0.1:9"),
    *("--web", "127.0.0.1:0"),
    *("--mqtt", "mqtt://127.0.0.1:{port}/soak"),
]
"""What is told of everything; ``{folder}`` is empty at first, at ``{port}`` is a broker."""
SAID = re.compile(r"(livegenre: web: http://127\.0\.0\.1:\d+/\n)?")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to look at"),
]


@dataclass(frozen=True)
class Look:
    """What a process holds after so much sound."""

    sound_seconds: float
    memory_kib: int
    n_threads: int
    n_files: int

    @classmethod
    def at(cls, pid: int, sound_seconds: float) -> "Look | None":
        """Look at a process that is not waited for yet; None where it ended."""
        process = Path("/proc", str(pid))
        memory = re.search(r"VmRSS:\s+(\d+)", (process / "status").read_text())
        if memory is None:
            return None
        n_files = len(os.listdir(process / "fd"))
        return cls(sound_seconds, int(memory[1]), len(os.listdir(process / "task")), n_files)

    def __str__(self) -> str:
        return (
            f"{self.sound_seconds / HOUR:6.2f} h of sound: {self.memory_kib / 1024:.1f} MB, "
            f"{self.n_threads} threads, {self.n_files} files"
        )


class Stamps:
    """Reads JSON Lines as they grow, and sees that no decision's time is off.

    Parameters
    ----------
    path : Path
        Need not be there yet.
    step_seconds : float
        Exact, unlike that of the header, which is rounded.
    """

    def __init__(self, path: Path, step_seconds: float) -> None:
        self._path = path
        self._step_seconds = step_seconds
        self._place = 0
        self._first: float | None = None
        self.n_decisions = 0
        self.n_changes = 0
        self.last = 0.0
        self.reason = ""

    def read_on(self) -> None:
        """Check the whole lines that came since."""
        if not self._path.exists():
            return
        with self._path.open("rb") as log:
            log.seek(self._place)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._place += len(line)
                self._check(json.loads(line))

    def _check(self, line: dict[str, object]) -> None:
        if line["type"] == "end":
            self.reason = str(line["reason"])
        self.n_changes += line["type"] == "change"
        if line["type"] != "decision":
            return
        stamp = line["time"]
        assert isinstance(stamp, float)
        if self._first is None:
            self._first = stamp
        expected = self._first + self.n_decisions * self._step_seconds
        assert abs(stamp - expected) <= PRECISION_SECONDS, f"decision {self.n_decisions}"
        self.n_decisions += 1
        self.last = stamp


@contextmanager
def session(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Replay the demo for as long as is asked for, with all sinks."""
    words = ["--loop", "--speed", "max", "--headless", "--duration", str(SOAK_HOURS * HOUR)]
    sinks = [word.format(folder=folder, port=port) for word in SINKS]
    with subprocess.Popen(
        [sys.executable, "-m", "livegenre", "replay", "--no-config", *words, *sinks],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def look_on(process: subprocess.Popen[str], stamps: Stamps) -> Iterator[Look]:
    """Yield what the process holds, now and then, while it runs and its log grows."""
    grew_at = time.monotonic()
    while process.poll() is None:
        n_before = stamps.n_decisions
        look = Look.at(process.pid, stamps.last)
        stamps.read_on()
        if stamps.n_decisions > n_before:
            grew_at = time.monotonic()
            if look and not stamps.reason:  # else it may have been tidying up already
                yield look
        assert time.monotonic() < grew_at + STALL_SECONDS, "no decision comes any more"
        time.sleep(LOOK_SECONDS)
    stamps.read_on()


def held(looks: Sequence[Look]) -> tuple[int, int]:
    """Return how many threads and files were held throughout: a command has pipes for a moment."""
    return min(look.n_threads for look in looks), min(look.n_files for look in looks)


def test_days_of_sound_leave_no_trace() -> None:
    _, extractor = load_model("cnn")
    spec = extractor.spec
    looks: list[Look] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as beside,
        mosquitto(Path(beside)) as broker,
        listener(broker.port) as someone,
    ):
        stamps = Stamps(Path(folder) / "log.jsonl", spec.step_seconds)
        with session(Path(folder), broker.port) as process:
            told = 0.0
            for look in look_on(process, stamps):
                looks.append(look)
                if look.sound_seconds >= 1.2 * told:
                    told = look.sound_seconds
                    print(f"\n  {look}", end="", flush=True)
            assert process.stderr is not None
            said = process.stderr.read()
            assert process.returncode == 0, said
            assert SAID.fullmatch(said), said
        someone.wait_for("soak/availability", "offline")
        n_changes = len(someone.payloads("soak/change"))
    print(f"\n  {looks[-1]}; {stamps.n_decisions} decisions, every time stamp exact")
    assert n_changes == stamps.n_changes, "the broker heard of every change"
    n_expected = (SOAK_HOURS * HOUR - spec.min_seconds) / spec.step_seconds
    assert abs(stamps.n_decisions - n_expected) <= 1.0
    assert stamps.reason == "end"
    steady = [look for look in looks if look.sound_seconds >= STEADY_SECONDS]
    assert max(look.memory_kib for look in steady) < steady[0].memory_kib + SPARE_KIB
    assert held(steady[len(steady) // 2 :]) == held(steady[: len(steady) // 2])
