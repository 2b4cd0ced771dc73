"""What workers are given to do in tests: found by name in every process."""

import os
import signal
import time
from pathlib import Path

from livegenre.errors import FileError


def square(number: int) -> int:
    return number * number


def process_of(item: object) -> int:
    time.sleep(0.05)
    return os.getpid()


def fail_if_odd(number: int) -> int:
    if number % 2:
        raise FileError(f"{number}.wav: holds no sound")
    return number


def size_of(path: Path) -> int:
    return path.stat().st_size


def divide_by(number: int) -> float:
    return 1 / number


def die_of_seven(number: int) -> int:
    time.sleep(0.02)
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def linger(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def threads(item: object) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")
