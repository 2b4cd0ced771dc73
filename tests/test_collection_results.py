"""What was heard is kept in a file that several runs share, and that may be in any state."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from livegenre.collection.hearing import Heard
from livegenre.collection.results import Results
from livegenre.collection.track import Track, Turn
from livegenre.errors import OutputError

TRACK = Track(3.0, "genre", "rock", {"rock": 0.9, "pop": 0.1}, {"genre": 1.0}, (Turn(0.0, "rock"),))
DIGEST = b"0123456789abcdef"
MODEL = b"a model"


def heard(digest: bytes = DIGEST, stamp: str = "5-1-1", size: int = 5) -> Heard:
    return Heard(TRACK, digest, stamp, size)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "results.sqlite"


def test_what_was_kept_is_there_in_the_next_run(path: Path) -> None:
    with closing(Results(path, MODEL)) as results:
        results.keep([("/music/a.mp3", heard())])
    with closing(Results(path, MODEL)) as results:
        assert results.track(DIGEST) == TRACK
        assert results.digest_by_stamp("/music/a.mp3", "5-1-1") == DIGEST
        assert results.digest_by_stamp("/music/a.mp3", "5-2-2") is None
        assert results.knows_size(5)
        assert not results.knows_size(6)


def test_another_model_knows_the_file_but_not_the_track(path: Path) -> None:
    with closing(Results(path, MODEL)) as results:
        results.keep([("/music/a.mp3", heard())])
    with closing(Results(path, b"another model")) as results:
        assert results.digest_by_stamp("/music/a.mp3", "5-1-1") == DIGEST
        assert results.track(DIGEST) is None


def test_a_name_may_hold_any_bytes(path: Path) -> None:
    name = os.fsdecode(b"/music/\xff\n.mp3")
    with closing(Results(path, MODEL)) as results:
        results.keep([(name, heard())])
        assert results.digest_by_stamp(name, "5-1-1") == DIGEST


def test_without_a_file_results_last_as_long_as_the_run() -> None:
    with closing(Results(None, MODEL)) as results:
        results.keep([("/music/a.mp3", heard())])
        assert results.track(DIGEST) == TRACK
    with closing(Results(None, MODEL)) as results:
        assert results.track(DIGEST) is None


def test_two_runs_share_a_file(path: Path) -> None:
    def keep_many(first: int) -> None:
        with closing(Results(path, MODEL)) as results:
            for number in range(first, first + 50):
                results.keep([(f"/music/{number}", heard(b"%016d" % number))])

    threads = [threading.Thread(target=keep_many, args=(first,)) for first in (0, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(Results(path, MODEL)) as results:
        assert all(results.track(b"%016d" % number) for number in range(100))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"This is no database at all, but it is long enough to be taken for one." * 9, "is not a"),
        (b"SQLite format 3\0" + b"\xff" * 4096, "is not a database|malformed"),
    ],
    ids=["text", "damaged"],
)
def test_what_is_no_database_is_told_and_left_alone(path: Path, content: bytes, said: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(OutputError, match=said) as caught:
        Results(path, MODEL)
    assert str(path) in str(caught.value)
    assert "--db FILE" in str(caught.value)
    assert path.read_bytes() == content


def test_damage_that_is_met_later_is_told(path: Path) -> None:
    with closing(Results(path, MODEL)) as results:
        results.keep([(f"/music/{n}", heard(b"%016d" % n)) for n in range(2_000)])
    with path.open("rb+") as file:
        file.seek(8_192)
        file.write(b"\xff" * (path.stat().st_size - 8_192))
    with closing(Results(path, MODEL)) as results:
        told = (results.track(b"%016d" % number) for number in range(2_000))
        with pytest.raises(OutputError, match=r"malformed.*--db FILE"):
            list(told)


def test_a_track_that_is_damaged_is_told(path: Path) -> None:
    with closing(Results(path, MODEL)) as results:
        results.keep([("/music/a.mp3", heard())])
        with closing(sqlite3.connect(path)) as base, base:
            base.execute("UPDATE tracks SET track = '{}'")
        with pytest.raises(OutputError, match="is damaged"):
            results.track(DIGEST)


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE photographs (name TEXT)")
    with pytest.raises(OutputError, match="is a database of another program"):
        Results(path, MODEL)


def test_a_database_of_a_newer_livegenre_is_left_alone(path: Path) -> None:
    Results(path, MODEL).close()
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("PRAGMA user_version = 99")
    with pytest.raises(OutputError, match=r"of another livegenre \(its format is 99, not 1\)"):
        Results(path, MODEL)


def test_a_file_that_is_locked_for_long_is_told(path: Path) -> None:
    with closing(Results(path, MODEL, busy_seconds=0.1)) as results:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutputError, match="is in use by another program; wait for it"):
            results.keep([("/music/a.mp3", heard())])
        other.execute("ROLLBACK")
        other.close()
        results.keep([("/music/a.mp3", heard())])
        assert results.track(DIGEST) == TRACK


def test_a_folder_or_a_place_in_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="unable to open database file"):
        Results(tmp_path, MODEL)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="choose another place"):
        Results(tmp_path / "file" / "results.sqlite", MODEL)


def test_a_full_disk_is_told_and_what_was_kept_stays(tiny_disk: Path) -> None:
    with closing(Results(tiny_disk / "results.sqlite", MODEL)) as results:
        results.keep([("/music/a.mp3", heard())])
        many = [(f"/music/{number}", heard(b"%016d" % number)) for number in range(1_000)]
        with pytest.raises(OutputError, match="disk is full"):
            results.keep(many)
        assert results.track(DIGEST) == TRACK
