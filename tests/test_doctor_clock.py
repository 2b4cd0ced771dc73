import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from livegenre.doctor.clock import ClockReading, read_clock

RATE = 48_000
BLOCK = 1_024


def arrivals(
    seconds: float, *, drift_ppm: float = 0.0, jitter_seconds: float = 0.02
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    n_samples = np.arange(1, round(seconds * RATE / BLOCK)) * BLOCK
    late = np.random.default_rng(0).exponential(jitter_seconds, len(n_samples))
    return n_samples, 1_000 + n_samples / RATE / (1 + drift_ppm / 1e6) + late


def read(n_samples: NDArray[np.int64], seconds: NDArray[np.float64]) -> ClockReading:
    reading = read_clock(n_samples, seconds, RATE)
    assert reading is not None
    return reading


def test_steady_arrivals_miss_nothing() -> None:
    reading = read(*arrivals(3))
    assert reading.missing == 0
    assert abs(reading.drift_ppm) < reading.uncertainty_ppm


@given(st.floats(min_value=-5_000, max_value=5_000))
def test_drift_is_found_within_twice_its_uncertainty(drift_ppm: float) -> None:
    reading = read(*arrivals(30, drift_ppm=drift_ppm))
    assert reading.missing == 0
    assert reading.drift_ppm == pytest.approx(drift_ppm, abs=2 * reading.uncertainty_ppm + 0.1)


def test_more_time_tells_the_drift_better() -> None:
    after_3, after_60 = (read(*arrivals(seconds)).uncertainty_ppm for seconds in (3, 60))
    assert after_60 < after_3 / 10


@given(st.integers(min_value=10_000, max_value=100_000), st.floats(min_value=0.8, max_value=2.2))
def test_samples_that_never_came_are_counted(missing: int, at_seconds: float) -> None:
    n_samples, seconds = arrivals(3, jitter_seconds=0.005)
    seconds[n_samples > at_seconds * RATE] += missing / RATE
    assert read(n_samples, seconds).missing == pytest.approx(missing, abs=0.02 * RATE)


def test_a_block_that_comes_late_is_not_missing() -> None:
    n_samples, seconds = arrivals(3)
    seconds[50:60] = seconds[60]
    assert read(n_samples, seconds).missing == 0


def test_a_moment_tells_nothing() -> None:
    assert read_clock(*arrivals(0.9), RATE) is None
