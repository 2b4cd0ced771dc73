"""What windows come to: the whole of a track, and its course."""

from itertools import count

import numpy as np
import pytest

from livegenre.classifier import Judgement
from livegenre.collection.summing import Summing
from livegenre.collection.track import Track, Turn
from livegenre.decision import Decider

LABELS = ("blues", "rock")


def decider(smoothing_seconds: float, *, multi_label: bool) -> Decider:
    return Decider(
        LABELS,
        unsure_threshold=0.6,
        not_music_threshold=0.5,
        multi_label=multi_label,
        smoothing_seconds=smoothing_seconds,
        hold_seconds=smoothing_seconds and 1.0,
    )


def track_of(
    *windows: tuple[float, float] | None, multi_label: bool = False, seconds: float = 3.0
) -> Track:
    """Add windows up: (posterior of rock, probability of no music), or None of a silent one."""
    summing = Summing(
        multi_label,
        course=decider(4.0, multi_label=multi_label),
        whole=decider(0.0, multi_label=multi_label),
    )
    for number, window in zip(count(), windows, strict=False):
        judged = None
        if window is not None:
            rock, not_music = window
            judged = Judgement(
                np.array([[1 - rock, rock]], np.float32),
                np.array([not_music], np.float32),
                np.empty((1, 0), np.float32),
            )
        summing.add(number * seconds, (number + 1) * seconds, judged)
    return summing.track()


def test_the_whole_is_the_mean_of_logarithms() -> None:
    track = track_of((0.9, 0), (0.9, 0), (0.3, 0))
    odds = (0.9 / 0.1) ** (2 / 3) * (0.3 / 0.7) ** (1 / 3)
    assert track.posterior["rock"] == pytest.approx(odds / (1 + odds), abs=1e-4)
    assert (track.state, track.label) == ("genre", "rock")


def test_labels_that_are_independent_are_averaged_as_log_odds() -> None:
    track = track_of((0.9, 0), (0.5, 0), multi_label=True)
    odds = np.sqrt(9 * 1)
    assert track.posterior["rock"] == pytest.approx(odds / (1 + odds), abs=1e-4)


def test_a_whole_below_the_threshold_is_unsure() -> None:
    track = track_of((0.8, 0), (0.2, 0))
    assert (track.state, track.label) == ("unsure", None)


def test_talk_has_no_say_in_the_genre_unless_there_is_nothing_else() -> None:
    music, talk = (0.95, 0.0), (0.05, 1.0)
    mixed = track_of(*[talk] * 3, *[music] * 6)
    assert mixed.label == "rock"
    assert mixed.posterior["rock"] == pytest.approx(0.95, abs=0.02)
    assert mixed.shares["not_music"] == pytest.approx(1 / 3, abs=0.12)
    alone = track_of(*[talk] * 3)
    assert alone.state == "not_music"
    assert alone.posterior["rock"] == pytest.approx(0.05, abs=1e-3)


def test_mostly_talk_is_no_music() -> None:
    track = track_of(*[(0.05, 1.0)] * 7, *[(0.95, 0.0)] * 3)
    assert track.state == "not_music"


def test_silence_neither_counts_for_nor_against() -> None:
    track = track_of(None, None, None, (0.9, 0), None)
    assert (track.state, track.label) == ("genre", "rock")
    assert track.shares == {"silence": pytest.approx(0.8), "genre": pytest.approx(0.2)}


def test_shares_sum_to_one() -> None:
    track = track_of(None, (0.9, 0), (0.5, 0), (0.4, 1.0), (0.9, 0.2))
    assert sum(track.shares.values()) == pytest.approx(1)


def test_a_change_counts_once_it_has_stood() -> None:
    rock, blues = (0.99, 0.0), (0.01, 0.0)
    short = track_of(*[rock] * 5, blues, *[rock] * 5)
    assert short.turns == (Turn(0.0, "rock"),)
    assert short.n_changes == 0
    lasting = track_of(*[rock] * 5, *[blues] * 5)
    first, second = lasting.turns
    assert (first, second.answer) == (Turn(0.0, "rock"), "blues")
    assert 15 <= second.time <= 18, "smoothing may cost one window"
    assert lasting.n_changes == 1


def test_to_be_unsure_is_no_change() -> None:
    rock, unsure = (0.99, 0.0), (0.5, 0.0)
    track = track_of(*[rock] * 4, *[unsure] * 9, *[rock] * 4)
    assert track.shares["unsure"] > 0.25
    assert track.turns == (Turn(0.0, "rock"),)


def test_a_short_track_has_its_answer_for_a_course() -> None:
    assert track_of((0.99, 0)).turns == (Turn(0.0, "rock"),)
    assert track_of((0.5, 0)).turns == ()


def test_a_least_posterior_stands_in_for_the_thresholds() -> None:
    unsure, named = track_of((0.55, 0)), track_of((0.7, 0))
    assert (unsure.answer(), unsure.answer(0.5)) == ("unsure", "rock")
    assert (named.answer(), named.answer(0.8)) == ("rock", "unsure")
    assert track_of(None).answer(0.0) == "silence"
    assert track_of((0.9, 1.0)).answer(0.0) == "not_music"


def test_a_track_is_the_same_after_it_was_kept() -> None:
    track = track_of(None, *[(0.9, 0.0)] * 4, *[(0.1, 0.0)] * 4)
    again = Track.from_json(track.to_json())
    assert again == Track.from_json(again.to_json())
    assert again.turns == track.turns
    assert again.posterior == pytest.approx(track.posterior, abs=1e-5)
