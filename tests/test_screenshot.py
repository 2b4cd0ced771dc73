"""Screenshots show a real run, each cell in its place."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style

from tests.conftest import ROOT
from tools.svg import CELL_HEIGHT, CELL_WIDTH, MARGIN, to_svg

SVG = "{http://www.w3.org/2000/svg}"


def shapes(*row: Segment) -> dict[str, str]:
    """Return the path drawn in each colour."""
    paths = ET.fromstring(to_svg([row])).iter(f"{SVG}path")
    return {path.get("fill") or "": path.get("d") or "" for path in paths}


def test_run_of_the_demo_is_pictured_at_every_size_asked_for(tmp_path: Path) -> None:
    program = [sys.executable, str(ROOT / "tools" / "screenshot.py")]
    words = ["--out", str(tmp_path), "--at", "6", "--size", "120x40", "40x12"]
    done = subprocess.run([*program, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for width, height in ((120, 40), (40, 12)):
        picture = tmp_path / f"screen-{width}x{height}.svg"
        root = ET.parse(picture).getroot()
        assert root.get("width") == str(width * CELL_WIDTH + 2 * MARGIN)
        assert root.get("height") == str(height * CELL_HEIGHT + 2 * MARGIN)
        texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
        assert any("metal" in text for text in texts)
        assert picture.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_what_is_no_size_is_one_line() -> None:
    program = [sys.executable, str(ROOT / "tools" / "screenshot.py"), "--size", "wide"]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("'wide' is no size such as 120x40")


@pytest.mark.parametrize(
    ("glyph", "path"),
    [
        ("▀", "M10 0h10v11h-10z"),
        ("▄", "M10 11h10v11h-10z"),
        ("█", "M10 0h10v22h-10z"),
        ("▏", "M10 0h1.25v22h-1.25z"),
        ("▁", "M10 19.25h10v2.75h-10z"),
    ],
)
def test_blocks_fill_their_part_of_the_cell(glyph: str, path: str) -> None:
    assert shapes(Segment(" "), Segment(glyph, Style(color="#ff0000"))) == {"#ff0000": path}


def test_grounds_lie_behind_and_reverse_swaps_them() -> None:
    red = Style(color="#ff0000", bgcolor="#00ff00")
    assert shapes(Segment("ab", red)) == {"#00ff00": "M0 0h20v22h-20z"}
    assert shapes(Segment("ab", red + Style(reverse=True))) == {"#ff0000": "M0 0h20v22h-20z"}


def test_each_letter_has_its_own_place_also_after_wide_ones() -> None:
    (text,) = ET.fromstring(to_svg([[Segment("a東<")]])).iter(f"{SVG}text")
    assert text.text == "a東<"
    assert text.get("x") == "0 10 30"
