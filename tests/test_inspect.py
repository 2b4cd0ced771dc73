"""livegenre inspect: what is written where, what is never written over, and the page itself."""

import base64
import csv
import io
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("librosa", reason="needs pip install 'livegenre[inspect]'")
pytest.importorskip("matplotlib", reason="needs pip install 'livegenre[inspect]'")

from livegenre.cli import main
from livegenre.errors import OutputError, UsageError
from livegenre.inspection.destination import Destination
from livegenre.inspection.page import to_html
from livegenre.inspection.panels import PANELS
from livegenre.inspection.style import drawing
from livegenre.inspection.tables import FRAME_COLUMNS, frames_csv
from tests.browser import Browser, require_chromium
from tests.conftest import ROOT
from tests.inspection_made import demo

BRIEFLY = ("--start", "20", "--duration", "3", "--model", "classic")
PNG = b"\x89PNG\r\n\x1a\n"


class Tags(HTMLParser):
    """Keeps the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, *names: str) -> list[str]:
        """Return the values of attributes."""
        return [attrs[name] or "" for _, attrs in self.tags for name in names if name in attrs]


@pytest.fixture(scope="module")
def page() -> str:
    with drawing():
        return "".join(to_html(demo()))


def test_one_run_writes_all_forms_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [str(tmp_path / name) for name in ("a.html", "a.png", "a.csv", "all/")]
    words = [word for place in places for word in ("-o", place)]
    assert main(["inspect", "demo", *BRIEFLY, *words]) == 0
    assert capsys.readouterr().out.splitlines() == places
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)
    assert (tmp_path / "a.csv").read_text().startswith("time,rms,")
    names = {path.name for path in (tmp_path / "all").iterdir()}
    assert names == {
        *("index.html", "frames.csv", "decisions.csv"),
        *(f"{panel.key}.png" for panel in PANELS),
    }
    assert main(["inspect", "demo", *BRIEFLY, *words[:6]]) == 0  # takes the place of its own


def test_without_a_place_a_report_is_called_after_the_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", "tone:220", "--duration", "1"]) == 0
    assert capsys.readouterr().out == "tone-220-report.html\n"
    assert (tmp_path / "tone-220-report.html").exists()


def test_a_long_sound_is_cut_with_a_word_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("livegenre.inspection.hearing.USUAL_SECONDS", 3.0)
    assert main(["inspect", "demo", "--model", "classic", "-o", str(tmp_path / "a.csv")]) == 0
    assert "demo.ogg: only 0:03 of it are shown" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("a.pdf", "must end in .html, .png, .csv"),
        ("no/such/a.html", "there is no such folder"),
        ("theirs.html", "is no report of livegenre inspect"),
        ("theirs.csv", "is no report of livegenre inspect"),
        ("site/", "is no report of livegenre inspect"),
        ("sound.html", "is the sound itself"),
        ("link.html", "is the sound itself"),
    ],
)
def test_nothing_but_a_report_is_ever_written_over(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "site").mkdir()
    for name in ("theirs.html", "theirs.csv", "site/index.html", "sound.html"):
        (tmp_path / name).write_text("time,mine")
    (tmp_path / "link.html").symlink_to("sound.html")
    with pytest.raises((OutputError, UsageError), match=reason):
        Destination(str(tmp_path / path), str(tmp_path / "sound.html"))


def test_places_are_looked_at_before_the_sound_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text("my page")
    assert main(["inspect", "no such file.wav", "-o", str(tmp_path / "a.html")]) == 1
    assert "no report of livegenre" in capsys.readouterr().err
    assert (tmp_path / "a.html").read_text() == "my page"


def test_full_disk_is_one_line_and_leaves_no_part(
    tiny_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "demo", *BRIEFLY, "-o", str(tiny_disk / "a.html")]) == 1
    assert capsys.readouterr().err == (
        f"livegenre: {tiny_disk / 'a.html'}: No space left on device; choose another place for it\n"
    )
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.parametrize("words", [["no.wav"], [str(ROOT)], ["tone:0"], ["demo", "--start", "99"]])
def test_what_is_no_sound_is_one_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", *words, "-o", str(tmp_path / "a.html")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("library", ["librosa", "matplotlib"])
def test_without_the_libraries_it_is_one_line_that_names_the_extra(
    library: str, tmp_path: Path
) -> None:
    program = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from livegenre.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["inspect", "tone:220", "-o", str(tmp_path / "a.html")]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        f"livegenre: inspect: {library} is not installed; pip install 'livegenre[inspect]'\n"
    )


def test_sound_comes_through_a_pipe(tmp_path: Path) -> None:
    made = tmp_path / "a.wav"
    assert main(["signal", "tone:220", "-o", str(made), "--seconds", "2"]) == 0
    command = [sys.executable, "-m", "livegenre", "inspect", "-", "-o", str(tmp_path / "a.csv")]
    with made.open("rb") as sound:
        subprocess.run(command, stdin=sound, check=True, cwd=ROOT)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert float(rows[40]["centroid_hz"]) == pytest.approx(220, abs=2)


def test_ctrl_c_ends_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "livegenre", "inspect", "noise:pink", "--duration", "3000"]
    process = subprocess.Popen([*command, "-o", str(tmp_path / "all/")], cwd=ROOT)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert not (tmp_path / "all").exists()


def test_page_fetches_nothing(page: str) -> None:
    tags = Tags(page)
    assert not [name for name, _ in tags.tags if name in ("script", "link", "img", "iframe")]
    for value in tags.values("src", "href", "xlink:href"):
        assert value.startswith(("#", "data:"))
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert set(re.findall(r"https?://[^\s\"<]*", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert len(page) < 5_000_000


def test_page_names_every_picture_in_words_and_no_part_twice(page: str) -> None:
    tags = Tags(page)
    ids = tags.values("id")
    assert len(ids) == len(set(ids))
    assert {panel.key for panel in PANELS} <= set(ids)
    labels = [attrs.get("aria-label") for name, attrs in tags.tags if name == "svg"]
    assert len(labels) == 2 * len(PANELS)
    assert all(labels)


def test_page_holds_its_own_values(page: str) -> None:
    links = [value for value in Tags(page).values("href") if value.startswith("data:text/csv")]
    text = base64.b64decode(links[0].partition(",")[2]).decode()
    assert text == frames_csv(demo())
    assert tuple(next(csv.reader(io.StringIO(text)))) == FRAME_COLUMNS


@pytest.mark.browser
def test_page_is_read_on_a_desk_and_on_a_phone(page: str, tmp_path: Path) -> None:
    require_chromium()
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    url = (tmp_path / "a.html").as_uri()
    with Browser() as browser:
        for width, shown, hidden in ((1280, ".wide", ".narrow"), (390, ".narrow", ".wide")):
            opened = browser.open(url, width=width)
            assert opened.evaluate("document.documentElement.scrollWidth") == width
            assert opened.is_seen(f"#mel {shown} svg")
            assert not opened.is_seen(f"#mel {hidden} svg")
            smallest = opened.evaluate(
                f"Math.min(...[...document.querySelectorAll('{shown} svg text')]"
                ".map(each => each.getBoundingClientRect().height))"
            )
            assert smallest >= 8
            assert opened.troubles == []
        dark = [{"name": "prefers-color-scheme", "value": "dark"}]
        opened.call("Emulation.setEmulatedMedia", features=dark)
        assert opened.style("#rms .narrow svg text", "fill") == "rgb(151, 160, 176)"


@pytest.mark.browser
def test_page_prints_no_picture_across_two_sheets(page: str, tmp_path: Path) -> None:
    require_chromium()
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    with Browser() as browser:
        opened = browser.open((tmp_path / "a.html").as_uri())
        pdf = base64.b64decode(opened.call("Page.printToPDF", printBackground=True)["data"])
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8
