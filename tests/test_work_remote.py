"""Files at URLs are copied to be read, and nothing of them stays."""

import os
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import fsspec
import pytest

from livegenre.errors import FileError
from livegenre.sources import ReplayOptions, open_source
from livegenre.work.remote import is_url, list_files, local_copy
from tests.evaluation_clips import write_noise


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "music" / "deep er").mkdir(parents=True)
    for name in ("b.wav", "a #1.wav", "deep er/c.wav"):
        write_noise(tmp_path / "music" / name, 0.1, 0.5)
    return tmp_path / "music"


@pytest.fixture(params=["memory", "file", "http"])
def url(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "file":
        yield folder.as_uri().replace("%20", " ")
    elif request.param == "memory":
        fsspec.filesystem("memory").put(f"{folder}/", "/music", recursive=True)
        yield "memory://music"
        fsspec.filesystem("memory").rm("/music", recursive=True)
    else:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        server.server_close()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.mark.parametrize("place", ["s3://music/a.wav", "memory://x", "simplecache::s3://x/y"])
def test_url_is_told_from_path(place: str) -> None:
    assert is_url(place)


@pytest.mark.parametrize("place", ["music/a.wav", "C:\\music", "/a://b", "a b://c", "://", "-"])
def test_path_is_no_url(place: str) -> None:
    assert not is_url(place)


def test_all_files_are_listed_in_order(url: str) -> None:
    found = [*list_files(url)]
    assert len(found) == 3
    assert found == sorted(found, key=lambda place: (place.count("/"), place))
    assert all(is_url(place) and place.endswith(".wav") for place in found)


def test_what_is_listed_is_what_lies_there(url: str, folder: Path, temporary: Path) -> None:
    there = sorted(path.read_bytes() for path in folder.rglob("*.wav"))
    found = []
    for place in list_files(url):
        with local_copy(place) as path:
            found.append(path.read_bytes())
    assert sorted(found) == there
    assert [*temporary.iterdir()] == []


def test_one_file_is_listed_as_itself(url: str) -> None:
    first = next(list_files(url))
    assert [*list_files(first)] == [first]


def test_what_is_not_there_is_said(url: str) -> None:
    missing = url.rstrip("/") + "/missing.wav"
    with pytest.raises(FileError, match=r"missing\.wav: no such file or folder"):
        list(list_files(missing))
    if not url.startswith("file"):
        with pytest.raises(FileError, match=r"missing\.wav: no such file"), local_copy(missing):
            pass


def test_error_names_the_url_and_not_the_copy(temporary: Path) -> None:
    fsspec.filesystem("memory").pipe("/broken.wav", b"RIFF but no more")
    with (
        pytest.raises(FileError, match=r"memory://broken\.wav") as caught,
        local_copy("memory://broken.wav") as path,
        open_source(ReplayOptions(spec=str(path), speed=1.0)),
    ):
        pass
    assert str(temporary) not in str(caught.value)
    assert [*temporary.iterdir()] == []


def test_path_is_its_own_copy(tmp_path: Path) -> None:
    with local_copy(str(tmp_path / "a.wav")) as path:
        assert path == tmp_path / "a.wav"


def test_links_that_loop_end(folder: Path) -> None:
    (folder / "deep er" / "loop").symlink_to(folder)
    (folder / "linked.wav").symlink_to(folder / "b.wav")
    names = [place.rpartition("/")[2] for place in list_files(f"file://{folder}")]
    assert names == ["a #1.wav", "b.wav", "linked.wav", "c.wav"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folder_that_may_not_be_read_is_an_error(folder: Path) -> None:
    (folder / "deep er").chmod(0)
    with pytest.raises(FileError, match="deep er: Permission denied"):
        list(list_files(f"file://{folder}"))


def test_unknown_kind_of_url_is_said() -> None:
    with pytest.raises(FileError, match=r"^nonsense://x: .*nonsense"):
        list(list_files("nonsense://x"))


@pytest.mark.skipif(find_spec("s3fs") is not None, reason="s3fs is installed")
def test_library_that_is_missing_is_named() -> None:
    with pytest.raises(FileError, match=r"^s3://x/y: .*s3fs"):
        list(list_files("s3://x/y"))
