import math
from typing import Any

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.decision import Decider, Verdict

LABELS = ("a", "b", "c")


def posterior(a: float, b: float) -> FloatArray:
    return np.array([a, b, 1 - a - b], np.float32)


def decider(**options: Any) -> Decider:
    return Decider(LABELS, **{"unsure_threshold": 0.6, "smoothing_seconds": 0.0, **options})


def answers(decider: Decider, rows: list[FloatArray | None], step: float = 0.5) -> list[Verdict]:
    return [decider.decide(index * step, row) for index, row in enumerate(rows, start=1)]


def test_clear_posterior_is_named_at_once() -> None:
    verdict = decider().decide(1.0, posterior(0.9, 0.1))
    assert (verdict.state, verdict.label, verdict.since) == ("genre", "a", 1.0)


def test_weak_posterior_is_unsure() -> None:
    verdict = decider().decide(1.0, posterior(0.5, 0.4))
    assert (verdict.state, verdict.label) == ("unsure", None)


def test_silence_has_no_posterior_and_forgets_what_was_before() -> None:
    judge = decider(smoothing_seconds=10.0)
    judge.decide(1.0, posterior(1.0, 0.0))
    silent = judge.decide(2.0, None)
    assert (silent.state, silent.label, silent.posterior) == ("silence", None, None)
    after = judge.decide(3.0, posterior(0.0, 1.0))
    assert after.posterior is not None
    assert after.posterior == pytest.approx(posterior(0.0, 1.0), abs=0.003)
    assert after.label == "b"


def test_level_below_the_gate_is_silent() -> None:
    judge = decider(silence_dbfs=-50.0)
    assert judge.is_silent(-50.1)
    assert not judge.is_silent(-50.0)


def test_named_genre_stands_for_the_hold_time() -> None:
    judge = decider(hold_seconds=1.0)
    labels = [v.label for v in answers(judge, [posterior(1, 0), *[posterior(0, 1)] * 3])]
    assert labels == ["a", "a", "b", "b"]


def alone(a: float, b: float, c: float) -> FloatArray:
    """Posteriors of labels that are judged alone."""
    return np.array([a, b, c], np.float32)


def with_thresholds(**options: Any) -> Decider:
    needed = {"a": 0.7, "b": 0.3}
    return Decider(LABELS, unsure_threshold=0.5, thresholds=needed, smoothing_seconds=0, **options)


def test_strongest_of_those_that_reach_their_threshold_is_named() -> None:
    for posterior, label in [
        (alone(0.9, 0.8, 0.8), "a"),
        (alone(0.6, 0.4, 0.2), "b"),
        (alone(0.6, 0.4, 0.55), "c"),
        (alone(0.69, 0.29, 0.49), None),
        (alone(0.7, 0.3, 0.5), "a"),
    ]:
        assert with_thresholds().decide(1.0, posterior).label == label


def test_named_label_fades_below_its_own_threshold_less_the_margin() -> None:
    judge = with_thresholds(hold_seconds=0.0)
    assert judge.decide(1.0, alone(0.6, 0.31, 0.2)).label == "b"
    assert judge.decide(2.0, alone(0.6, 0.26, 0.2)).label == "b"
    assert judge.decide(3.0, alone(0.6, 0.24, 0.2)).state == "unsure"


def test_label_of_a_low_threshold_fades_too() -> None:
    judge = Decider(LABELS, unsure_threshold=0.04, smoothing_seconds=0.0, hold_seconds=0.0)
    assert judge.decide(1.0, alone(0.04, 0.0, 0.0)).label == "a"
    assert judge.decide(2.0, alone(0.031, 0.0, 0.0)).label == "a"
    assert judge.decide(3.0, alone(0.029, 0.0, 0.0)).state == "unsure"


def test_named_label_does_not_yield_to_one_that_may_not_be_named() -> None:
    judge = with_thresholds(hold_seconds=0.0)
    judge.decide(1.0, alone(0.1, 0.4, 0.1))
    assert judge.decide(2.0, alone(0.69, 0.4, 0.49)).label == "b"
    assert judge.decide(3.0, alone(0.7, 0.4, 0.49)).label == "a"


def test_named_genre_yields_only_to_a_clear_lead() -> None:
    judge = decider(hold_seconds=0.0, unsure_threshold=0.3)
    judge.decide(1.0, posterior(0.6, 0.2))
    assert judge.decide(2.0, posterior(0.44, 0.48)).label == "a"
    assert judge.decide(3.0, posterior(0.42, 0.48)).label == "b"


def test_named_genre_fades_to_unsure_below_the_threshold_less_the_margin() -> None:
    judge = decider(hold_seconds=0.0)
    judge.decide(1.0, posterior(0.7, 0.1))
    assert judge.decide(2.0, posterior(0.56, 0.1)).label == "a"
    assert judge.decide(3.0, posterior(0.54, 0.1)).state == "unsure"


def test_since_is_when_the_answer_changed() -> None:
    judge = decider(hold_seconds=0.0)
    rows = [posterior(1, 0), posterior(1, 0), posterior(0, 1), None, None]
    assert [v.since for v in answers(judge, rows)] == [0.5, 0.5, 1.5, 2.0, 2.0]


def test_restart_forgets_the_smoothed_posterior() -> None:
    judge = decider(smoothing_seconds=10.0, hold_seconds=0.0)
    judge.decide(1.0, posterior(1.0, 0.0))
    judge.restart()
    assert judge.decide(1.5, posterior(0.0, 1.0)).label == "b"


def music(not_music: float, judge: Decider, time: float) -> Verdict:
    return judge.decide(time, posterior(0.9, 0.1), not_music=not_music)


def test_what_is_no_music_is_not_named_until_it_clearly_is() -> None:
    judge = decider(not_music_threshold=0.5, hold_seconds=0.0)
    assert music(0.5, judge, 1.0).state == "not_music"
    assert music(0.46, judge, 2.0).state == "not_music"
    assert music(0.44, judge, 3.0).label == "a"
    assert music(0.49, judge, 4.0).label == "a"


def test_model_that_cannot_tell_music_never_says_not_music() -> None:
    assert music(1.0, decider(), 1.0).label == "a"


def test_tags_and_not_music_are_smoothed_too() -> None:
    judge = decider(smoothing_seconds=0.7)
    for time, value in ((1.0, 1.0), (2.0, 0.0)):
        tags = np.array([value, 0.5], np.float32)
        last = judge.decide(time, posterior(value, 0.0), not_music=value, tags=tags)
    assert last.not_music == pytest.approx(math.exp(-1 / 0.7), abs=1e-6)
    np.testing.assert_allclose(last.tags, [last.not_music, 0.5], rtol=1e-6)


def test_silence_has_neither_tags_nor_a_share_of_not_music() -> None:
    silent = decider().decide(1.0, None)
    assert silent.not_music == 0
    assert len(silent.tags) == 0
