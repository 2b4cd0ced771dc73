"""Which clips follow each other, and what is counted of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livegenre.decision import Decision, State
from livegenre.errors import SourceError
from tests.conftest import CARD
from tests.evaluation_clips import decision
from tools.evaluation.answers import Heard
from tools.evaluation.changes import Change, draw_changes, join, score_changes
from tools.evaluation.clips import Clip
from tools.evaluation.conditions import Sound
from tools.evaluation.subject import Subject


def clip(label: str, number: int, fold: int = 0) -> Clip:
    return Clip(Path(f"{label}{number}.wav"), label, str(fold), f"{label}{number}")


def subject(*clips: Clip) -> Subject:
    """Return models of two folds; a clip's set is its fold."""
    fold = {(each.set, each.id): int(each.set) for each in clips}
    return Subject((Path("fold-0.onnx"), Path("fold-1.onnx")), CARD, fold, frozenset())


def heard_for(seconds: float) -> Heard:
    return Heard("", seconds, (named(1, "blues"),))


def named(time: float, label: str | None) -> Decision:
    """Return a decision for a label, or one that is unsure."""
    state: State = "unsure" if label is None else "genre"
    return replace(decision(time, 0.5), state=state, label=label)


class TestDrawing:
    def test_other_genres_of_the_same_fold_come_before(self) -> None:
        clips = [clip(genre, n, n % 2) for genre in ("blues", "jazz", "rock") for n in range(6)]
        drawn = draw_changes({c: heard_for(30) for c in clips}, subject(*clips), 100, seed=1)
        assert sorted(each.clip.id for each in drawn) == sorted(c.id for c in clips)
        for each in drawn:
            assert each.before.label != each.clip.label
            assert each.before.set == each.clip.set

    def test_genres_take_turns(self) -> None:
        clips = [clip("blues", n) for n in range(50)] + [clip("jazz", n) for n in range(3)]
        drawn = draw_changes({c: heard_for(30) for c in clips}, subject(*clips), 6, seed=1)
        assert [each.clip.label for each in drawn] == ["blues", "jazz"] * 3

    def test_short_ones_and_those_without_another_genre_are_left_out(self) -> None:
        clips = [clip("blues", 0), clip("jazz", 0), clip("rock", 0, fold=1)]
        heard = dict(zip(clips, map(heard_for, (30, 9, 30)), strict=True))
        assert draw_changes(heard, subject(*clips), 5, seed=1) == []


class TestJoining:
    def test_ten_seconds_of_each_at_the_rate_of_the_second(self) -> None:
        before = Sound(np.full(12 * 8_000, 0.5, np.float32), 8_000)
        after = Sound(np.full(11 * 16_000, -0.5, np.float32), 16_000)
        joined = join(before, after)
        assert joined.sample_rate == 16_000
        np.testing.assert_allclose(joined.samples[100:159_000], 0.5, atol=0.01)
        np.testing.assert_array_equal(joined.samples[160_000:], after.samples[:160_000])

    def test_too_short_is_refused(self) -> None:
        with pytest.raises(SourceError, match="10 s of each"):
            join(Sound(np.zeros(79_999, np.float32), 8_000), Sound(np.zeros(80_000, "f4"), 8_000))


class TestScores:
    def test_the_right_label_counts_from_where_it_stays(self) -> None:
        change = Change(clip("blues", 0), clip("jazz", 0))
        times = (5, 11, 12, 13, 14, 20)
        labels = ("blues", "blues", "jazz", None, "jazz", "jazz")
        good = Heard("jazz", 20, tuple(map(named, times, labels)))
        bad = Heard("jazz", 20, tuple(map(named, times, ("blues",) * 6)))
        other = Change(clip("blues", 1), clip("jazz", 1))
        found = score_changes({change: good, other: good, Change(other.clip, change.clip): bad})
        assert found["seconds_to_right_label"] == 4
        assert found["end_right"] == pytest.approx(2 / 3)
        assert found["n"] == 3

    def test_wrong_names_count_once_each_and_right_ones_do_not(self) -> None:
        change = Change(clip("blues", 0), clip("jazz", 0))
        labels = ("rock", "blues", None, "rock", "rock", "jazz", "blues", "jazz")
        times = (2, 4, 5, 6, 9, 12, 15, 17)
        found = score_changes({change: Heard("jazz", 20, tuple(map(named, times, labels)))})
        assert found["wrong_changes_a_minute"] == pytest.approx(2 * 3)  # to rock, and to blues

    def test_none_right_is_no_time(self) -> None:
        change = Change(clip("blues", 0), clip("jazz", 0))
        found = score_changes({change: Heard("jazz", 20, (named(12, "rock"),))})
        assert found["seconds_to_right_label"] is None
        assert found["end_right"] == 0
