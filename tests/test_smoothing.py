"""Smoothing: steady where the sound stays, quick where it changes, whatever the step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.smoothing import LEAST, Smoothed, Smoother

NO_TAGS = np.empty(0, np.float32)
STEP_SECONDS = 0.5


def says(*posterior: float, not_music: float = 0.0) -> Smoothed:
    return Smoothed(np.array(posterior, np.float32), not_music, NO_TAGS)


def run(smoother: Smoother, rows: list[Smoothed], step: float = STEP_SECONDS) -> list[Smoothed]:
    return [smoother.smooth(row, step) for row in rows]


def steady(seconds: float = 4.0, *, multi_label: bool = False) -> Smoother:
    return Smoother(seconds, multi_label=multi_label)


@given(st.floats(float(LEAST), 1 - float(LEAST)), st.booleans())
def test_first_window_stands_as_it_is(share: float, multi_label: bool) -> None:
    row = says(share, 1 - share)
    (found,) = run(steady(multi_label=multi_label), [row])
    np.testing.assert_allclose(found.posterior, row.posterior, atol=1e-4)


def test_zero_seconds_smooth_nothing() -> None:
    rows = [says(0.9, 0.1), says(0.2, 0.8)]
    assert run(steady(0.0), rows) == rows


@pytest.mark.parametrize("step", [0.1, 0.25, 0.5])
def test_time_counts_and_not_how_often_it_is_told(step: float) -> None:
    rows = [says(0.7, 0.3), *[says(0.5, 0.5)] * round(2 / step)]
    last = run(steady(), rows, step)[-1]
    odds = math.exp(math.log(0.7 / 0.3) * math.exp(-2 / 4.0))
    np.testing.assert_allclose(last.posterior, [odds / (1 + odds), 1 / (1 + odds)], rtol=1e-5)


def test_labels_judged_alone_are_averaged_alone() -> None:
    rows = [says(0.9, 0.8), *[says(0.9, 0.2)] * 2]
    last = run(steady(multi_label=True), rows)[-1]
    assert last.posterior[0] == pytest.approx(0.9, abs=1e-5)
    assert 0.5 < last.posterior[1] < 0.8


def test_one_strange_window_changes_nothing_that_is_sure() -> None:
    found = run(steady(), [*[says(0.95, 0.05)] * 12, says(0.1, 0.9), *[says(0.95, 0.05)] * 3])
    assert min(row.posterior[0] for row in found) > 0.8


def test_other_music_takes_over_much_sooner_than_the_time_constant() -> None:
    rows = [*[says(0.95, 0.05)] * 40, *[says(0.1, 0.9)] * 4]
    found = run(steady(20.0), rows)
    assert found[-1].posterior[1] > 0.6
    slow_odds = math.exp(-2 / 20) * math.log(19) - (1 - math.exp(-2 / 20)) * math.log(9)
    assert slow_odds > 0, "by the long average alone the first would still lead"


def test_talk_takes_over_as_soon() -> None:
    rows = [*[says(0.6, 0.4)] * 40, *[says(0.6, 0.4, not_music=1.0)] * 3]
    assert run(steady(20.0), rows)[-1].not_music > 0.5


def test_what_was_forgotten_has_no_weight() -> None:
    smoother = steady()
    run(smoother, [says(0.9, 0.1)] * 5)
    smoother.forget()
    (found,) = run(smoother, [says(0.2, 0.8)])
    np.testing.assert_allclose(found.posterior, [0.2, 0.8], atol=1e-5)


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=30),
    st.booleans(),
)
def test_smoothed_are_probabilities_whatever_comes(
    rows: list[list[float]], multi_label: bool
) -> None:
    smoother = steady(multi_label=multi_label)
    for *shares, not_music in rows:
        weights = np.array(shares, np.float32) + np.float32(1e-6)
        posterior = weights if multi_label else weights / weights.sum()
        found = smoother.smooth(Smoothed(posterior, not_music, NO_TAGS), STEP_SECONDS)
        assert ((found.posterior >= 0) & (found.posterior <= 1)).all()
        assert 0 <= found.not_music <= 1
        if not multi_label:
            assert found.posterior.sum() == pytest.approx(1, abs=1e-5)
