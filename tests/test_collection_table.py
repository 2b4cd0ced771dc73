"""The table as it is seen: on terminals of any width, and in a pipe."""

import io

import pytest
from rich.cells import cell_len

from livegenre.collection.run import Row
from livegenre.collection.table import Table, Total, total_words
from livegenre.collection.track import Track, Turn

LABELS = ("hip hop", "rock")
MIX = Track(
    3725.0,
    "genre",
    "rock",
    {"rock": 0.991, "hip hop": 0.009},
    {"genre": 0.9961, "unsure": 0.0039},
    (Turn(0.0, "rock"), Turn(61.5, "not_music"), Turn(3600.0, "hip hop")),
)
LONG = "music/" + "a very long name of a folder/" * 4 + "01 song.mp3"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def table(rows: list[Row], stream: io.StringIO) -> tuple[list[str], Total]:
    made = Table(LABELS, None, stream)
    total = made.print(rows)
    made.print_total(total_words(total))
    return stream.getvalue().splitlines(), total


@pytest.fixture
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    return int(request.param)


def test_a_pipe_gets_whole_paths_in_lines_that_do_not_break() -> None:
    trouble = "damaged or cut short at 1.2 s (it says more than is good for a line); get it anew"
    lines, total = table([Row(LONG, MIX, b""), Row(LONG, None, b"", trouble)], io.StringIO())
    assert lines[2].endswith(f"1:02:05  {LONG}")
    assert lines[3].strip() == "0:00 rock, 1:01 not music, 1:00:00 hip hop"
    assert lines[4] == f"not heard  {LONG}: {trouble}"
    assert lines[6] == "1 file, 1:02:05 of sound: 1 rock; 1 file could not be heard"
    assert (total.answers, total.troubles) == ({"rock": 1}, 1)


def test_shares_are_never_a_false_nothing() -> None:
    lines, _ = table([Row("a.mp3", MIX, b"")], io.StringIO())
    assert lines[2].split()[:6] == ["rock", "0.99", "<1", "%", "0", "%"]


@pytest.mark.parametrize("width", [80, 120], indirect=True)
def test_a_terminal_gets_lines_that_fit(width: int) -> None:
    rows = [Row(LONG, MIX, b""), Row("\N{MUSICAL NOTE}\N{HIRAGANA LETTER A}" * 40, MIX, b"")]
    lines, _ = table(rows, Terminal())
    assert all(cell_len(line) <= width for line in lines)
    assert lines[2].endswith("song.mp3")
    assert "…" in lines[2]


@pytest.mark.parametrize("width", [80], indirect=True)
def test_what_was_not_heard_is_broken_between_words(width: int) -> None:
    trouble = "this is a sentence of many words " * 4
    lines, _ = table([Row("a.mp3", None, b"", trouble.strip())], Terminal())
    assert all(cell_len(line) <= width for line in lines)
    said = " ".join(line.strip() for line in lines)
    assert said.startswith(f"not heard  a.mp3: {trouble.strip()}")


def test_control_characters_are_never_written() -> None:
    lines, _ = table([Row("\x1b[31m\n\udcff.mp3", MIX, b"")], io.StringIO())
    assert lines[2].endswith("?[31m??.mp3")
