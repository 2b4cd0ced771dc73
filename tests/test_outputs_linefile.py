"""Lines in a file stay whole: on full disks, after crashes, among several programs, in parts."""

import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count
from math import inf
from pathlib import Path
from types import SimpleNamespace

import pytest

from livegenre.errors import OutputError
from livegenre.outputs.linefile import N_KEPT, ROW, LineFile

HEAD = "number,word"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


@pytest.fixture
def said() -> list[str]:
    return []


def opened(
    path: Path, said: list[str] | None = None, *, head: str = HEAD, limit: float = inf
) -> LineFile:
    file = LineFile(
        str(path), head=head, limit_bytes=limit, say=(said if said is not None else []).append
    )
    file.open()
    return file


def test_head_opening_and_lines_stand_in_order(path: Path) -> None:
    file = opened(path)
    file.append("", "0,begin")
    file.append("1,a", "0,begin")
    file.append("2,é", "0,begin")
    file.close()
    assert path.read_bytes() == "number,word\n0,begin\n1,a\n2,é\n".encode()


def test_head_is_not_repeated_and_each_session_opens(path: Path) -> None:
    for word in ("a", "b"):
        file = opened(path)
        file.append(f"1,{word}", f"0,{word}")
        file.close()
    assert path.read_text() == "number,word\n0,a\n1,a\n0,b\n1,b\n"


def test_opened_again_after_trouble_it_goes_on_without_another_opening(path: Path) -> None:
    file = opened(path)
    file.append("1,a", "0,a")
    file.close()
    file.open()
    file.append("2,a", "0,a")
    file.close()
    assert path.read_text() == "number,word\n0,a\n1,a\n2,a\n"


def test_every_line_is_in_the_file_once_appended(path: Path) -> None:
    file = opened(path)
    file.append("1,a", "")
    assert path.read_text() == "number,word\n1,a\n"
    file.close()


