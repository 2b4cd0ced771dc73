"""Measure how fast files are heard, on one core and decoding included, and what memory that takes.

Time is CPU time, of this process and of the ffmpeg that it starts: others may use the computer
meanwhile. Memory is the most that a run of ``livegenre classify`` on generated files held.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from livegenre.collection.hearing import Task, classifier_for, hear, model_digest
from livegenre.collection.scanning import scan

SAMPLE_RATE = 8_000
EXAMPLE = """\
example:
  python tools/bench_collection.py Music --passes 3
  python tools/bench_collection.py --files 10000
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(
        prog="bench_collection",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders to be heard")
    add("--model", default="cnn", metavar="NAME")
    add("--passes", type=int, default=3, metavar="N", help="the best of so many counts (3)")
    add("--files", type=int, default=0, metavar="N", help="hear so many short generated files")
    arguments = parser.parse_args(argv)
    for path in arguments.paths:
        print(speed_words(path, arguments.model, arguments.passes), flush=True)
    if arguments.files:
        print(memory_words(arguments.files))


def speed_words(path: str, model: str, passes: int) -> str:
    """Hear all files at a path; return how many times faster than real time that is."""
    digest = model_digest(model)
    classifier_for(model, digest)
    files = [os.path.abspath(found.path) for found in scan([path]) if not found.trouble]
    seconds, least = 0.0, float("inf")
    for _ in range(passes):
        began = _cpu_seconds()
        seconds = sum(hear(Task(file, model, digest)).track.seconds for file in files)
        least = min(least, _cpu_seconds() - began)
    return (
        f"{path}: {len(files)} files, {seconds:.0f} s of sound in {least:.2f} s of one core: "
        f"{seconds / least:.0f} times real time"
    )


def memory_words(n_files: int) -> str:
    """Hear a tenth of so many generated files, then all; return what the runs held at most."""
    numbers = (max(1, n_files // 10), n_files)
    with tempfile.TemporaryDirectory() as folder:
        held = [f"{n} files: {peak_megabytes(Path(folder), n):.1f} MB" for n in numbers]
    return ", ".join(held) + " at most"


def peak_megabytes(folder: Path, n_files: int, model: str = "classic") -> float:
    """Return the most memory that hearing so many generated files took, in one process."""
    write_files(folder / "music", n_files)
    words = ["classify", str(folder / "music"), "--model", model, "--no-db", "--jobs", "1", "--csv"]
    with (folder / "table.csv").open("wb+") as table:
        process = subprocess.Popen([sys.executable, "-m", "livegenre", *words], stdout=table)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        table.seek(0)
        # The last column says what was wrong.
        n_heard = sum(line.endswith(b",\n") for line in table)
    if process.returncode or n_heard != n_files:
        raise RuntimeError(f"{n_heard} of {n_files} files were heard")
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def write_files(folder: Path, n_files: int) -> None:
    """Write files of noise, a little more than a second each, no two alike; leave those there."""
    folder.mkdir(exist_ok=True)
    for seed in range(n_files):
        path = folder / f"{seed:06}.wav"
        if not path.exists():
            noise = np.random.default_rng(seed).uniform(-0.3, 0.3, round(1.05 * SAMPLE_RATE))
            soundfile.write(path, noise, SAMPLE_RATE)


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()
