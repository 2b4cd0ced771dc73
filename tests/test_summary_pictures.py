"""Page and picture of a summary: all in one file, every name harmless, nothing left out."""

import re
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from livegenre.screen.palette import GENRES
from livegenre.summary.gathering import Gathered
from livegenre.summary.heard import N_FINE
from livegenre.summary.page import to_html
from livegenre.summary.picture import MOST_SESSIONS, WIDTH, ZOOM, to_png, to_svg
from livegenre.summary.shares import shares, stretches
from tests.test_summary import ROCK_POP, decisions, read, write_log

NASTY = '<script>alert("x")</script>&amp;'
EMPTY_TAGS = ("meta", "br")


class Page(HTMLParser):
    """Keeps texts and tags, and sees that every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY_TAGS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


@pytest.fixture
def gathered(tmp_path: Path) -> Gathered:
    path = tmp_path / "log.csv"
    write_log(path, ROCK_POP)
    write_log(path, decisions([NASTY] * 5 + ["pop"]), ended=False)
    return read(path)


def long(labels: Sequence[str], tmp_path: Path) -> Gathered:
    write_log(tmp_path / "long.csv", decisions([label for label in labels for _ in range(9)]))
    return read(tmp_path / "long.csv")


def test_stretches_cover_a_session_without_a_gap(gathered: Gathered) -> None:
    heard = gathered.sessions[0]
    parts = list(stretches(heard))
    assert parts[0].begin == 0.0
    assert parts[-1].end == pytest.approx(heard.seconds)
    assert all(one.end == other.begin for one, other in pairwise(parts))
    named = {part.name: part.colour for part in parts}
    assert (named["rock"], named["pop"]) == (GENRES["rock"], GENRES["pop"])


def test_shares_are_sorted_and_whole(gathered: Gathered) -> None:
    parts = shares(gathered.sessions[0])
    assert [(part.name, part.seconds) for part in parts] == [
        ("rock", 3.0),
        ("pop", 2.0),
        ("unsure", 1.0),
    ]
    assert sum(part.share for part in parts) == pytest.approx(1.0)


def test_page_is_one_file_that_fetches_nothing(gathered: Gathered) -> None:
    page = to_html(gathered)
    tags = Page(page).tags
    assert not [name for name, _ in tags if name in ("script", "link", "img", "iframe")]
    assert not [values for _, values in tags if {"src", "href"} & values.keys()]
    assert "url(" not in page
    assert "//" not in page


def test_page_tells_all_sessions_and_their_shares(gathered: Gathered) -> None:
    texts = Page(to_html(gathered)).texts
    assert sum(text.startswith("2026-01-02 03:04:05") for text in texts) == 2
    assert {"rock", "pop", "50 %", "33 %", "0:03", NASTY} <= set(texts)
    assert any(text.startswith("all 2 sessions: heard 0:09") for text in texts)
    assert any("the log does not hold its end" in text for text in texts)


def test_page_fits_a_phone_and_paper(gathered: Gathered) -> None:
    page = to_html(gathered)
    assert 'name="viewport" content="width=device-width' in page
    assert "print-color-adjust: exact" in page


def test_ribbon_of_the_page_is_as_long_as_the_session(gathered: Gathered) -> None:
    section = to_html(gathered).partition("</section>")[0]
    lengths = [float(text) for text in re.findall(r"flex:([\d.]+) 0 0", section)]
    assert sum(lengths) == pytest.approx(1.0, abs=N_FINE * 1e-5)


def test_session_that_heard_nothing_has_words_alone(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", [])
    gathered = read(tmp_path / "log.csv")
    assert "heard 0:00" in "".join(Page(to_html(gathered)).texts)
    ElementTree.fromstring(to_svg(gathered.sessions))


def test_picture_is_drawn_whatever_the_names(gathered: Gathered) -> None:
    root = ElementTree.fromstring(to_svg(gathered.sessions))
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("<script>") for text in texts)
    assert {"rock", "50 %", "0:03"} <= set(texts)


def test_png_is_as_large_as_its_drawing(gathered: Gathered) -> None:
    png = to_png(gathered.sessions)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    root = ElementTree.fromstring(to_svg(gathered.sessions))
    assert (width, height) == (WIDTH * ZOOM, float(root.attrib["height"]) * ZOOM)


def test_many_answers_and_many_sessions_make_no_endless_picture(tmp_path: Path) -> None:
    heard = long([f"label {number}" for number in range(60)], tmp_path).sessions[0]
    one = float(ElementTree.fromstring(to_svg([heard])).attrib["height"])
    many = float(ElementTree.fromstring(to_svg([heard] * 500)).attrib["height"])
    assert many < one * (MOST_SESSIONS + 1)
    assert to_html(Gathered((replace(heard),), 0)).count("<tr>") == 60


def test_without_the_library_it_is_one_line_that_names_the_extra(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv", ROCK_POP)
    program = (
        "import sys; sys.modules['resvg_py'] = None\n"
        "from livegenre.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["summary", str(tmp_path / "log.csv"), "--png", str(tmp_path / "a.png")]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "livegenre: --png: resvg_py is not installed; pip install 'livegenre[pictures]'\n"
    )
    assert not (tmp_path / "a.png").exists()
