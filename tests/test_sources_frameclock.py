import numpy as np
import pytest

from livegenre.sources.frameclock import FrameClock

RATE = 48_000
BLOCK = 1_024


def run(
    seconds: float,
    *,
    ppm: float = 0.0,
    jitter_seconds: float = 0.03,
    losses: dict[float, int] | None = None,
) -> FrameClock:
    """A device that delivers blocks late by turns, and loses samples at given times."""
    clock = FrameClock(RATE)
    rng = np.random.default_rng(0)
    pending = dict(losses or {})
    sounded = delivered = 0
    while (now := sounded / (RATE * (1 + ppm / 1e6))) < seconds:
        sounded += BLOCK
        delivered += BLOCK
        for place in [place for place in pending if place < now]:
            delivered -= pending.pop(place)
        clock.observe(delivered, 1e5 + now + rng.uniform(0, jitter_seconds))
    return clock


@pytest.mark.parametrize("ppm", [-900, -100, 0, 100, 900])
def test_drift_is_no_loss(ppm: float) -> None:
    assert run(120, ppm=ppm).missing == 0


def test_samples_that_never_came_are_found_once() -> None:
    clock = run(30, losses={10.0: RATE // 2})
    assert clock.missing == pytest.approx(RATE // 2, abs=0.02 * RATE)


def test_they_are_found_within_three_seconds() -> None:
    assert run(9.9, losses={10.0: RATE // 2}).missing == 0
    assert run(13.1, losses={10.0: RATE // 2}).missing > 0


def test_every_loss_counts() -> None:
    clock = run(60, losses={10.0: RATE // 4, 30.0: RATE, 31.5: RATE})
    assert clock.missing == pytest.approx(2.25 * RATE, abs=0.05 * RATE)


def test_many_small_losses_count_in_the_end() -> None:
    clock = run(120, losses={float(at): RATE // 20 for at in range(5, 115, 5)})
    assert clock.missing > 0.5 * 22 * RATE // 20


def test_a_second_without_blocks_that_then_come_all_at_once_is_no_loss() -> None:
    clock = FrameClock(RATE)
    for tenth in range(300):
        held_up = 100 <= tenth < 109
        clock.observe((100 if held_up else tenth) * RATE // 10, 1e5 + tenth / 10)
    assert clock.missing == 0
