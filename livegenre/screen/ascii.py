"""A frame with nothing in it but ASCII: glyph by glyph, so that nothing moves."""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment

from livegenre.screen.cells import Row
from livegenre.screen.glyphs import EN_DASH, HATCH, MINUS, TIMES

GLYPHS = {
    **dict.fromkeys("─┄▔┤", "-"),
    "━": "=",
    **dict.fromkeys("│▏", "|"),
    **dict.fromkeys("┴╭╮╰╯", "+"),
    **dict.fromkeys((MINUS, EN_DASH), "-"),
    **dict.fromkeys("█▉▊▋▌▍▎▀▄", "#"),
    "●": "*",
    "▶": ">",
    "▼": "v",
    "◌": "o",
    "·": ".",
    "…": "~",
    TIMES: "x",
    "←": "<",
    "→": ">",
    HATCH: "/",
    "≥": ">",
}


def to_ascii(rows: list[Row]) -> list[Row]:
    """Return rows of the same widths in ASCII."""
    return [[_segment(segment) for segment in row] for row in rows]


@lru_cache(maxsize=4096)
def _segment(segment: Segment) -> Segment:
    if segment.text.isascii():
        return segment
    return segment._replace(text="".join(map(_glyph, segment.text)))


def _glyph(char: str) -> str:
    if char.isascii():
        return char
    known = GLYPHS.get(char)
    if known is not None:
        return known
    size = cell_len(char)
    plain = unicodedata.normalize("NFKD", char)[0]
    return plain if size == 1 and plain.isascii() else "?" * size
