"""The tap tells of every change, and what the sound was short of."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pytest

import livegenre.tap
from livegenre.arrays import FloatArray
from livegenre.outputs.base import DeviceChange
from livegenre.sources.base import SourceState
from livegenre.tap import Tap
from livegenre.verify import Recording

RATE = 1_000
Read: TypeAlias = tuple[int, int, SourceState] | tuple[int, int, SourceState, str]
"""Samples that come, samples lost so far, state, trouble if any."""


class Troubled(Recording):
    """A device whose reads are written down beforehand."""

    def __init__(self, reads: Sequence[Read], *, rate: int = RATE) -> None:
        super().__init__(np.zeros(0, np.float32), rate, "line in")
        self._reads = iter(reads)

    def read(self, n: int) -> FloatArray | None:
        read = next(self._reads, None)
        if read is None:
            return None
        n_samples, self.lost, self.state = read[:3]
        self.trouble = read[3] if len(read) == 4 else ""
        return np.full(n_samples, 0.1, np.float32)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    clock = Clock()
    monkeypatch.setattr(livegenre.tap, "time", clock)
    return clock


class Clock:
    """Stands where ``time`` would."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_changes_are_told_once_with_their_time(clock: Clock) -> None:
    tap = Tap(
        Troubled(
            [
                *((100, 0, "live"), (0, 0, "live"), (0, 0, "stalled"), (0, 0, "stalled")),
                *((0, 0, "reconnecting"), (0, 0, "live"), (50, 700, "live"), (50, 700, "live")),
                *((50, 700, "muted"), (50, 700, "live")),
            ]
        )
    )
    told: list[DeviceChange] = []
    tap.watch(told.append)
    while tap.read(100) is not None:
        clock.now += 0.1
    assert told == [
        DeviceChange(0.1, "stalled", "", "line in", 0, 0),
        DeviceChange(0.1, "reconnecting", "", "line in", 0, 0),
        DeviceChange(0.8, "live", "", "line in", 700, 0),
        DeviceChange(0.9, "muted", "", "line in", 700, 0),
        DeviceChange(0.95, "live", "", "line in", 700, 0),
    ]
    assert tap.interruptions == 1
    assert tap.missing_seconds == 0.7


def test_new_trouble_is_told_but_begins_nothing_anew(clock: Clock) -> None:
    silent, hung = "its stream gives nothing", "the sound system does not answer"
    reads: list[Read] = [(100, 0, "live"), (0, 0, "stalled", silent), (0, 0, "stalled", silent)]
    tap = Tap(Troubled([*reads, (0, 0, "stalled", hung), (100, 0, "live")]))
    told: list[DeviceChange] = []
    tap.watch(told.append)
    for _ in range(4):
        tap.read(100)
        clock.now += 0.5
    assert [(change.state, change.trouble) for change in told] == [
        ("stalled", silent),
        ("stalled", hung),
    ]
    assert (tap.trouble, tap.interruptions, tap.state_seconds) == (hung, 1, 2.0)
    tap.read(100)
    assert (tap.trouble, tap.state) == ("", "live")


def test_gap_lasts_from_the_last_sound_on(clock: Clock) -> None:
    reads: list[Read] = [(100, 0, "live"), (0, 0, "stalled")]
    tap = Tap(Troubled([*reads, (0, 0, "reconnecting"), (10, 5_000, "live")]))
    tap.read(100)
    for waited in (0.5, 2.0):
        clock.now = 100.0 + waited
        tap.read(100)
        assert tap.state_seconds == tap.gap_seconds == tap.missing_seconds == waited
        assert tap.interruptions == 1
    clock.now = 105.0
    tap.read(100)
    assert tap.state_seconds == tap.gap_seconds == 0.0
    assert tap.missing_seconds == 5.0


def test_limit_is_kept_in_a_gap_that_does_not_end(clock: Clock) -> None:
    reads: list[Read] = [(1_000, 0, "live"), (0, 0, "stalled")]
    tap = Tap(Troubled(reads), limit_seconds=2.0)
    tap.read(1_000)
    clock.now += 0.9
    assert tap.read(1_000) is not None
    clock.now += 0.1
    assert tap.read(1_000) is None


def test_waiting_for_the_first_sound_is_no_interruption(clock: Clock) -> None:
    tap = Tap(Troubled([(0, 0, "reconnecting"), (10, 0, "live")]))
    tap.read(100)
    clock.now += 3.0
    assert tap.state_seconds == 3.0
    assert tap.missing_seconds == 0.0
    tap.read(100)
    assert tap.interruptions == 0


def test_listeners_hear_every_sample_and_every_empty_read() -> None:
    heard: list[FloatArray] = []
    tap = Tap(Troubled([(10, 0, "live"), (0, 0, "stalled"), (20, 0, "live")]), gain_db=20.0)
    tap.listen(heard.append)
    while tap.read(100) is not None:
        pass
    assert [len(block) for block in heard] == [10, 0, 20]
    np.testing.assert_allclose(np.concatenate(heard), 1.0)


def test_clipping_is_counted_before_the_gain() -> None:
    tap = Tap(Recording(np.array([0.5, 1.0, -1.0], np.float32), RATE, "loud"), gain_db=-20.0)
    assert np.abs(tap.read(3)).max() == pytest.approx(0.1)  # type: ignore[arg-type]
    assert tap.clipping.samples == 2
