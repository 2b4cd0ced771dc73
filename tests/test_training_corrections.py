"""What people corrected, made rows to train on and never to judge by."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.corrections import Correction
from livegenre.training.corrections import claimed, correction_rows, may_teach, usable_corrections
from livegenre.training.dataset import DataError, Dataset, Rows, Track, combine, taught
from livegenre.training.validation import Plan, Scorer, cross_validate
from tests.conftest import CLASSIC_SPEC
from tools.musicnn.spec import SPEC

N_FEATURES = 52
LABELS = ("a", "b")


def correction(
    label: str = "a", time: float = 4.0, session: str = "monday", value: float = 1.0
) -> Correction:
    features = np.full(N_FEATURES, value, np.float32)
    return Correction(session, time, "later", "classic", None, label, CLASSIC_SPEC, features)


def write(path: Path, corrections: Sequence[Correction], end: str = "") -> Path:
    path.write_text("".join(each.to_json() + "\n" for each in corrections) + end)
    return path


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "corrections.jsonl"


class TestReading:
    def test_in_order_of_session_and_time(self, file: Path, said: list[str]) -> None:
        ones = [correction(time=9.0, session="tuesday"), correction(time=7.0), correction(time=5.0)]
        found = usable_corrections(write(file, ones), CLASSIC_SPEC, LABELS, said.append)
        assert [(each.session, each.time) for each in found] == [
            ("monday", 5.0),
            ("monday", 7.0),
            ("tuesday", 9.0),
        ]
        assert said == []

    def test_of_a_window_corrected_twice_the_last_word_counts(
        self, file: Path, said: list[str]
    ) -> None:
        twice = [correction("a"), correction("b"), correction("b", time=5.0), correction("b")]
        found = usable_corrections(write(file, twice), CLASSIC_SPEC, LABELS, said.append)
        assert [(each.time, each.label) for each in found] == [(4.0, "b"), (5.0, "b")]

    def test_half_a_line_is_named_and_left_out(self, file: Path, said: list[str]) -> None:
        path = write(file, [correction()], end=correction().to_json()[:70])
        assert len(usable_corrections(path, CLASSIC_SPEC, LABELS, said.append)) == 1
        assert said == [f"{path}: line 2 is left out: it was cut off, or is no JSON"]

    def test_another_step_fits(self, file: Path, said: list[str]) -> None:
        spec = replace(CLASSIC_SPEC, step_frames=5)
        assert usable_corrections(write(file, [correction()]), spec, LABELS, said.append)

    def test_what_another_tool_takes_is_left_out_and_the_tool_named(
        self, file: Path, said: list[str]
    ) -> None:
        of_cnn = replace(correction(), spec=SPEC, model="cnn")
        path = write(file, [of_cnn, correction(), of_cnn])
        assert len(usable_corrections(path, CLASSIC_SPEC, LABELS, said.append)) == 1
        assert said == [
            f"{path}: left out 2 corrections: features of model cnn (logmel); "
            "tools/train_cnn.py --add-corrections takes them"
        ]

    def test_other_windows_are_left_out_and_told_apart(self, file: Path, said: list[str]) -> None:
        longer = replace(correction(), spec=replace(CLASSIC_SPEC, window_frames=200))
        path = write(file, [longer])
        with pytest.raises(DataError, match="no correction in it fits"):
            usable_corrections(path, CLASSIC_SPEC, LABELS, said.append)
        assert said[0].endswith("features of model classic with window_frames 200, not 130")

    def test_an_unknown_label_is_an_error(self, file: Path, said: list[str]) -> None:
        path = write(file, [correction("polka")])
        with pytest.raises(DataError, match="label 'polka' is none of a, b"):
            usable_corrections(path, CLASSIC_SPEC, LABELS, said.append)


class TestRows:
    def test_a_stretch_with_one_label_is_a_track_and_a_session_an_artist(self) -> None:
        ones = [correction(time=t) for t in (4.0, 20.0, 60.0)]
        ones += [correction("b", time=61.0), correction("b", session="tuesday", time=61.5)]
        rows = correction_rows(ones, np.stack([each.features for each in ones]))
        names = [track.id for track in rows.tracks]
        assert names == [f"corrections/monday/{t}" for t in ("4.00", "4.00", "60.00", "61.00")] + [
            "corrections/tuesday/61.50"
        ]
        assert {t.artist for t in rows.tracks} == {"corrections/monday", "corrections/tuesday"}
        assert [track.genre for track in rows.tracks] == ["a", "a", "a", "b", "b"]

    @pytest.mark.parametrize(("artist", "owner"), [("Ann", "Ann"), ("", "song 1")])
    def test_sound_that_is_in_the_data_belongs_to_its_artist(self, artist: str, owner: str) -> None:
        known = np.random.default_rng(0).normal(size=(6, N_FEATURES)).astype(np.float32)
        tracks = [Track(f"song {n // 2}", "b", artist if n // 2 == 1 else "Bob") for n in range(6)]
        new = np.stack([known[2] * np.float32(1 + 1e-6), known[2] + 1])
        ones = [correction(time=4.0), correction(time=90.0)]
        found = claimed(correction_rows(ones, new), Rows(known, tracks))
        assert [track.artist for track in found.tracks] == [owner, "corrections/monday"]

    def test_what_is_by_someone_held_out_does_not_teach(self) -> None:
        makers = np.array([0, 0, 1, 2, 0, 1, 3])
        clips = np.array([True, True, False, True])
        assert may_teach(makers, clips).tolist() == [*clips.tolist(), True, False, True]


def noise(rng: np.random.Generator, centre: float, n: int) -> FloatArray:
    return np.abs(rng.normal(centre, 0.1, (n, N_FEATURES))).astype(np.float32)


@pytest.fixture
def data() -> Rows:
    """Six tracks each of two genres, by three artists each, two rows a track."""
    rng = np.random.default_rng(0)
    tracks = [
        Track(f"{genre}{n}", genre, f"{genre} by {n // 2}") for genre in LABELS for n in range(6)
    ]
    return Rows(noise(rng, 1.0, 24), [track for track in tracks for _ in range(2)])


class TestJudging:
    """With a fit that notes what it was taught and answers at random."""

    def judge(self, dataset: Dataset, more: Dataset) -> tuple[list[Dataset], int]:
        lessons: list[Dataset] = []

        def fit(lesson: Dataset, seed: int) -> Scorer:
            lessons.append(lesson)
            return lambda features: np.zeros((len(features), 2))

        judged = cross_validate(fit, dataset, Plan(3, 1, 0), taught=more)
        return lessons, len(judged.rows.track)

    def test_corrections_are_in_every_training_part_and_judged_in_none(self, data: Rows) -> None:
        dataset = combine(data, None)
        ones = [correction("a", 4.0, value=3.0), correction("b", 5.0, value=3.0)]
        more = taught(dataset, correction_rows(ones, np.stack([c.features for c in ones])))
        lessons, n_judged = self.judge(dataset, more)
        assert n_judged == 24
        for lesson in lessons:
            corrected = lesson.features[:, 0] == 3.0
            assert lesson.row_genre[corrected].tolist() == [0, 1]
            assert not lesson.judged[corrected].any()

    def test_corrections_of_held_out_sound_are_held_out_with_it(self, data: Rows) -> None:
        dataset = combine(data, None)
        one = replace(correction("b"), features=data.features[0])
        rows = claimed(correction_rows([one], one.features[np.newaxis]), data)
        lessons, _ = self.judge(dataset, taught(dataset, rows))
        own = dataset.artists["a by 0"]
        for lesson in lessons:
            heard_of_artist = lesson.artist[lesson.track] == own
            assert heard_of_artist.sum() in (0, 5)

    def test_folds_are_the_same_with_corrections_and_without(self, data: Rows) -> None:
        dataset = combine(data, None)
        ones = [correction("a", value=3.0)]
        more = taught(dataset, correction_rows(ones, ones[0].features[np.newaxis]))
        plain, _ = self.judge(dataset, dataset)
        richer, _ = self.judge(dataset, more)
        for one, other in zip(plain, richer, strict=True):
            assert one.track.tolist() == other.track.tolist()[:-1]

    def test_corrections_of_test_tracks_teach_nothing(self, data: Rows) -> None:
        tracks = [replace(t, is_test=t.artist == "a by 0") for t in data.tracks]
        dataset = combine(Rows(data.features, tracks), None)
        one = replace(correction("b"), features=data.features[0])
        rows = claimed(correction_rows([one], one.features[np.newaxis]), data)
        assert taught(dataset, rows).is_test.tolist()[-1]
