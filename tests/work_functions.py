"""What workers are given to do in tests: found by name in every process."""

import os
import signal
import tempfile
import time
from pathlib import Path

import livegenre
from livegenre.errors import FileError


def square(number: int) -> int:
    return number * number


def hear(start_seconds: int) -> list[tuple[float, dict[str, float]]]:
    """Hear some of the demo, and return times and posteriors."""
    heard = livegenre.replay("demo", start_seconds=start_seconds, duration_seconds=8)
    return [(decision.time, dict(decision.raw_posterior)) for decision in heard]


def linger(seconds: float) -> int:
    """Take a while, and return whose process it took."""
    time.sleep(seconds)
    return os.getpid()


def linger_with_a_copy(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder):
        (folder / "began").touch()
        time.sleep(60)


def fail_if_odd(number: int) -> int:
    if number % 2:
        raise FileError(f"{number}.wav: holds no sound")
    return number


def size_of(path: Path) -> int:
    return path.stat().st_size


def divide_by(number: int) -> float:
    return 1 / number


class UnsendableError(Exception):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def raise_unsendable(number: int) -> int:
    raise UnsendableError("this", "that")


def return_unsendable(number: int) -> object:
    return lambda: number


def die_of_seven(number: int) -> int:
    time.sleep(0.02)
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def thread_limit(number: int) -> str | None:
    return os.environ.get("OPENBLAS_NUM_THREADS")
