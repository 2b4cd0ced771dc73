"""Files are put where they belong, by copy, move or link, and all of it can be taken back."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from livegenre.collection.content import digest_of
from livegenre.collection.results import Results
from livegenre.collection.run import Row
from livegenre.collection.track import Track, Turn
from livegenre.errors import LivegenreError, OutputError
from livegenre.sorting import Sorter, Wishes, placing, undo
from livegenre.sorting.plan import Action, Sorting
from livegenre.sorting.tags import read_tags, write_genre
from livegenre.sorting.template import Template
from tests.music_files import write_sound

LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
KILLED = 9
"""Exit code of a process that came to its end halfway, as if killed."""


def row(path: Path, answer: str = "rock", posterior: float = 0.9) -> Row:
    state = answer if answer in ("unsure", "not_music", "silence") else "genre"
    track = Track(
        seconds=3.0,
        state=state,  # type: ignore[arg-type]
        label=answer if state == "genre" else None,
        posterior={"rock": posterior, "jazz": 1 - posterior},
        shares={},
        turns=(Turn(0.0, answer),),
    )
    return Row(str(path), track, digest_of(str(path)))


class Desk:
    """A folder with music, one to sort into, and what was told."""

    def __init__(self, place: Path) -> None:
        self.music, self.sorted = place / "music", place / "sorted"
        self.journal = place / "journal.jsonl"
        self.told: list[str] = []

    def file(self, name: str, seed: int = 0) -> Path:
        return write_sound(self.music / name, seed=seed)

    def wishes(
        self,
        action: Action | None = "copy",
        *,
        template: str = "{genre}/{name}{ext}",
        write_tags: bool = False,
        min_posterior: float | None = None,
        playlists: bool = False,
    ) -> Wishes:
        sorting = None if action is None else Sorting(self.sorted, action, Template.parse(template))
        lists = self.sorted / "lists" if playlists else None
        return Wishes(sorting, min_posterior, write_tags, lists, self.journal)

    def sort(self, wishes: Wishes, *rows: Row) -> None:
        with closing(Results(None, b"")) as results:
            Sorter(wishes, self.told.append).carry_out(rows, results)

    def undo(self) -> None:
        undo(self.journal, dry_run=False, tell=self.told.append)

    def tree(self, folder: Path | None = None) -> list[str]:
        top = folder or self.sorted
        files = (path for path in top.rglob("*") if not path.is_dir())
        return sorted(path.relative_to(top).as_posix() for path in files)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_are_copied_to_where_the_template_says(desk: Desk) -> None:
    a, b = desk.file("a.wav", 1), desk.file("b.wav", 2)
    before = contents(desk.music)
    desk.sort(desk.wishes(), row(a, "rock"), row(b, "jazz"))
    assert desk.tree() == ["jazz/b.wav", "rock/a.wav"]
    assert (desk.sorted / "rock" / "a.wav").read_bytes() == a.read_bytes()
    assert contents(desk.music) == before
    assert desk.told[0] == "2 copied"


def test_what_is_no_genre_has_folders_of_its_own(desk: Desk) -> None:
    files = [desk.file(f"{n}.wav", n) for n in range(4)]
    rows = [row(files[0], "unsure"), row(files[1], "not_music"), row(files[2], "silence")]
    desk.sort(desk.wishes(), *rows)
    desk.sort(desk.wishes(template="all/{name}{ext}"), row(files[3], "unsure"))
    assert desk.tree() == ["not_music/1.wav", "silence/2.wav", "unsure/0.wav", "unsure/all/3.wav"]


def test_a_least_posterior_sends_what_has_less_to_unsure(desk: Desk) -> None:
    a, b = desk.file("a.wav", 1), desk.file("b.wav", 2)
    rows = [row(a, "rock", 0.7), row(b, "unsure", 0.5)]
    desk.sort(desk.wishes(min_posterior=0.8), rows[0])
    desk.sort(desk.wishes(min_posterior=0.4), rows[1])
    assert desk.tree() == ["rock/b.wav", "unsure/a.wav"]


def test_nothing_is_overwritten(desk: Desk) -> None:
    one, other = desk.file("x/a.wav", 1), desk.file("y/a.wav", 2)
    mine = desk.sorted / "rock" / "a (2).wav"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    desk.sort(desk.wishes(), row(one), row(other))
    assert desk.tree() == ["rock/a (2).wav", "rock/a (3).wav", "rock/a.wav"]
    assert mine.read_text() == "mine"
    assert (desk.sorted / "rock" / "a (3).wav").read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("action", "write_tags"),
    [("copy", False), ("copy", True), pytest.param("link", False, marks=LINKS)],
)
def test_a_second_run_finds_all_in_its_place(desk: Desk, action: Action, write_tags: bool) -> None:
    a = desk.file("a.flac", 1)
    for _ in range(2):
        desk.sort(desk.wishes(action, write_tags=write_tags), row(a))
    assert desk.tree() == ["rock/a.flac"]
    assert desk.told[-1] == "1 there already"
    assert not list(desk.journal.parent.glob("journal-*")), "there is nothing to undo"


def test_files_are_moved(desk: Desk) -> None:
    a = desk.file("a.wav")
    content = a.read_bytes()
    desk.sort(desk.wishes("move"), row(a))
    assert desk.tree() == ["rock/a.wav"]
    assert (desk.sorted / "rock" / "a.wav").read_bytes() == content
    assert not a.exists()


def test_a_file_that_is_in_its_place_stays(desk: Desk) -> None:
    a = write_sound(desk.sorted / "rock" / "a.wav")
    desk.sort(desk.wishes("move"), row(a))
    assert desk.tree() == ["rock/a.wav"]


def test_a_file_with_a_number_stays_too(desk: Desk) -> None:
    one = write_sound(desk.sorted / "rock" / "a.wav", seed=1)
    other = write_sound(desk.sorted / "rock" / "a (2).wav", seed=2)
    before = contents(desk.sorted)
    desk.sort(desk.wishes("move", template="{genre}/a{ext}"), row(one), row(other))
    assert contents(desk.sorted) == before


@LINKS
def test_links_lead_to_the_files(desk: Desk) -> None:
    a = desk.file("a.wav")
    desk.sort(desk.wishes("link"), row(a))
    link = desk.sorted / "rock" / "a.wav"
    assert link.is_symlink()
    assert link.samefile(a)
    desk.undo()
    assert (desk.tree(), desk.tree(desk.music)) == ([], ["a.wav"])


@LINKS
def test_a_link_is_not_moved(desk: Desk) -> None:
    a = desk.file("a.wav")
    link = desk.music / "b.wav"
    link.symlink_to(a)
    desk.sort(desk.wishes("move"), row(link))
    assert "is a symbolic link, which is not moved" in desk.told[0]
    assert desk.tree(desk.music) == ["a.wav", "b.wav"]


@pytest.fixture
def other_disk(desk: Desk, tiny_disk: Path) -> Path:
    desk.sorted = tiny_disk / "sorted"
    return tiny_disk


def small(desk: Desk, name: str, seed: int = 0) -> Path:
    return write_sound(desk.music / name, seconds=0.2, seed=seed)


def test_files_are_moved_to_another_disk_and_back(desk: Desk, other_disk: Path) -> None:
    a = small(desk, "a.wav")
    content = a.read_bytes()
    desk.sort(desk.wishes("move"), row(a))
    assert (desk.tree(), a.exists()) == (["rock/a.wav"], False)
    desk.undo()
    assert (desk.tree(), a.read_bytes()) == ([], content)


@pytest.mark.parametrize("action", ["copy", "move"])
def test_a_full_disk_ends_it_with_nothing_lost(
    desk: Desk, other_disk: Path, action: Action
) -> None:
    files = [small(desk, f"{n:02}.wav", n) for n in range(20)]
    everything = {path.read_bytes() for path in files}
    with pytest.raises(OutputError, match="No space left on device; what was done so far stands"):
        desk.sort(desk.wishes(action), *map(row, files))
    assert 1 < len(desk.tree()) < 20
    assert not [name for name in desk.tree() if placing.PART in name]
    left = set(contents(desk.music).values()) | set(contents(desk.sorted).values())
    assert left == everything
    desk.undo()
    assert desk.tree() == []
    assert set(contents(desk.music).values()) == everything


def test_a_journal_that_cannot_be_written_keeps_all_as_it_is(desk: Desk) -> None:
    a = desk.file("a.wav")
    desk.journal = desk.music / "a.wav" / "journal.jsonl"
    with pytest.raises(OutputError, match="nothing is done without a journal"):
        desk.sort(desk.wishes("move"), row(a))
    assert desk.tree(desk.music) == ["a.wav"]


def test_a_file_that_changed_since_it_was_heard_is_not_copied(desk: Desk) -> None:
    a = desk.file("a.wav", 1)
    heard = row(a)
    desk.file("a.wav", 2)
    desk.sort(desk.wishes(), heard)
    assert "was changed since it was heard" in desk.told[0]
    assert desk.tree() == []


def test_a_file_that_vanished_is_told_and_the_others_are_sorted(desk: Desk) -> None:
    a, b = desk.file("a.wav", 1), desk.file("b.wav", 2)
    rows = [row(a), row(b)]
    a.unlink()
    desk.sort(desk.wishes("move"), *rows)
    assert "No such file" in desk.told[0]
    assert desk.told[1] == "1 moved; 1 with trouble, see above"
    assert desk.tree() == ["rock/b.wav"]


def test_a_dry_run_tells_and_does_nothing(desk: Desk) -> None:
    a = desk.file("a.flac")
    wishes = desk.wishes("move", write_tags=True, playlists=True)
    Sorter(wishes, desk.told.append).tell_plan([row(a)])
    assert desk.told == [
        f"would move {a} -> {desk.sorted / 'rock' / 'a.flac'}",
        f"would tag {a}: rock (now: none)",
        f"would list 1 in {desk.sorted / 'lists'}: rock",
    ]
    assert not desk.sorted.exists()
    assert not desk.journal.exists()


def test_a_copy_is_tagged_and_the_original_is_not(desk: Desk) -> None:
    a = desk.file("a.flac")
    desk.sort(desk.wishes(write_tags=True), row(a))
    assert read_tags(str(desk.sorted / "rock" / "a.flac")).genre == "rock"
    assert read_tags(str(a)).genre == ""


@pytest.mark.parametrize("action", [None, "move"])
def test_a_files_own_tag_is_written_and_the_old_one_comes_back(
    desk: Desk, action: Action | None
) -> None:
    a = desk.file("a.flac")
    write_genre(str(a), ("Polka", "Ska"))
    a.chmod(0o640)
    desk.sort(desk.wishes(action, write_tags=True), row(a))
    place = a if action is None else desk.sorted / "rock" / "a.flac"
    assert read_tags(str(place)).genre == "rock"
    assert place.stat().st_mode & 0o777 == 0o640
    desk.undo()
    assert read_tags(str(a)).genre == "Polka, Ska"
    assert desk.tree(desk.music) == ["a.flac"]


def test_what_takes_no_tags_is_told_and_sorted_all_the_same(desk: Desk) -> None:
    a = desk.file("a.au")
    desk.sort(desk.wishes(write_tags=True), row(a))
    assert "not tagged: is of a kind that has no tags" in desk.told[0]
    assert desk.tree() == ["rock/a.au"]


def test_undo_brings_everything_back(desk: Desk) -> None:
    files = [desk.file(f"album {n % 2}/{n}.flac", n) for n in range(6)]
    before = contents(desk.music)
    desk.sort(desk.wishes("move", template="{genre}/x/{name}{ext}"), *map(row, files))
    assert desk.tree(desk.music) == []
    desk.undo()
    assert contents(desk.music) == before
    assert not desk.sorted.exists(), "folders that were made are gone"
    desk.undo()
    assert desk.told[-1] == "0 were undone"


def test_undo_leaves_what_was_changed_since(desk: Desk) -> None:
    a, b = desk.file("a.wav", 1), desk.file("b.wav", 2)
    desk.sort(desk.wishes(), row(a), row(b))
    (desk.sorted / "rock" / "a.wav").write_bytes(b"my work of years")
    with pytest.raises(LivegenreError, match="1 could not be undone"):
        desk.undo()
    assert desk.tree() == ["rock/a.wav"]
    assert any("left as it is: was changed since" in line for line in desk.told)


def test_undo_overwrites_nothing(desk: Desk) -> None:
    a = desk.file("a.wav", 1)
    desk.sort(desk.wishes("move"), row(a))
    desk.file("a.wav", 2)
    new = a.read_bytes()
    with pytest.raises(LivegenreError):
        desk.undo()
    assert a.read_bytes() == new
    assert desk.tree() == ["rock/a.wav"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("action", ["copy", "move"])
@pytest.mark.parametrize("write_tags", [False, True])
def test_whenever_it_is_killed_undo_brings_everything_back(
    tmp_path: Path, action: Action, write_tags: bool
) -> None:
    for n in range(200):  # far more changes than a run makes
        desk = Desk(tmp_path / str(n))
        a = desk.file("a.wav", n)
        heard, content = row(a), a.read_bytes()
        process = get_context("fork").Process(
            target=_sort_and_die, args=(n, desk, desk.wishes(action, write_tags=write_tags), heard)
        )
        process.start()
        process.join()
        if desk.journal.exists() and desk.journal.read_bytes():
            desk.undo()
        assert (desk.tree(desk.music), desk.tree()) == (["a.wav"], []), n
        if not write_tags:
            assert a.read_bytes() == content
        if process.exitcode == 0:
            break
        assert process.exitcode == KILLED, "it fails by itself"
    else:
        pytest.fail("it never comes to its end")
    assert n > 5


def _sort_and_die(n: int, desk: Desk, wishes: Wishes, *rows: Row) -> None:
    """Sort, but end at once, like a killed process, before the n-th change of a file system."""
    left = iter(range(n))

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            if next(left, None) is None:
                os._exit(KILLED)
            return real(*args, **options)

        return call

    for name in ("open", "replace", "fsync", "mkdir", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
    desk.sort(wishes, *rows)


def test_playlists_name_the_files_where_they_are_now(desk: Desk) -> None:
    files = [desk.file("a.flac", 1), desk.file("b.flac", 2), desk.file("c.flac", 3)]
    rows = [row(files[0]), row(files[1], "jazz"), row(files[2], "unsure")]
    for _ in range(2):
        desk.sort(desk.wishes(playlists=True), *rows)
    lists = desk.sorted / "lists"
    assert desk.tree(lists) == ["jazz.m3u8", "rock.m3u8"], "the same again is not written again"
    lines = (lists / "rock.m3u8").read_text("utf-8").splitlines()
    assert lines[:2] == ["#EXTM3U", "#EXTINF:3,a"]
    assert (lists / lines[2]).resolve() == (desk.sorted / "rock" / "a.flac").resolve()
    desk.sort(desk.wishes(playlists=True), row(files[0]), row(files[2]))
    assert desk.tree(lists) == ["jazz.m3u8", "rock (2).m3u8", "rock.m3u8"]


@LINKS
def test_a_playlist_cannot_hold_a_name_that_breaks_lines(desk: Desk) -> None:
    a = desk.file("a\nb.wav", 1)
    b = desk.music / os.fsdecode(b"\xff.wav")
    desk.file("b.wav", 2).rename(b)
    desk.sort(desk.wishes(None, playlists=True), row(a), row(b))
    assert "no playlist can hold it" in desk.told[0]
    assert b"\xff.wav\n" in (desk.sorted / "lists" / "rock.m3u8").read_bytes()


def test_a_journal_is_read_though_its_end_was_cut_off(desk: Desk) -> None:
    a = desk.file("a.wav")
    desk.sort(desk.wishes(), row(a))
    with desk.journal.open("a") as file:
        file.write('{"n": 3, "type": "co')
    desk.undo()
    assert desk.tree() == []
    desk.undo()
    assert desk.told[-1] == "0 were undone"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no journal"),
        ("hello\nyou\n", "line 1 is damaged"),
        ('{"type": "header"}\n', "is no journal"),
        ('{"type": "journal", "format": 9}\n', "is of another livegenre"),
        ('{"type": "journal", "format": 1}\nxx\n{"n": 1}\n', "line 2 is damaged"),
        ('{"type": "journal", "format": 1}\n{"n": 1, "type": "copy"}\n', "a record is damaged"),
    ],
)
def test_what_is_no_journal_is_told(desk: Desk, content: str, said: str) -> None:
    desk.journal.write_text(content)
    with pytest.raises(OutputError, match=said):
        desk.undo()
    assert desk.journal.read_text() == content


def test_the_journal_says_what_was_done(desk: Desk) -> None:
    a = desk.file("a.wav")
    desk.sort(desk.wishes("move"), row(a))
    head, make, moved = map(json.loads, desk.journal.read_text().splitlines())
    assert head["type"] == "journal"
    assert make["folders"] == [str(desk.sorted), str(desk.sorted / "rock")]
    assert moved == {
        "n": 2,
        "type": "move",
        "source": str(a),
        "target": str(desk.sorted / "rock" / "a.wav"),
        "digest": digest_of(str(desk.sorted / "rock" / "a.wav")).hex(),
        "size": (desk.sorted / "rock" / "a.wav").stat().st_size,
    }


def test_fatal_errors_are_those_that_befall_the_next_file_too() -> None:
    assert errno.EACCES not in placing.FATAL
    assert errno.ENOSPC in placing.FATAL


@pytest.fixture
def read_only(tiny_disk: Path) -> Iterator[Path]:
    import subprocess

    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    yield tiny_disk
    subprocess.run(["mount", "-o", "remount,rw", str(tiny_disk)], check=True)


def test_a_target_that_is_read_only_is_told(desk: Desk, read_only: Path) -> None:
    a = desk.file("a.wav")
    desk.sorted = read_only / "sorted"
    with pytest.raises(OutputError, match="Read-only file system"):
        desk.sort(desk.wishes("move"), row(a))
    assert a.exists()
