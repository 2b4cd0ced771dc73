"""``livegenre classify`` as people run it: tables, what is remembered, and runs that are ended."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from livegenre.cli import main
from livegenre.collection.content import digest_of
from tests.conftest import DEMO, ROOT
from tests.music_files import write_sound

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="names as Unix has them")
Classify = Callable[..., str]


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    write_sound(folder / "a" / "loud.wav", 0.3, seed=1, seconds=4.0)
    write_sound(folder / "b" / "quiet.flac", 0.01, seed=2, seconds=4.0)
    write_sound(folder / "silent.ogg", 0.0, seconds=4.0)
    (folder / "broken.mp3").write_bytes(b"nothing of the kind")
    (folder / "cover.jpg").write_bytes(b"a picture")
    return folder


@pytest.fixture
def classify(tmp_path: Path, tiny_model: Path, capfd: pytest.CaptureFixture[str]) -> Classify:
    """Run it in this process, with a database of the test's own; return its standard output."""

    def run(*words: object, code: int = 0, db: bool = True) -> str:
        database = ["--db", str(tmp_path / "db.sqlite")] if db else []
        given = ["classify", *map(str, words), "--model", str(tiny_model), "--jobs", "1"]
        capfd.readouterr()
        assert main([*given, *database]) == code
        return capfd.readouterr().out

    return run


def by_name(text: str) -> dict[str, dict[str, Any]]:
    return {os.path.basename(row["path"]): row for row in json.loads(text)}


def test_the_table_names_every_file_and_what_is_wrong(classify: Classify, music: Path) -> None:
    lines = classify(music).splitlines()
    assert lines[1].split() == ["answer", "post.", "unsure", "music", "changes", "length", "file"]
    loud, quiet, silent, broken, _, total = lines[2:]
    path = str(music / "a" / "loud.wav")
    assert " ".join(loud.split()) == f"loud 1.00 0 % 0 % 0 0:03 {path}"
    assert quiet.startswith("quiet ")
    assert silent.split()[:2] == ["silence", "-"]
    assert broken.startswith(f"not heard  {music / 'broken.mp3'}: ")
    assert total.startswith("3 files, 0:11 of sound: 1 loud, 1 quiet, 1 silence; 1 file could not")
    assert "times real time" in total


def test_json_has_an_object_for_each_file(classify: Classify, music: Path) -> None:
    found = by_name(classify(music, "--json"))
    loud, broken = found["loud.wav"], found["broken.mp3"]
    assert (loud["answer"], loud["error"], loud["changes"]) == ("loud", None, 0)
    assert loud["posterior"]["loud"] > 0.9
    assert loud["shares"] == {"genre": 1.0}
    assert loud["course"] == [{"time": 0.0, "answer": "loud"}]
    assert loud["digest"] == digest_of(str(music / "a" / "loud.wav")).hex()
    assert "is it a sound file" in broken["error"]
    assert "cover.jpg" not in found


def test_csv_has_a_row_for_each_file(classify: Classify, music: Path) -> None:
    told = csv.DictReader(io.StringIO(classify(music, "--csv")))
    rows = {os.path.basename(row["path"]): row for row in told}
    assert rows["quiet.flac"]["answer"] == "quiet"
    assert float(rows["quiet.flac"]["posterior"]) > 0.9
    assert rows["quiet.flac"]["course"] == "0 quiet"
    assert rows["silent.ogg"]["silence"] == "1.0000"
    assert rows["broken.mp3"]["answer"] == ""
    assert rows["broken.mp3"]["error"]


def test_a_second_run_hears_only_what_is_new(classify: Classify, music: Path) -> None:
    first = by_name(classify(music, "--json"))
    assert "3 known from before" in classify(music)
    write_sound(music / "new.wav", seed=9)
    table = classify(music)
    assert "3 known from before; heard at" in table
    again = by_name(classify(music, "--json"))
    del again["new.wav"]
    assert again == first


def test_a_file_is_known_by_its_content_wherever_it_is(classify: Classify, music: Path) -> None:
    classify(music)
    (music / "a" / "loud.wav").rename(music / "renamed.wav")
    os.utime(music / "b" / "quiet.flac")
    assert "3 known from before" in classify(music)
    assert "heard at" not in classify(music)


def test_a_file_with_new_content_is_heard_anew(classify: Classify, music: Path) -> None:
    path = music / "a" / "loud.wav"
    classify(music)
    write_sound(path, 0.01, seed=1, seconds=4.0)
    found = by_name(classify(music, "--json"))
    assert found["loud.wav"]["answer"] == "quiet"


