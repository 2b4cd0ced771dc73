"""Which clips manifests name, and which of them share an artist."""

from pathlib import Path

import pytest

from livegenre.training.dataset import DataError
from tests.evaluation_clips import write_csv, write_noise
from tools.evaluation.clips import Clip, draw, read_music, read_not_music, split_known


def test_draw_is_the_same_for_the_same_seed_and_keeps_the_order() -> None:
    clips = [Clip(Path(f"{n}.wav"), "jazz") for n in range(20)]
    drawn = draw(clips, 5, 3)
    assert len(drawn) == 5
    assert drawn == draw(clips, 5, 3) != draw(clips, 5, 4)
    assert [clips.index(clip) for clip in drawn] == sorted(clips.index(clip) for clip in drawn)
    assert draw(clips, None, 3) == draw(clips, 99, 3) == clips


def test_artists_are_the_same_by_name_in_all_sets_and_by_number_in_one() -> None:
    def artist(set_: str, by: str, id_: str = "1") -> tuple[str, ...]:
        return Clip(Path("a.wav"), "jazz", set_, id_, by).artist

    assert artist("one", "Nina Simone") == artist("two", "nina simone")
    assert artist("one", "7") == artist("one", "7", "2")
    assert artist("one", "7") != artist("two", "7")
    assert artist("one", "") != artist("one", "", "2")


def test_manifests_are_joined_and_name_their_sets(tmp_path: Path) -> None:
    manifests = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write_noise(folder / "a.wav", 0.1)
        row = {"path": "a.wav", "genre": "jazz", "artist": "7", "label": "speech", "source": "me"}
        manifests.append(write_csv(folder / "manifest.csv", [row]))
    music, others = read_music(manifests), read_not_music(manifests)
    assert [(clip.set, clip.id, clip.by) for clip in music] == [
        ("one", "a.wav", "7"),
        ("two", "a.wav", "7"),
    ]
    assert [(clip.label, clip.by) for clip in others] == [("speech", "me")] * 2


def test_missing_files_are_told_before_anything_is_heard(tmp_path: Path) -> None:
    write_noise(tmp_path / "a.wav", 0.1)
    rows = [{"path": path, "genre": "jazz"} for path in ("a.wav", "b.wav", "c.wav")]
    with pytest.raises(DataError, match=r"2 of 3 files are missing, .*b\.wav is the first"):
        read_music([write_csv(tmp_path / "manifest.csv", rows)])


def test_clip_named_twice_is_refused(tmp_path: Path) -> None:
    write_noise(tmp_path / "a.wav", 0.1)
    manifest = write_csv(tmp_path / "manifest.csv", [{"path": "a.wav", "genre": "jazz"}])
    with pytest.raises(DataError, match=r"a\.wav: is there more than once"):
        read_music([manifest, manifest])


def test_clips_of_no_known_genre_are_refused() -> None:
    clips = [Clip(Path("a.wav"), "folk"), Clip(Path("b.wav"), "jazz")]
    assert split_known(clips, ("jazz", "rock")) == (clips[1:], clips[:1])
    with pytest.raises(DataError, match="the model knows rock, pop, but here is folk, jazz"):
        split_known(clips, ("rock", "pop"))
