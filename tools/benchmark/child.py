"""Runs livegenre in a process of its own, and writes down what that took.

Usage: python -m tools.benchmark.child OUT SECONDS [WORDS ...]: what is used before that many
seconds have passed is not counted. OUT is given ``cpu`` and ``wall`` in seconds, and ``peak``, the
largest memory in MB. Imports next to nothing, so as to add nothing to it.
"""

import json
import sys
import threading
import time
from pathlib import Path

STATUS = Path("/proc/self/status")


def main(out: str, seconds: str, *words: str) -> int:
    """Run the command, and write."""
    marks = []

    def mark() -> None:
        marks.append((time.process_time(), time.perf_counter()))

    timer = threading.Timer(float(seconds), mark)
    timer.daemon = True
    timer.start()
    from livegenre.cli import main as livegenre

    code = livegenre(list(words))
    timer.cancel()
    mark()
    (cpu, wall), (cpu_end, wall_end) = marks[0], marks[-1]
    taken = {"cpu": cpu_end - cpu, "wall": wall_end - wall, "peak": peak_memory()}
    Path(out).write_text(json.dumps(taken))
    return code


def peak_memory() -> float:
    """Return the largest memory of this process in MB; 0 where the system does not tell."""
    # Not from getrusage, which counts the memory of the program that forked this one.
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