def test_another_model_hears_everything(
    classify: Classify, music: Path, make_model: Callable[..., Path], tiny_model: Path
) -> None:
    classify(music)
    os.replace(make_model(version="2"), tiny_model)
    assert "known from before" not in classify(music)


def test_nothing_is_kept_where_nothing_is_to_be_kept(
    classify: Classify, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for _ in range(2):
        assert "known from before" not in classify(music, "--no-db", db=False)
    assert not (tmp_path / "data").exists()
    classify(music, db=False)
    assert (tmp_path / "data" / "livegenre" / "collection.sqlite").is_file()


def test_where_there_is_nothing_to_hear_it_says_so(
    classify: Classify, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    for path in ("empty", "gone"):
        assert main(["classify", str(tmp_path / path), "--no-db"]) == 1
        out, err = capfd.readouterr()
        assert len(err.splitlines()) == 1
        assert path in out + err


@pytest.mark.ffmpeg
def test_music_is_the_same_in_every_format(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    endings = ("mp3", "flac", "ogg", "opus", "m4a", "wma", "wav", "aiff")
    for ending in endings:
        path = str(tmp_path / f"a.{ending}")
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(DEMO), "-t", "15", path], check=True)
    assert main(["classify", str(tmp_path), "--no-db", "--jobs", "1", "--json"]) == 0
    found = by_name(capfd.readouterr().out)
    assert [found[f"a.{ending}"]["answer"] for ending in endings] == ["metal"] * len(endings)
    strengths = [row["posterior"]["metal"] for row in found.values()]
    assert max(strengths) - min(strengths) < 0.1


@UNIX
def test_names_of_any_kind_are_told_and_found_again(classify: Classify, tmp_path: Path) -> None:
    note = "\N{MUSICAL NOTE} \N{HEBREW LETTER ALEF}.wav"
    wild = [b"new\nline.wav", b"\xff\xfe.wav", note.encode()]
    for seed, name in enumerate(wild):
        made = write_sound(tmp_path / "made.wav", seed=seed)
        made.rename(Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))))
    table = classify(tmp_path)
    assert "new?line.wav" in table
    assert "??.wav" in table
    assert "\N{MUSICAL NOTE}" in table
    paths = [os.fsencode(row["path"]) for row in json.loads(classify(tmp_path, "--json"))]
    assert sorted(map(os.path.basename, paths)) == sorted(wild)
    assert "3 known from before" in classify(tmp_path)