@pytest.mark.parametrize("content", ["other,head\n1,a\n", "number,words\n", "x" * 100, "number;w"])
def test_file_with_another_head_is_refused_and_left_alone(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(OutputError, match="holds something else"):
        opened(path)
    assert path.read_text() == content


@pytest.mark.parametrize(
    "content", [b"ID3\x04", b'{\n "name": "x"\n}\n', b'{"format": 1}\n', b"{}"]
)
def test_file_that_is_no_json_lines_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(OutputError, match="holds something else"):
        opened(path, head="")
    assert path.read_bytes() == content


@pytest.mark.parametrize("n_letters", range(len(HEAD) + 1))
def test_half_a_head_is_written_anew(path: Path, n_letters: int) -> None:
    path.write_text(HEAD[:n_letters])
    file = opened(path)
    file.append("1,a", "")
    file.close()
    assert path.read_text() == "number,word\n1,a\n"


@pytest.mark.parametrize("n_letters", [0, 1, len(ROW) - 1, len(ROW)])
def test_little_of_a_row_does_not_make_a_log_another_file(path: Path, n_letters: int) -> None:
    path.write_text(ROW[:n_letters])
    for name in ("a", "b"):
        file = opened(path, head="")
        file.append(f'{ROW}{name}"}}', "")
        file.close()
    assert path.read_text().splitlines()[-2:] == [f'{ROW}a"}}', f'{ROW}b"}}']


def test_line_that_a_crash_has_cut_off_is_ended_first(path: Path) -> None:
    path.write_text("number,word\n1,a\n2,b")
    file = opened(path)
    file.append("3,c", "")
    file.close()
    assert path.read_text() == "number,word\n1,a\n2,b\n3,c\n"


def test_quotation_that_was_cut_off_does_not_swallow_what_follows(path: Path) -> None:
    path.write_text('number,word\n1,"a ""b')
    file = opened(path)
    file.append("2,c", "")
    file.close()
    assert path.read_text() == 'number,word\n1,"a ""b"\n2,c\n'


def test_folder_in_the_files_place_is_one_line(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OutputError, match="no regular file; choose another name"):
        opened(path)


def test_place_that_is_not_there_is_one_line(path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory; choose another place"):
        opened(path / "log.csv")


def test_disk_that_may_not_be_written_is_one_line(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(OutputError, match="Read-only file system; choose another place"):
        opened(tiny_disk / "log.csv")


def test_full_disk_leaves_the_file_as_it_was_and_there_is_a_next_time(tiny_disk: Path) -> None:
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(b"x" * (64 - 8) * 1024)
    path = tiny_disk / "log.csv"
    file = opened(path)
    lines = (f"{number},{'x' * 999}" for number in count())
    written = [HEAD]
    with suppress(OutputError):
        for line in lines:
            file.append(line, "")
            written.append(line)
    assert path.read_text().splitlines() == written
    assert path.read_bytes().endswith(b"\n")
    with pytest.raises(OutputError, match="No space left on device"):
        file.append("y" * 9999, "")
    ballast.unlink()
    file.open()
    file.append("last", "")
    file.close()
    assert path.read_text().splitlines() == [*written, "last"]


def test_disk_that_is_full_from_the_beginning_gets_its_head_later(tiny_disk: Path) -> None:
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(b"x" * 60 * 1024)  # one page stays: the file has room for half a line
    path = tiny_disk / "log.csv"
    file = opened(path)
    with pytest.raises(OutputError, match="No space"):
        file.append("1," + "a" * 9000, "0,a")
    assert path.read_bytes() == b""
    ballast.unlink()
    file.append("1,a", "0,a")
    file.close()
    assert path.read_text() == "number,word\n0,a\n1,a\n"


def test_full_file_makes_room_and_the_new_one_has_head_and_opening(path: Path) -> None:
    file = opened(path, limit=40)
    for number in range(1, 5):
        file.append(f"{number},word", "0,open")
    file.close()
    assert path.read_text() == "number,word\n0,open\n4,word\n"
    assert Path(f"{path}.1").read_text() == "number,word\n0,open\n1,word\n2,word\n3,word\n"


def test_no_more_parts_are_kept_than_promised(path: Path) -> None:
    file = opened(path, limit=20)
    for number in range(20):
        file.append(f"{number},word", "")
    file.close()
    assert len(list(path.parent.iterdir())) == 1 + N_KEPT
    assert Path(f"{path}.{N_KEPT}").read_text() == "number,word\n14,word\n"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no list of open files")
def test_full_file_makes_room_where_nothing_open_can_be_renamed(
    path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.replace

    def replace(old: str, new: str) -> None:
        if any(place.exists() and place.samefile(old) for place in Path("/proc/self/fd").iterdir()):
            raise PermissionError(errno.EACCES, "Permission denied")
        rename(old, new)

    monkeypatch.setattr("livegenre.outputs.linefile.sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr("livegenre.outputs.linefile.os.replace", replace)
    file = opened(path, said, limit=40)
    for number in range(1, 5):
        file.append(f"{number},word", "0,open")
    file.close()
    assert path.read_text() == "number,word\n0,open\n4,word\n"
    assert Path(f"{path}.1").read_text() == "number,word\n0,open\n1,word\n2,word\n3,word\n"
    assert said == []


def test_where_no_part_can_be_made_the_file_grows_on(path: Path, said: list[str]) -> None:
    Path(f"{path}.{N_KEPT - 1}").touch()
    Path(f"{path}.{N_KEPT}").mkdir()
    file = opened(path, said, limit=20)
    for number in range(3):
        file.append(f"{number},word", "")
    file.close()
    assert path.read_text() == "number,word\n0,word\n1,word\n2,word\n"
    assert len(said) == 1
    assert "cannot be renamed" in said[0]


def test_file_that_was_moved_away_is_made_anew(path: Path) -> None:
    file = opened(path)
    file.append("1,a", "0,a")
    path.rename(path.with_suffix(".old"))
    file.append("2,a", "0,a")
    file.close()
    assert path.read_text() == "number,word\n0,a\n2,a\n"


@pytest.fixture
def link(path: Path) -> Path:
    """A link in another folder to the file, which is not there yet."""
    folder = path.parent / "links"
    folder.mkdir()
    link = folder / "current.csv"
    link.symlink_to(path)
    return link


def point(link: Path, path: Path) -> None:
    """Let a link point elsewhere, at once, as ``ln -sf`` does."""
    new = link.with_suffix(".new")
    new.symlink_to(path)
    new.replace(link)


def test_link_that_is_moved_on_is_followed(path: Path, link: Path) -> None:
    other = path.with_name("other.csv")
    file = opened(link)
    file.append("1,a", "0,a")
    point(link, other)
    file.append("2,a", "0,a")
    file.close()
    assert path.read_text() == "number,word\n0,a\n1,a\n"
    assert other.read_text() == "number,word\n0,a\n2,a\n"


def test_parts_lie_beside_the_file_that_a_link_points_to(path: Path, link: Path) -> None:
    other = path.with_name("other.csv")
    file = opened(link, limit=30)
    for number in range(4):
        if number == 2:
            point(link, other)
        file.append(f"{number},word", "0,open")
    file.close()
    for name in (path, other):
        assert Path(f"{name}.1").exists()
    assert other.read_text() == "number,word\n0,open\n3,word\n"
    assert [one.name for one in link.parent.iterdir()] == [link.name]


def test_file_whose_folder_was_moved_with_its_link_makes_room_there(path: Path) -> None:
    old, new = path.parent / "old", path.parent / "new"
    old.mkdir()
    link = path.with_name("current.csv")
    link.symlink_to(old / "log.csv")
    file = opened(link, limit=30)
    file.append("1,word", "0,open")
    old.rename(new)
    point(link, new / "log.csv")
    file.append("2,word", "0,open")
    file.close()
    assert (new / "log.csv").read_text() == "number,word\n0,open\n2,word\n"
    assert (new / "log.csv.1").read_text() == "number,word\n0,open\n1,word\n"


def test_link_to_another_file_is_refused_until_it_points_to_a_log(path: Path, link: Path) -> None:
    other = path.with_name("other.csv")
    other.write_text("something else\n")
    file = opened(link)
    point(link, other)
    with pytest.raises(OutputError, match="holds something else"):
        file.append("1,a", "")
    point(link, path)
    file.append("1,a", "")
    file.close()
    assert path.read_text() == "number,word\n1,a\n"
    assert other.read_text() == "something else\n"


WRITER = f"""
import sys
from livegenre.outputs.linefile import LineFile
path, name, limit, n_lines = sys.argv[1:]
file = LineFile(path, head="{HEAD}", limit_bytes=float(limit), say=print)
file.open()
print("ready", flush=True)
for number in range(int(n_lines)):
    file.append(f"{{number}},{{name * 500}}", f"open,{{name}}")
"""


def writer(path: Path, name: str, *, limit: float = inf, n_lines: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(path), name, str(limit), str(n_lines)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_lines_of_two_programs_stay_whole(path: Path) -> None:
    programs = [writer(path, name, n_lines=300) for name in "ab"]
    assert [program.wait(30) for program in programs] == [0, 0]
    for program in programs:
        program.communicate()
    head, *lines = path.read_text().splitlines()
    assert head == HEAD
    for name in "ab":
        own = [line for line in lines if line.endswith(name)]
        expected = [f"open,{name}", *(f"{number},{name * 500}" for number in range(300))]
        assert own == expected


def test_two_programs_share_the_parts(path: Path) -> None:
    programs = [writer(path, name, limit=60_000, n_lines=150) for name in "ab"]
    assert [program.wait(30) for program in programs] == [0, 0]
    for program in programs:
        program.communicate()
    lines = []
    for part in path.parent.iterdir():
        head, *rest = part.read_text().splitlines()
        assert head == HEAD
        lines += [line for line in rest if not line.startswith("open")]
    assert sorted(lines) == sorted(f"{n},{name * 500}" for name in "ab" for n in range(150))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL")
def test_killed_program_leaves_lines_that_another_goes_on_after(path: Path) -> None:
    killed = writer(path, "a", n_lines=10_000_000)
    assert killed.stdout is not None
    killed.stdout.readline()
    deadline = time.monotonic() + 30
    while path.stat().st_size < 100_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    file = opened(path)
    file.append("last", "")
    file.close()
    *lines, last = path.read_text().splitlines()
    assert last == "last"
    assert lines[2:-1] == [f"{number},{'a' * 500}" for number in range(len(lines) - 3)]
