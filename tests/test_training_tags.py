"""Who made it, by the tags of real files."""

from pathlib import Path

import pytest
import soundfile

mutagen = pytest.importorskip("mutagen")

from livegenre.training.tags import read_maker  # noqa: E402


def tagged(path: Path, **tags: str) -> Path:
    soundfile.write(path, [0.0] * 100, 8_000)
    file = mutagen.File(path, easy=True)
    for name, value in tags.items():
        file[name] = value
    file.save()
    return path


@pytest.mark.parametrize("ending", ["flac", "ogg", "mp3"])
def test_artist_of_the_album_comes_before_guests(tmp_path: Path, ending: str) -> None:
    path = tagged(tmp_path / f"a.{ending}", artist="Ann feat. Bob", albumartist="  Ann ")
    assert read_maker(path) == "ann"


def test_compilation_is_by_the_artist_of_each_track(tmp_path: Path) -> None:
    path = tagged(tmp_path / "a.flac", albumartist="Various Artists", artist="Bob", album="Best")
    assert read_maker(path) == "bob"


def test_album_in_its_folder_stands_for_an_artist_nobody_named(tmp_path: Path) -> None:
    assert read_maker(tagged(tmp_path / "a.flac", album="Best")) == f"best in {tmp_path}"


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"fLaC\x00\x00"])
def test_file_without_tags_tells_nobody(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(content)
    assert read_maker(path) == ""
    assert read_maker(tmp_path / "gone.flac") == ""
