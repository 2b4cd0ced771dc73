import math
import time
from pathlib import Path

import numpy as np
import pytest

from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.decoded import DecodedSource
from livegenre.sources.pacing import PacedSource
from livegenre.sources.signal import SignalDecoder

RATE = 44_100


class Clock:
    """A monotonic clock on which sleeping takes exactly as long as asked, or a little longer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, oversleep_seconds: float = 0.0) -> None:
        self.now = 1_000.0
        self.longest = 0.0
        self.oversleep_seconds = oversleep_seconds
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.longest = max(self.longest, seconds)
        self.now += seconds + self.oversleep_seconds


def paced(*, speed: float = 1.0, duration_seconds: float = 60.0) -> PacedSource:
    sound = DecodedSource(SignalDecoder("tone:220"), duration_seconds=duration_seconds)
    return PacedSource(sound, speed)


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("n", [1, 1_024, 100_000])
def test_nothing_is_handed_out_before_it_is_due(
    speed: float, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    begin = clock.now
    source = paced(speed=speed, duration_seconds=0.5)
    delivered = 0
    while (block := source.read(n)) is not None:
        delivered += len(block)
        assert delivered / (RATE * speed) <= clock.now - begin + 1e-9
    assert delivered == RATE // 2
    until_the_end_is_noticed = 0.2 + 1 / RATE
    assert clock.now - begin == pytest.approx(0.5 / speed, abs=until_the_end_is_noticed)


def test_it_does_not_drift(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, oversleep_seconds=0.0031)
    begin = clock.now
    source = paced(duration_seconds=600)
    delivered = 0
    while (block := source.read(4_410)) is not None:
        delivered += len(block)
        late = clock.now - begin - delivered / RATE
        assert -1e-6 < late < 0.01
    assert delivered == 600 * RATE


def test_no_sleep_is_longer_than_a_reader_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = paced()
    begin = clock.now
    block = source.read(10 * RATE)
    assert clock.now - begin == pytest.approx(0.1)
    assert block is not None
    assert len(block) in (4_409, 4_410)
    assert clock.longest <= 0.1


def test_a_late_reader_gets_what_is_due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = paced()
    source.read(100)
    clock.now += 3.0
    late = clock.now
    delivered = 100
    while clock.now == late:
        block = source.read(1_024)
        assert block is not None
        delivered += len(block)
    assert 3 * RATE <= delivered <= 3 * RATE + 2_048


def test_the_clock_starts_with_the_first_read(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = paced()
    clock.now += 5.0  # a model is loaded
    block = source.read(10 * RATE)
    assert block is not None
    assert len(block) <= 4_410


def test_the_sound_is_that_of_the_source_inside() -> None:
    options = ReplayOptions(spec="noise:pink", duration_seconds=0.2, speed=8.0)
    with open_source(options) as source:
        assert (source.name, source.sample_rate, source.lost) == ("noise:pink", RATE, 0)
        assert source.duration_seconds == pytest.approx(0.2)
        blocks = []
        while (block := source.read(1_000)) is not None:
            blocks.append(block)
        assert source.state == "ended"
    with open_source(ReplayOptions(spec="noise:pink", speed=math.inf)) as unpaced:
        np.testing.assert_array_equal(np.concatenate(blocks), unpaced.read(8_820))


def test_real_time_is_real() -> None:
    began = time.monotonic()
    with paced(duration_seconds=0.5) as source:
        while source.read(1_024) is not None:
            pass
    assert 0.45 < time.monotonic() - began < 10.0


def test_as_fast_as_possible_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    options = ReplayOptions(spec="silence", speed=math.inf)
    with open_source(options) as source:
        blocks = [source.read(RATE) for _ in range(10)]
    assert [block is not None and len(block) for block in blocks] == [RATE] * 10
    assert clock.longest == 0.0


def test_another_speed_holds_from_the_next_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = paced()
    for speed, seconds in ((1.0, 2.0), (8.0, 4.0), (0.25, 1.0), (math.inf, 5.0), (2.0, 2.0)):
        source.change_speed(speed)
        began, delivered = clock.now, 0
        while delivered < seconds * RATE:
            block = source.read(1_024)
            assert block is not None
            delivered += len(block)
        assert clock.now - began == pytest.approx(delivered / RATE / speed, abs=1e-3)


def test_a_source_inside_is_closed(tmp_path: Path) -> None:
    import soundfile

    soundfile.write(tmp_path / "x.wav", np.zeros(100), RATE)
    with open_source(ReplayOptions(spec=str(tmp_path / "x.wav"))) as source:
        inside = source._sound._decoder._sound  # type: ignore[attr-defined]
        assert not inside.closed
    assert inside.closed
