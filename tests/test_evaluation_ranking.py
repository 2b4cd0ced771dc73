"""How a multi-label model ranks clips, against pairs counted by hand."""

from dataclasses import replace

import pytest

from livegenre.training.dataset import DataError
from tests.evaluation_clips import LABELS, decision, heard
from tools.evaluation.answers import Heard, clip_answers
from tools.evaluation.ranking import score_ranking


def clip(genre: str, blues: float, *tags: str) -> Heard:
    return heard(genre, replace(decision(1, blues), tags=dict.fromkeys(tags, 0.5)))


def test_auc_is_the_share_of_pairs_in_order() -> None:
    clips = [clip("blues", 0.9, "blues"), clip("blues", 0.3), clip("rock", 0.5), clip("rock", 0.1)]
    found = score_ranking(clips, LABELS)
    assert found["by_label"] == {"blues": {"auc": 3 / 4, "named": 1 / 2, "n": 2}}
    assert found["macro_auc"] == 3 / 4


def test_a_label_of_all_clips_ranks_nothing() -> None:
    with pytest.raises(DataError, match="none of the model's labels"):
        score_ranking([clip("blues", 0.9), clip("blues", 0.3)], LABELS)


def test_early_window_counts_as_it_has_heard() -> None:
    early = replace(decision(1, 0.9), early=True)
    found = clip_answers([heard("jazz", early, decision(3, 0.4))], LABELS)
    assert found.posterior[0] == pytest.approx((1 * 0.9 + 3 * 0.4) / 4)
