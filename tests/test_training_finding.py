"""What there is to train on: folders of genres, as people have them."""

import os
from pathlib import Path

import pytest

from livegenre.training.dataset import DataError
from livegenre.training.finding import find_recordings


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_genres_and_the_folders_in_them_artists(tmp_path: Path) -> None:
    touch(tmp_path, "Rock/Ann/Live/1.mp3", "Rock/2.FLAC", "Jazz/Bob/3.m4a")
    said: list[str] = []
    found = find_recordings(tmp_path, said.append)
    assert [(each.track.genre, each.path.name) for each in found.recordings] == [
        ("Jazz", "3.m4a"),
        ("Rock", "2.FLAC"),
        ("Rock", "1.mp3"),
    ]
    assert list(found.folders) == ["Bob", "", "Ann"]
    assert not said


def test_what_is_no_sound_is_left_out_and_counted(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "a/cover.jpg", "a/.hidden.wav", "b/2.wav", "b/x.jpg", "loose.wav")
    said: list[str] = []
    found = find_recordings(tmp_path, said.append)
    assert len(found.recordings) == 2
    assert any("1 files that are in no genre's folder, such as loose.wav" in text for text in said)
    assert any("2 files that are no sound by their names: .jpg 2" in text for text in said)


@pytest.mark.parametrize("names", [("only/1.wav",), ("a/1.txt", "b/2.txt"), ()])
def test_nothing_to_tell_apart_is_one_line(tmp_path: Path, names: tuple[str, ...]) -> None:
    touch(tmp_path, *names)
    with pytest.raises(DataError, match=r"two folders at least|no sound file"):
        find_recordings(tmp_path, lambda text: None)


def test_loop_of_links_is_followed_once(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "b/2.wav")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "broken.wav").symlink_to(tmp_path / "gone.wav")
    found = find_recordings(tmp_path, lambda text: None)
    assert [each.path.name for each in found.recordings] == ["1.wav", "2.wav", "broken.wav"]


def test_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a/1.wav", "b/closed/2.wav", "b/3.wav")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    said: list[str] = []
    assert len(find_recordings(tmp_path, said.append).recordings) == 2
    assert any("closed: Permission denied" in text for text in said)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_of_any_bytes_are_found(tmp_path: Path) -> None:
    touch(tmp_path, "a/1\n🎸.wav", "b/2.wav")
    name = os.fsencode(tmp_path / "a") + b"/\xff.wav"
    with open(name, "wb"):
        pass
    assert len(find_recordings(tmp_path, lambda text: None).recordings) == 3


def test_manifest_that_gives_a_file_two_genres_is_refused(tmp_path: Path) -> None:
    manifest = tmp_path / "music.csv"
    manifest.write_text("path,genre\n1.wav,rock\n2.wav,jazz\n./1.wav,jazz\n")
    with pytest.raises(DataError, match=r"1\.wav: is both rock and jazz"):
        find_recordings(manifest, lambda text: None)
