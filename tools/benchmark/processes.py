"""Whole processes: what livegenre costs as it is run, from start to end."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import soundfile as sf

from tools.benchmark.child import STATUS
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Missing, Pair, the_clock
from tools.benchmark.terminal import run_in_terminal

SETTLE_SECONDS, LISTEN_SECONDS = 3.0, 10.0
"""How long a session may take to start, and how long it then is watched, and longer."""
REPLAY_SECONDS = 240.0
FIRST_SECONDS = 10.0
LIBRARIES = "import numpy, onnxruntime"
PEAK = "from tools.benchmark.child import peak_memory; print(peak_memory())"
SIGNAL = ("replay", "noise:pink", "--silence", "-100")
TO_NOBODY = ("--headless", "--jsonl", "-")


def listen_with_screen(material: Material) -> Pair:
    """Compare a second of a session that is watched with the second."""
    return Pair(lambda: _of_a_second(_session(material, screen=True)), the_clock(1_000.0))


def listen_without_screen(material: Material) -> Pair:
    """Compare a second of a session that writes JSON Lines with the second."""
    return Pair(lambda: _of_a_second(_session(material, screen=False)), the_clock(1_000.0))


def replay_at_full_speed(material: Material) -> Pair:
    """Compare all that a long replay takes, start included, with how long the sound is."""
    words = ("replay", str(material.music), "--loop", "--duration", str(REPLAY_SECONDS))

    def subject() -> Cost:
        taken = _livegenre(*words, "--model", material.model, "--speed", "max", *TO_NOBODY)
        return Cost(1_000.0 * taken["cpu"], 1_000.0 * taken["wall"])

    return Pair(subject, the_clock(1_000.0 * REPLAY_SECONDS))


def start_to_first_decision(material: Material) -> Pair:
    """Compare the way to the first decision line with importing two libraries; time, not CPU."""
    folder = tempfile.TemporaryDirectory()
    music = Path(folder.name) / "music.wav"
    rate = 44_100
    sf.write(music, material.samples(rate, round(FIRST_SECONDS * rate)), rate)
    words = ["replay", str(music), "--model", material.model, "--speed", "max", *TO_NOBODY]

    def subject() -> Cost:
        assert folder.name  # the file lives as long as this
        began = time.perf_counter()
        with subprocess.Popen(_command(words), stdout=subprocess.PIPE, env=_environment()) as run:
            assert run.stdout is not None
            _await_decision(run.stdout)
            ms = 1_000.0 * (time.perf_counter() - began)
            run.communicate()
        return Cost(ms, ms)

    return Pair(subject, lambda: _by_wall(["-c", LIBRARIES]))


def show_help(material: Material) -> Pair:
    """Compare ``--help`` with an interpreter that does nothing; time, not CPU."""
    return Pair(
        lambda: _by_wall(["-m", "livegenre", "--help"]),
        lambda: _by_wall(["-c", "pass"]),
    )


def peak_memory(material: Material) -> Pair:
    """Compare the peak of a session that is watched with importing two libraries, in MB."""
    if not STATUS.exists():
        raise Missing("the peak of memory is known on Linux alone")

    def peer() -> Cost:
        return Cost(float(_python(["-c", f"{LIBRARIES}; {PEAK}"])), 0.0)

    return Pair(lambda: Cost(_session(material, screen=True)["peak"], 0.0), peer)


def _session(material: Material, *, screen: bool) -> Mapping[str, float]:
    """Have a signal heard in real time; return what it took once it had started."""
    seconds = str(SETTLE_SECONDS + LISTEN_SECONDS)
    words = [*SIGNAL, "--duration", seconds, "--model", material.model]
    words += ["--fps", "10"] if screen else TO_NOBODY
    return _livegenre(*words, settle_seconds=SETTLE_SECONDS, screen=screen)


def _of_a_second(taken: Mapping[str, float]) -> Cost:
    return Cost(1_000.0 * taken["cpu"] / taken["wall"], 1_000.0)


def _livegenre(
    *words: str, settle_seconds: float = 0.0, screen: bool = False
) -> Mapping[str, float]:
    """Run livegenre and return what it took, after some time if so wished."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "taken.json"
        child = ["-m", "tools.benchmark.child", str(out), str(settle_seconds), *words]
        if screen:
            run_in_terminal([sys.executable, *child], _environment())
        else:
            _python(child)
        taken: Mapping[str, float] = json.loads(out.read_text())
    return taken


def _command(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "livegenre", *words]


def _python(words: Sequence[str]) -> bytes:
    done = subprocess.run(
        [sys.executable, *words], stdout=subprocess.PIPE, env=_environment(), check=True
    )
    return done.stdout


def _by_wall(words: Sequence[str]) -> Cost:
    began = time.perf_counter()
    _python(words)
    ms = 1_000.0 * (time.perf_counter() - began)
    return Cost(ms, ms)


def _await_decision(lines: IO[bytes]) -> None:
    for line in lines:
        if b'"decision"' in line:
            return
    raise AssertionError("livegenre ended without a decision")


def _environment() -> dict[str, str]:
    """Return the surroundings of a process: a good terminal, and modules compiled but once."""
    inherited = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return inherited
