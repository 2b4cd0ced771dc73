"""Frames as text, as they were last looked at and found good.

After a change that is meant: pytest tests/test_screen_golden.py --update-golden, and look.
"""

from pathlib import Path

import pytest
from rich.cells import cell_len

from livegenre.screen.frame import draw
from tests.screen_scenes import ASCII, SIZES, STATES, TRUECOLOR, view_in

GOLDEN = Path(__file__).parent / "golden" / "screen"
GLYPHS = {"unicode": TRUECOLOR, "ascii": ASCII}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("glyphs", GLYPHS)
def test_a_frame_looks_as_it_was_found_good(
    size: tuple[int, int], state: str, glyphs: str, update_golden: bool
) -> None:
    width, height = size
    rows = draw(view_in(state, size, GLYPHS[glyphs]), width, height).rows
    lines = ["".join(segment.text for segment in row) for row in rows]
    path = GOLDEN / f"{state}_{width}x{height}_{glyphs}.txt"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    golden = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert [cell_len(line) for line in golden] == [width] * height
    assert lines == golden
    assert glyphs == "unicode" or "".join(lines).isascii()


def test_there_is_no_frame_that_nobody_draws() -> None:
    names = {
        f"{state}_{width}x{height}_{glyphs}.txt"
        for state in STATES
        for width, height in SIZES
        for glyphs in GLYPHS
    }
    assert {path.name for path in GOLDEN.iterdir()} == names
