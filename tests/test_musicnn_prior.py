"""The prior that tags give, and the regression that leans on it."""

import numpy as np
import pytest

from tools.musicnn.prior import STRENGTH, tag_prior
from tools.musicnn.regression import regress


def test_a_genre_rises_by_the_mean_of_its_tags() -> None:
    weights = tag_prior(("jazz", "metal", "reggae"), ("heavy metal", "jazz", "metal"), (2,), 6)
    assert weights.shape == (6, 4)
    np.testing.assert_array_equal(weights[:, 0], [0, 0, 0, STRENGTH, 0, 0])
    np.testing.assert_array_equal(weights[:, 1], [0, 0, STRENGTH / 2, 0, STRENGTH / 2, 0])
    assert not weights[:, 2].any()


def test_other_music_rises_by_tags_that_are_none_of_the_genres() -> None:
    weights = tag_prior(("jazz",), ("folk", "House"), (0,), 2)
    np.testing.assert_array_equal(weights[:, 1], STRENGTH / 2)


@pytest.mark.parametrize("penalty", [1e-3, 1e3])
def test_where_rows_say_nothing_the_prior_stays(penalty: float) -> None:
    rng = np.random.default_rng(0)
    rows = np.c_[rng.normal(size=(400, 1)), np.zeros((400, 1))]
    classes = (rows[:, 0] > 0).astype(np.int64)
    prior = np.array([[0.0, 0.0], [0.0, 3.0]])
    found = regress(rows, classes, np.ones(400), prior, penalty)
    np.testing.assert_allclose(found.weights[1], prior[1], atol=1e-6)
    learnt = abs(found.weights[0]).max()
    assert learnt < 0.01 if penalty > 1 else learnt > 1


def test_rows_count_by_their_weight() -> None:
    rows, classes = np.zeros((4, 1)), np.array([0, 0, 0, 1])
    found = regress(rows, classes, np.array([1.0, 1.0, 1.0, 9.0]), np.zeros((1, 2)), 1.0)
    assert found.bias[1] - found.bias[0] == pytest.approx(np.log(3), abs=1e-3)
