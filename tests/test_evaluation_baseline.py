"""The published recipe: trained on other artists only, and as published."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.training.dataset import DataError
from tests.conftest import ROOT
from tests.evaluation_clips import LABELS, write_noise
from tools.build_backbone import build_backbones
from tools.evaluation.baseline import Embedded, embedding_reader, judge, make_folds, summarise
from tools.evaluation.clips import Clip
from tools.musicnn.wheel import FILE_NAME, Wheel

WHEEL = ROOT / ".cache" / FILE_NAME


def embedded(label: str, artists: Sequence[str], side: float, set_: str = "one") -> Embedded:
    """Return a clip for each artist, on one side of the origin."""
    rng = np.random.default_rng(len(artists))
    clips = [
        Clip(Path(f"{label}{n}"), label, set_, f"{label}{n}", a) for n, a in enumerate(artists)
    ]
    rows = (side + 0.3 * rng.standard_normal((len(artists), 1))).astype("f4")
    return Embedded(clips, rows)


def join(*parts: Embedded) -> Embedded:
    return Embedded(
        [clip for part in parts for clip in part.clips],
        np.concatenate([part.rows for part in parts]),
    )


@pytest.fixture
def two_genres() -> Embedded:
    blues = embedded("blues", ["Ann", "Bob", "Cleo", "Dan", "Eve"], -1)
    return join(blues, embedded("jazz", ["Flo", "Gus", "Hal", "Ida", "Joe"], 1))


def test_recipe_tells_apart_what_lies_apart(two_genres: Embedded) -> None:
    found = judge(two_genres, two_genres, make_folds(two_genres.clips), LABELS)
    assert found.answers.right.all()
    assert (found.n_train, found.left_out) == (8, 0)


def test_artist_that_is_judged_is_not_trained_on(two_genres: Embedded) -> None:
    # Ann's clips say jazz where all the rest of blues lies: heard in training, they would be known.
    odd = embedded("jazz", ["Ann"] * 9, -3)
    pool = join(two_genres, odd)
    ann = odd.of(np.arange(9) == 0)
    found = judge(pool, ann, np.zeros(1, np.int64), LABELS)
    assert found.answers.right.tolist() == [False]
    assert (found.n_train, found.left_out) == (9, 10)
    stranger = embedded("jazz", ["Zoe"], -3)
    assert judge(pool, stranger, np.zeros(1, np.int64), LABELS).answers.right.tolist() == [True]


def test_clip_is_the_mean_of_its_full_windows_or_else_the_longest() -> None:
    windows = np.array([[8.0], [9.0], [1.0], [2.0]], np.float32)
    assert summarise(windows) == pytest.approx([1.5])
    assert summarise(windows[:3]) == pytest.approx([1.0])
    assert summarise(windows[:2]) == pytest.approx([9.0])


def test_genres_with_few_clips_weigh_the_same() -> None:
    blues = embedded("blues", [f"blues {n}" for n in range(40)], -0.2)
    jazz = embedded("jazz", ["Flo", "Gus", "Hal", "Ida"], 0.2)
    strangers = embedded("jazz", [f"jazz {n}" for n in range(40)], 0.2, "two")
    found = judge(join(blues, jazz), strangers, np.zeros(40, np.int64), LABELS)
    assert found.answers.right.mean() > 0.5


def test_folds_never_split_an_artist() -> None:
    clips = join(
        embedded("blues", ["Ann", "Ann", "Bob", "Bob", "Cleo", "Dan", "Eve"], -1),
        embedded("jazz", ["Flo", "Gus", "Gus", "Hal", "Ida", "Joe"], 1),
    ).clips
    fold = make_folds(clips)
    for artist in {clip.artist for clip in clips}:
        assert len({f for f, clip in zip(fold, clips, strict=True) if clip.artist == artist}) == 1
    assert len(set(fold)) == 5


def test_too_few_clips_for_folds_are_told_with_their_genre() -> None:
    few = embedded("jazz", ["Flo", "Gus", "Hal"], 1).clips
    with pytest.raises(DataError, match="jazz has 3 clips by 3 artists, too few for 5 folds"):
        make_folds(few)
    with pytest.raises(DataError, match="jazz has 6 clips by 1 artists"):
        make_folds(embedded("jazz", ["Flo"] * 6, 1).clips)


def test_one_genre_is_nothing_to_train_on() -> None:
    jazz = embedded("jazz", ["Flo", "Gus"], 1)
    stranger = embedded("jazz", ["Zoe"], 1, "two")
    with pytest.raises(DataError, match="only jazz is left to train on by other artists"):
        judge(jazz, stranger, np.zeros(1, np.int64), LABELS)


@pytest.mark.skipif(not WHEEL.exists(), reason="musicnn's wheel is not in .cache")
def test_network_hears_sound_as_loud_as_it_is(tmp_path: Path) -> None:
    reader = embedding_reader(build_backbones(Wheel(WHEEL), ["msd"]), tmp_path / "kept")
    rows: list[FloatArray] = []
    for level in (0.01, 0.3):
        write_noise(tmp_path / "noise.wav", level)
        rows.append(reader.read(tmp_path / "noise.wav"))
    assert rows[0].shape == (4, 200)  # after 1, 2, 3 and 4 s
    assert np.abs(rows[0] - rows[1]).max() > 0.1
