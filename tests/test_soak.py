"""The microphone over minutes to an hour: ``make soak``; what it measures it prints."""

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from livegenre.sources.microphone import Microphone
from tests.test_sources_microphone import callback_costs, disturbance, is_cheap
from tests.virtual_microphone import (
    PATIENCE_SECONDS,
    VirtualMicrophone,
    assert_exact,
    virtual_microphone_of,
)

DEVICE = "pulse"
RATE = 44_100
SOUNDING = ("live", "muted")
SOAK_MINUTES = float(os.environ.get("SOAK_MINUTES", "1"))
LEAK_PER_TROUBLE_KIB = 20
SPARE_KIB = 8_192

pytestmark = [pytest.mark.soak, pytest.mark.device]


@dataclass(frozen=True)
class Footprint:
    """What a process holds."""

    n_threads: int
    n_files: int
    memory_kib: int

    @classmethod
    def now(cls) -> "Footprint":
        status = Path("/proc/self/status").read_text()
        memory = re.search(r"VmRSS:\s+(\d+)", status)
        assert memory
        n_files = len(os.listdir("/proc/self/fd"))
        return cls(len(os.listdir("/proc/self/task")), n_files, int(memory[1]))

    def assert_nothing_leaked_since(self, before: "Footprint", n_troubles: int) -> None:
        print(f"\n  {n_troubles} troubles: {before} -> {self}")
        assert (self.n_threads, self.n_files) == (before.n_threads, before.n_files)
        growth_kib = self.memory_kib - before.memory_kib
        assert growth_kib < SPARE_KIB + LEAK_PER_TROUBLE_KIB * n_troubles


def read_until(microphone: Microphone, *states: str) -> int:
    """Read until a state is reached and return how many samples came."""
    n_samples = 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while microphone.state not in states:
        n_samples += len(microphone.read(RATE // 20))
        assert time.monotonic() < deadline
    return n_samples


def read_for(microphone: Microphone, seconds: float) -> int:
    """Read for a time and return how many samples came."""
    n_samples = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        n_samples += len(microphone.read(RATE // 20))
    return n_samples


class Timekeeping:
    """Compares the time that a microphone's samples make with the monotonic clock."""

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self._n_samples = read_for(microphone, 2.0)
        self._n_first = self._n_samples + microphone.lost
        self._began = time.monotonic()

    def read_for(self, seconds: float) -> None:
        self._n_samples += read_for(self._microphone, seconds)

    def read_until(self, *states: str) -> None:
        self._n_samples += read_until(self._microphone, *states)

    def error_seconds(self) -> float:
        """Read for a second and return by how much time is wrong.

        Sound comes late by turns, never early: what it is late by least is time that is wrong.
        """
        errors = []
        for _ in range(20):
            self.read_for(0.05)
            heard = self._n_samples + self._microphone.lost - self._n_first
            errors.append(heard / RATE - (time.monotonic() - self._began))
        return max(errors)


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_a_minute_arrives_to_the_last_sample(
    sample_rate: int, n_channels: int, tmp_path: Path
) -> None:
    with virtual_microphone_of(sample_rate, n_channels) as virtual_microphone:
        assert_exact(virtual_microphone, tmp_path, seconds=60.0)


def test_twenty_times_unplugged(virtual_microphone: VirtualMicrophone) -> None:
    dice = random.Random(0)
    noticed, live_again = [], []
    with Microphone(DEVICE) as microphone:
        read_until(microphone, "muted")
        before = Footprint.now()
        for _ in range(20):
            virtual_microphone.unplug()
            unplugged_at = time.monotonic()
            read_until(microphone, "reconnecting")
            noticed.append(time.monotonic() - unplugged_at)
            read_for(microphone, dice.uniform(0, 3))
            virtual_microphone.plug_in()
            returned_at = time.monotonic()
            read_until(microphone, *SOUNDING)
            live_again.append(time.monotonic() - returned_at)
            read_for(microphone, 0.5)
        print(f"\n  noticed within {max(noticed):.2f} s, live again within {max(live_again):.2f} s")
        Footprint.now().assert_nothing_leaked_since(before, 20)
    assert max(noticed) < 1.0
    assert max(live_again) < 2.0


def test_the_callback_costs_little(virtual_microphone: VirtualMicrophone) -> None:
    callbacks, sums = callback_costs(30.0)
    middle, high = np.percentile(callbacks, [50, 99])
    print(
        f"\n  {len(callbacks)} callbacks: p50 {middle:.0f} us, p99 {high:.0f} us; "
        f"the same sum cost up to {disturbance(sums):.0f} us more than usual"
    )
    assert is_cheap(callbacks, sums)


@contextmanager
def unplugged(virtual_microphone: VirtualMicrophone) -> Iterator[None]:
    virtual_microphone.unplug()
    yield
    virtual_microphone.plug_in()


@contextmanager
def muted(virtual_microphone: VirtualMicrophone) -> Iterator[None]:
    virtual_microphone.mute(True)
    yield
    virtual_microphone.mute(False)


@contextmanager
def read_by_no_one(virtual_microphone: VirtualMicrophone) -> Iterator[None]:
    time.sleep(3.0)
    yield


TROUBLES: tuple[Callable[[VirtualMicrophone], AbstractContextManager[None]], ...] = (
    unplugged,
    VirtualMicrophone.hung,
    VirtualMicrophone.suspended,
    muted,
    read_by_no_one,
)


def test_one_trouble_after_the_other(virtual_microphone: VirtualMicrophone) -> None:
    dice = random.Random(0)
    live_again: list[tuple[float, str]] = []
    errors_seconds: list[float] = []
    with Microphone(DEVICE) as microphone:
        kept = Timekeeping(microphone)
        before, began = Footprint.now(), time.monotonic()
        while time.monotonic() < began + 60 * SOAK_MINUTES:
            trouble = dice.choice(TROUBLES)
            with trouble(virtual_microphone):
                kept.read_for(dice.uniform(0.1, 6.0))
            returned_at = time.monotonic()
            kept.read_until(*SOUNDING)
            live_again.append((time.monotonic() - returned_at, trouble.__name__))
            kept.read_for(dice.uniform(0.0, 4.0))
            errors_seconds.append(kept.error_seconds())
        slowest = ", ".join(f"{s:.2f} s ({name})" for s, name in sorted(live_again)[:-6:-1])
        print(
            f"\n  live again within {slowest} at the slowest; time went wrong by "
            f"{min(errors_seconds):+.2f} to {max(errors_seconds):+.2f} s"
        )
        Footprint.now().assert_nothing_leaked_since(before, len(live_again))
    assert max(live_again)[0] < 2.0
    assert max(map(abs, errors_seconds)) < 0.5
