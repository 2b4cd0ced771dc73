"""Clips of music and of all else: gathered, kept apart, split by who made them."""

from pathlib import Path

import numpy as np
import pytest

from livegenre.training.dataset import DataError, Rows, Track
from tools.musicnn.material import (
    Kind,
    Material,
    assign_folds,
    gather,
    named_apart,
    read_not_music,
    split_by_genre,
)


def rows_of(genre: str, n_clips: int, group: str = "set") -> Rows:
    """Three rows a clip; two clips an artist."""
    tracks = [
        Track(f"{group}/{genre} {n // 3}", genre, f"{group}/{genre} artist {n // 6}")
        for n in range(3 * n_clips)
    ]
    return Rows(np.zeros((3 * n_clips, 4), np.float32), tracks)


@pytest.fixture
def material() -> Material:
    return gather(
        [
            (Kind.GENRE, rows_of("rock", 8)),
            (Kind.GENRE, rows_of("jazz", 6)),
            (Kind.OUTSIDE, rows_of("folk", 4, "else")),
            (Kind.NOT_MUSIC, rows_of("speech", 6, "noise")),
        ],
        tags=(),
        first_tags=(),
    )


def test_genres_are_numbered_and_all_else_is_behind_them(material: Material) -> None:
    assert material.labels == ("jazz", "rock")
    assert material.genre.tolist() == [1] * 8 + [0] * 6 + [2] * 10
    assert material.is_music.tolist() == [True] * 18 + [False] * 6
    assert material.clip.tolist() == [n // 3 for n in range(72)]
    assert set(material.group) == {"set", "else", "noise"}


@pytest.mark.parametrize("seed", range(5))
def test_no_maker_is_on_both_sides_and_every_fold_has_every_genre(
    material: Material, seed: int
) -> None:
    folds = assign_folds(material, 3, seed)
    for source in np.unique(material.source):
        assert len(set(folds[material.source == source])) == 1
    assert {(fold, genre) for fold, genre in zip(folds, material.genre, strict=True)} == {
        (fold, genre) for fold in range(3) for genre in range(3)
    }


def test_too_few_clips_for_the_folds_are_named(material: Material) -> None:
    with pytest.raises(DataError, match="jazz: 6 clips are fewer than 7 folds"):
        assign_folds(material, 7, 0)


def test_a_genre_by_one_artist_cannot_be_judged() -> None:
    parts = [(Kind.GENRE, rows_of("rock", 8)), (Kind.GENRE, rows_of("jazz", 2))]
    with pytest.raises(DataError, match="jazz: two artists are needed"):
        assign_folds(gather(parts, (), ()), 2, 0)


def test_one_genre_is_nothing_to_tell_apart() -> None:
    with pytest.raises(DataError, match="rock: there is nothing to tell apart"):
        gather([(Kind.GENRE, rows_of("rock", 2))], (), ())


def test_sets_are_kept_apart_and_other_genres_are_only_music(tmp_path: Path) -> None:
    for name, genre in (("one", "rock"), ("two", "folk")):
        (tmp_path / name).mkdir()
        text = f"path,genre,artist\nx.wav,{genre},7\ny.wav,rock,\n"
        (tmp_path / name / "manifest.csv").write_text(text)
    manifests = [named_apart(tmp_path / name / "manifest.csv") for name in ("one", "two")]
    genres, others = split_by_genre(manifests)
    assert [recording.track.id for recording in genres] == ["one/x.wav", "one/y.wav", "two/y.wav"]
    assert [recording.track.artist for recording in others] == ["two/7"]
    assert genres[1].track.artist == ""


def test_maker_of_what_is_not_music_is_its_artist(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("path,label,source\na.wav,speech,Anna\n")
    (recording,) = read_not_music(tmp_path / "manifest.csv")
    assert recording.track == Track(f"{tmp_path.name}/a.wav", "speech", f"{tmp_path.name}/Anna")
