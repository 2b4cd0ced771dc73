"""Which recordings must not part, and which genres are too small."""

import pytest

from livegenre.training.dataset import DataError, Track
from livegenre.training.grouping import check_counts, group, n_folds
from livegenre.training.likeness import Pair


def track(name: str, genre: str = "rock", artist: str = "") -> Track:
    return Track(id=name, genre=genre, artist=artist)


def test_tracks_by_one_artist_are_a_group_and_unknown_ones_are_alone() -> None:
    tracks = [track("a", artist="ann"), track("b"), track("c", artist="ann"), track("d")]
    artists = [each.artist for each in group(tracks, list("1234"), []).tracks]
    assert artists[0] == artists[2]
    assert len(set(artists)) == 3


def test_the_same_file_twice_is_one_track() -> None:
    grouped = group([track("a"), track("b"), track("c")], ["1", "1", "2"], [])
    assert list(grouped.kept) == [0, 2]
    assert list(grouped.warnings) == ["b is the same file as a: left out"]


def test_the_same_music_joins_its_artists_and_says_so() -> None:
    tracks = [track("a", artist="ann"), track("b", artist="bob"), track("c", artist="bob")]
    grouped = group(tracks, list("123"), [Pair(0, 1, 0.93)])
    assert len({each.artist for each in grouped.tracks}) == 1
    assert list(grouped.warnings) == ["b sounds the same (0.93) as a: kept together"]


@pytest.mark.parametrize(("digests", "pairs"), [("11", []), ("12", [Pair(0, 1, 0.9)])])
def test_the_same_music_under_two_genres_asks_which_is_right(
    digests: str, pairs: list[Pair]
) -> None:
    grouped = group([track("a"), track("b", genre="jazz")], list(digests), pairs)
    assert grouped.warnings[0].endswith("one is rock and the other jazz: which is right?")


def test_genre_with_fewer_than_five_tracks_is_refused_by_name() -> None:
    tracks = [track(str(n), artist=str(n)) for n in range(9)]
    few = [track(f"j{n}", genre="jazz", artist=f"j{n}") for n in range(4)]
    with pytest.raises(DataError, match="genre jazz: 4 usable tracks are too few"):
        check_counts([*tracks, *few])


def test_genre_by_one_artist_is_refused_by_name() -> None:
    tracks = [track(str(n), artist="ann") for n in range(9)]
    with pytest.raises(DataError, match=r"genre rock: all its 9 tracks are by one artist \(ann\)"):
        check_counts(tracks)


def test_genre_with_few_tracks_is_a_warning() -> None:
    tracks = [track(str(n), artist=str(n)) for n in range(19)]
    assert check_counts(tracks) == ["genre rock: only 19 tracks; 20 or more are better"]
    assert check_counts([*tracks, track("last", artist="last")]) == []


def test_there_are_no_more_folds_than_tracks_of_a_genre() -> None:
    tracks = [track(str(n), genre="abcdef"[n % 2], artist=str(n)) for n in range(12)]
    assert n_folds(tracks, 5) == 5
    assert n_folds(tracks, 10) == 6