@UNIX
def test_csv_keeps_the_bytes_of_names(tmp_path: Path, tiny_model: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\n.wav"
    write_sound(tmp_path / "made.wav").rename(os.fsdecode(name))
    words = ["classify", str(tmp_path), "--csv", "--no-db", "--model", str(tiny_model)]
    done = subprocess.run(
        [sys.executable, "-m", "livegenre", *words], capture_output=True, cwd=ROOT, check=True
    )
    assert b'"' + name + b'",loud,' in done.stdout


def test_what_was_sorted_is_not_sorted_again(classify: Classify, music: Path) -> None:
    for _ in range(2):
        into = ("--sort-into", music / "sorted", "--template", "{genre}/{name}{ext}")
        table = classify(music, *into)
        assert "3 files," in table
    found = sorted(p.relative_to(music / "sorted").as_posix() for p in music.rglob("sorted/*/*"))
    assert found == ["loud/loud.wav", "quiet/quiet.flac", "silence/silent.ogg"]


def test_sorted_and_taken_back(
    classify: Classify, music: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in music.rglob("*") if path.is_file()}
    table = classify(music, "--sort-into", music.parent / "sorted", "--move")
    command = table.splitlines()[-1].removeprefix("to undo it: livegenre ").split()
    assert not (music / "silent.ogg").exists()
    assert main(command) == 0
    assert {path: path.read_bytes() for path in music.rglob("*") if path.is_file()} == before
    assert "3 were undone" in capfd.readouterr().out


def test_tags_are_written_only_if_that_is_confirmed(
    classify: Classify, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from livegenre.sorting.tags import read_tags

    monkeypatch.setenv("XDG_DATA_HOME", str(music.parent / "data"))
    flac = str(music / "b" / "quiet.flac")
    classify(music, "--write-tags", code=2)
    assert read_tags(flac).genre == ""
    table = classify(music, "--write-tags", "--yes")
    assert read_tags(flac).genre == "quiet"
    assert "2 tagged" in table
    assert "data/livegenre/livegenre-" in table.splitlines()[-1].replace(os.sep, "/")
    assert "3 known from before" in classify(music), "a new tag is no reason to hear anew"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--move"], "--move: says how to sort; say where"),
        (["--template", "{name}{ext}"], "--template: says how to sort"),
        (["--dry-run"], "--dry-run: nothing would be done anyway"),
        (["--sort-into", "x", "--link", "--write-tags"], "--write-tags: a link is no file"),
        (["--sort-into", "x", "--template", "{genra}{ext}"], "did you mean {genre}?"),
        (["--sort-into", "x", "--copy", "--move"], "not allowed with argument"),
        (["--json", "--csv"], "not allowed with argument"),
        (["--jobs", "0"], "no whole number from 1 to 1024"),
        (["--min-posterior", "2"], "is not from 0 to 1"),
    ],
)
def test_wrong_usage_is_told(
    words: list[str], said: str, music: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify", str(music), "--no-db", *words]) == 2
    error = capfd.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_a_missing_library_is_told_before_anything_is_heard(
    music: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mutagen", None)
    assert main(["classify", str(music), "--no-db", "--playlists", str(music / "lists")]) == 1
    out, error = capfd.readouterr()
    assert "pip install 'livegenre[collections]'" in error
    assert not out


def start(music: Path, model: Path, database: Path, *, jobs: int) -> subprocess.Popen[str]:
    words = ["classify", str(music), "--model", str(model), "--db", str(database)]
    return subprocess.Popen(
        [sys.executable, "-m", "livegenre", *words, "--jobs", str(jobs)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for_some(database: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a run has kept something."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(sqlite3.Error), closing(sqlite3.connect(_uri(database), uri=True)) as base:
            if base.execute("SELECT count(*) FROM tracks").fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("it kept nothing in time")


def _uri(database: Path) -> str:
    return f"file:{database}?mode=ro"


@pytest.mark.slow
@UNIX
@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGKILL, 1), (signal.SIGKILL, 2), (signal.SIGINT, 1), (signal.SIGTERM, 2)],
)
def test_a_run_that_is_ended_goes_on(
    classify: Classify, tmp_path: Path, tiny_model: Path, number: int, jobs: int
) -> None:
    many = tmp_path / "many"
    for seed in range(150):  # more than is heard until some of it is kept
        write_sound(many / f"{seed:03}.wav", seed=seed, seconds=15.0)
    process = start(many, tiny_model, tmp_path / "db.sqlite", jobs=jobs)
    wait_for_some(tmp_path / "db.sqlite", process)
    process.send_signal(number)
    _, error = process.communicate(timeout=30)
    if number == signal.SIGKILL:
        assert process.returncode == -number
    else:
        assert (process.returncode, error) == (
            130,
            "livegenre: what was heard is kept; the same command goes on\n",
        )
    total = classify(many).splitlines()[-1]
    assert total.startswith("150 files, ")
    assert "known from before; heard at" in total


@pytest.mark.slow
def test_a_cluster_hears_the_same(classify: Classify, music: Path) -> None:
    pytest.importorskip("distributed")
    here = json.loads(classify(music, "--json", "--no-db", db=False))
    there = json.loads(classify(music, "--json", "--no-db", "--scheduler", "local", db=False))
    assert there == here


def test_a_scheduler_that_is_away_is_told(music: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    words = ["classify", str(music), "--no-db", "--scheduler", "tcp://127.0.0.1:1"]
    assert main(words) == 1
    out, error = capfd.readouterr()
    assert error.startswith("livegenre: scheduler tcp://127.0.0.1:1: does not answer; ")
    assert (out, len(error.splitlines())) == ("", 1)


def test_urls_are_told_of_and_remembered(classify: Classify, music: Path) -> None:
    pytest.importorskip("fsspec")
    url = music.as_uri()
    first = classify(url)
    assert f"{url}/a/loud.wav" in first
    assert "3 files," in first
    assert "3 known from before" in classify(url)
    classify(url, "--playlists", music / "lists", code=2)


def test_help_teaches(capfd: pytest.CaptureFixture[str]) -> None:
    for command in ("classify", "sort"):
        assert main([command, "--help"]) == 0
        assert f"  livegenre {command} " in capfd.readouterr().out
