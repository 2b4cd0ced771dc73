"""What is found where people point: every file with sound, once, and what cannot be read."""

import os
import sys
from pathlib import Path

import pytest

from livegenre.collection.scanning import scan

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="names and links as Unix has them")


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(name))


def names(folder: Path, *paths: str, leave_out: tuple[str, ...] = ()) -> list[str]:
    given = [str(folder / path) for path in paths] or [str(folder)]
    left_out = [str(folder / path) for path in leave_out]
    return [os.path.relpath(found.path, folder) for found in scan(given, left_out)]


def test_files_of_a_tree_come_by_name(tmp_path: Path) -> None:
    make(tmp_path, "b/2.ogg", "b/1.MP3", "a.flac", "b/c/d/e.opus", "z.m4a")
    expected = ["a.flac", "b/1.MP3", "b/2.ogg", "b/c/d/e.opus", "z.m4a"]
    assert names(tmp_path) == [name.replace("/", os.sep) for name in expected]


def test_what_is_no_sound_by_its_name_is_passed_over_unless_it_is_named(tmp_path: Path) -> None:
    make(tmp_path, "cover.jpg", "notes", "._a.mp3", ".livegenre-0f.mp3", "a.mp3")
    assert names(tmp_path) == ["a.mp3"]
    assert names(tmp_path, "notes") == ["notes"]


def test_a_file_that_is_named_twice_comes_once(tmp_path: Path) -> None:
    make(tmp_path, "a.mp3", "b.mp3")
    assert names(tmp_path, "b.mp3", ".", "a.mp3") == ["b.mp3", "a.mp3"]


def test_a_folder_that_is_left_out_is_not_entered_unless_it_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.mp3", "sorted/rock/a.mp3")
    assert names(tmp_path, leave_out=("sorted",)) == ["a.mp3"]
    inside = os.path.join("sorted", "rock", "a.mp3")
    assert names(tmp_path, "sorted", leave_out=("sorted",)) == [inside]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    (found,) = scan([str(tmp_path / "gone.mp3")])
    assert "No such file" in found.trouble


@UNIX
def test_links_that_lead_round_end(tmp_path: Path) -> None:
    make(tmp_path, "a/1.mp3", "b/2.mp3")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b" / "beside").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert sorted(os.path.basename(name) for name in names(tmp_path)) == ["1.mp3", "2.mp3"]


@UNIX
def test_links_to_folders_and_files_elsewhere_are_followed(tmp_path: Path) -> None:
    make(tmp_path, "away/1.mp3", "music/2.mp3")
    (tmp_path / "music" / "more").symlink_to(tmp_path / "away")
    assert names(tmp_path, "music") == ["music/2.mp3", "music/more/1.mp3"]


@UNIX
def test_a_link_to_nothing_and_a_pipe_are_told(tmp_path: Path) -> None:
    (tmp_path / "dead.mp3").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.mp3")
    dead, pipe = scan([str(tmp_path)])
    assert "No such file" in dead.trouble
    assert "no regular file" in pipe.trouble


@UNIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or not os.geteuid(), reason="root reads everything")
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    make(tmp_path, "shut/1.mp3", "open/2.mp3")
    (tmp_path / "shut").chmod(0)
    found = list(scan([str(tmp_path)]))
    (tmp_path / "shut").chmod(0o755)
    assert [bool(one.trouble) for one in found] == [False, True]


@UNIX
def test_names_may_hold_anything(tmp_path: Path) -> None:
    wild = [b"new\nline.mp3", "\N{MUSICAL NOTE}.mp3".encode(), b"byte\xff.mp3"]
    for name in wild:
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_bytes(b"x")
    found = {os.fsencode(os.path.basename(one.path)) for one in scan([str(tmp_path)])}
    assert found == set(wild)
