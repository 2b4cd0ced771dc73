"""What decisions are worth, against scores counted by hand."""

import numpy as np
import pytest

from tests.evaluation_clips import LABELS, decision, heard
from tools.evaluation import scores
from tools.evaluation.answers import NO_ANSWER, clip_answers, window_answers
from tools.evaluation.summary import score_condition, score_not_music


def test_clip_is_answered_by_the_mean_of_its_windows() -> None:
    clip = heard("blues", decision(1, 0.4), decision(2, 0.4), decision(3, 0.9))
    found = clip_answers([clip], LABELS)
    assert found.right.tolist() == [True]
    assert found.posterior[0] == pytest.approx(1.7 / 3)
    assert window_answers([clip], LABELS).right.tolist() == [False, False, True]


def test_silent_windows_are_left_out_and_a_silent_clip_is_wrong() -> None:
    silent = heard("blues", decision(1, None, "silence"))
    half = heard("jazz", decision(1, None, "silence"), decision(2, 0.2))
    clips = clip_answers([silent, half], LABELS)
    assert clips.right.tolist() == [False, True]
    assert clips.answer.tolist() == [NO_ANSWER, 1]
    assert len(window_answers([silent, half], LABELS).genre) == 1
    assert np.sum(scores.confusion(clips, LABELS)["counts"]) == 1


def test_accuracy_macro_and_genres_are_those_counted_by_hand() -> None:
    clips = [heard("blues", decision(1, p)) for p in (0.9, 0.9, 0.9, 0.2)]
    clips.append(heard("jazz", decision(1, 0.7)))
    clips.append(heard("jazz", decision(1, 0.1)))
    answers = clip_answers(clips, LABELS)
    found = scores.accuracy(answers, 6)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["macro"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found["interval"] == pytest.approx([0.300, 0.903], abs=1e-3)  # Wilson, by hand
    assert scores.confusion(answers, LABELS)["counts"] == [[3, 1], [1, 1]]
    genres = scores.per_genre(answers, LABELS)
    blues, jazz = genres["blues"], genres["jazz"]
    assert (blues["n"], blues["recall"], blues["precision"]) == (4, 0.75, 0.75)
    assert (jazz["n"], jazz["recall"], jazz["precision"]) == (2, 0.5, 0.5)
    assert jazz["recall_interval"] == pytest.approx([0.095, 0.905], abs=1e-3)  # Wilson, by hand


def test_genre_that_never_occurs_and_is_never_answered_has_no_share() -> None:
    answers = clip_answers([heard("blues", decision(1, 0.9))], LABELS)
    found = scores.per_genre(answers, LABELS)["jazz"]
    assert found.pop("n") == 0
    assert set(found.values()) == {None}
    assert scores.macro(answers) == 1.0


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    windows = [decision(1, 0.95)] * 3 + [decision(1, 0.05)] + [decision(1, 0.65)] * 4
    answers = window_answers([heard("blues", *windows)], LABELS)
    # Four windows at 0.95 of which 3/4 are right, four at 0.65 all right.
    found = scores.calibration(answers)
    assert found["ece"] == pytest.approx((0.20 + 0.35) / 2)
    assert [b["n"] for b in found["bins"]] == [0, 0, 0, 0, 0, 0, 4, 0, 0, 4]


def test_abstention_counts_windows_and_how_clips_end() -> None:
    first = heard("blues", decision(1, 0.6), decision(2, 0.9, "genre"))
    second = heard("blues", decision(1, 0.1, "genre"), decision(2, 0.5))
    found = scores.abstention([first, second])
    assert (found["precision"], found["coverage"]) == (0.5, 0.5)
    assert found["clip"] == {"precision": 1.0, "coverage": 0.5, "n": 2}


def test_nothing_named_has_no_precision() -> None:
    found = scores.abstention([heard("blues", decision(1, 0.6))])
    assert (found["precision"], found["coverage"]) == (None, 0.0)


def test_risk_falls_with_coverage_where_the_sure_are_right() -> None:
    clips = [heard("blues", decision(1, 1 - 0.04 * n)) for n in range(20)]
    curve = scores.risk_coverage(clip_answers(clips, LABELS))
    assert [point["coverage"] for point in curve] == pytest.approx(np.arange(1, 11) / 10)
    assert curve[0] == {"coverage": 0.1, "precision": 1.0, "threshold": pytest.approx(0.96)}
    assert curve[-1]["precision"] == 0.65  # 13 of 20 have more than a half


def test_times_are_medians_of_the_clips_that_were_answered() -> None:
    clips = [
        heard("blues", decision(1, 0.6), decision(2, 0.9, "genre", since=2)),
        heard("blues", decision(1, 0.1, "genre"), decision(4, 0.9, "genre", since=4)),
        heard("blues", decision(1, 0.6)),
    ]
    found = scores.times(clips)
    assert found["time_to_answer_seconds"] == 1.5
    assert found["time_to_stable_label_seconds"] == 3
    assert found["never_answered"] == pytest.approx(1 / 3)


def test_accuracy_at_seconds_is_of_clips_that_last_so_long() -> None:
    long = heard("blues", decision(1, 0.1), decision(3, 0.95), seconds=3.0)
    short = heard("jazz", decision(1, 0.1), seconds=1.0)
    found = scores.accuracy_at([long, short], LABELS)
    assert found["accuracy_at_seconds_n"] == {"1": 2, "2": 1, "3": 1, "5": 0, "10": 0, "30": 0}
    assert found["accuracy_at_seconds"]["1"] == 0.5
    assert found["accuracy_at_seconds"]["2"] == 0.0
    assert found["accuracy_at_seconds"]["3"] == 1.0
    assert found["accuracy_at_seconds"]["5"] is None


def test_states_are_shares_of_windows_by_label() -> None:
    clips = [
        heard("speech", decision(1, 0.5, "not_music"), decision(2, 0.9, "genre")),
        heard("silence", decision(1, None, "silence"), decision(2, None, "silence")),
    ]
    assert scores.states(clips)["called_genre"] == 0.25
    by_label = scores.states_by_label(clips)
    assert by_label["speech"]["called_not_music"] == 0.5
    assert by_label["silence"]["called_genre"] == 0.0


def test_music_rejected_is_told_by_genre_and_all_keys_stand_without_other_sounds() -> None:
    clips = [
        heard("blues", decision(1, 0.5, "not_music"), decision(2, 0.9, "genre")),
        heard("jazz", decision(1, 0.1, "genre"), decision(2, 0.1, "genre")),
    ]
    found = score_not_music(clips, [])
    assert found["music_rejected"] == 0.25
    assert found["music_rejected_by_genre"] == {"blues": 0.5, "jazz": 0.0}
    assert (found["called_genre"], found["by_label"]) == (None, {})


def test_step_cost_is_the_median_in_milliseconds() -> None:
    clip = heard("blues", *(decision(time, 0.5) for time in (1, 2, 9)))
    assert scores.step_cost_ms([clip]) == pytest.approx(20)


def test_condition_under_which_nothing_could_be_heard_has_no_scores() -> None:
    found = score_condition([], LABELS, 0.8)
    assert found["n"] == 0
    assert {value for name, value in found.items() if name != "n"} == {None}
