"""A terminal to paint on, and what should stand there."""

from typing import TypeAlias

import pyte
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from livegenre.screen.cells import Row

Cell: TypeAlias = tuple[str, str, str, bool, bool]
"""Glyph, colour of text and ground, bold, reversed."""
BLANK: Cell = (" ", "default", "default", False, False)


class Emulator:
    """A terminal of a size; takes bytes, shows cells."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)

    def write(self, data: bytes) -> None:
        self._stream.feed(data)

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(height, width)

    def rows(self) -> list[list[Cell]]:
        screen = self._screen
        return [
            [
                (cell.data, cell.fg, cell.bg, cell.bold, cell.reverse)
                for x in range(screen.columns)
                if (cell := screen.buffer[y][x]).data  # the right half of a wide one has none
            ]
            for y in range(screen.lines)
        ]


def cells_of(rows: list[Row]) -> list[list[Cell]]:
    """Return what a truecolour terminal shows of a frame's rows."""
    return [[cell for segment in row for cell in _cells(segment)] for row in rows]


def _cells(segment: Segment) -> list[Cell]:
    style = segment.style or Style.null()
    fg, bg = (_hex(style, is_text) for is_text in (True, False))
    return [(glyph, fg, bg, bool(style.bold), bool(style.reverse)) for glyph in segment.text]


def _hex(style: Style, is_text: bool) -> str:
    colour = style.color if is_text else style.bgcolor
    if colour is None or colour.is_default:
        return "default"
    return colour.downgrade(ColorSystem.TRUECOLOR).get_truecolor().hex.removeprefix("#")
