"""Turns frames into the bytes that bring a terminal from the last frame to the next.

Pure but for its memory of what the terminal shows: whoever writes the bytes must write them all.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from operator import eq

from rich.cells import cell_len
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from rich.style import Style

from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.frame import Frame, Scroll

BEGIN, END = "\x1b[?2026h\x1b[?7l", "\x1b[0m\x1b[?7h\x1b[?2026l"
"""Around a frame: shown at once where the terminal can, and no row runs into the next one."""
CLEAR = "\x1b[0m\x1b[2J"

_width_of = lru_cache(maxsize=4096)(cell_len)


class Painter:
    """Paints frames of one terminal.

    Parameters
    ----------
    console : Console
        Of that terminal: says what colours it knows and how it is encoded.
    scroll_ops : bool
        Have the terminal itself move what a frame says has scrolled.
    """

    def __init__(self, console: Console, *, scroll_ops: bool = True) -> None:
        system = None if console.no_color else console.color_system
        self._colours = COLOR_SYSTEMS[system] if system else None
        self._encoding = console.encoding
        self._scroll_ops = scroll_ops
        self._shown: list[Row] = []
        self._scrolled: Scroll | None = None
        self._sgr: dict[Style | None, str] = {}

    def forget(self) -> None:
        """Take the terminal for unknown: the next frame clears it and is painted whole."""
        self._shown, self._scrolled = [], None

    def paint(self, frame: Frame) -> bytes:
        """Return what makes the terminal show a frame; empty if it does already."""
        if self._shown:
            parts = [*self._move(frame.scrolled), *self._changes(frame.rows)]
        else:
            parts = [CLEAR, *(self._at(0, y, row) for y, row in enumerate(frame.rows))]
        self._shown, self._scrolled = list(frame.rows), frame.scrolled
        text = "".join(parts)
        return f"{BEGIN}{text}{END}".encode(self._encoding, "replace") if text else b""

    def _changes(self, rows: list[Row]) -> Iterator[str]:
        """Yield for each row the stretch that differs; most rows are the very same object."""
        for y, (old, new) in enumerate(zip(self._shown, rows, strict=True)):
            if new is old:
                continue
            after = _cells(new) if isinstance(old, Moved) else new
            n_left = _n_equal(old, after)
            if n_left == len(after) == len(old):
                continue
            n_right = _n_equal(old[n_left:][::-1], after[n_left:][::-1])
            x = sum(_width_of(segment.text) for segment in after[:n_left])
            yield self._at(x, y, after[n_left : len(after) - n_right])

    def _at(self, x: int, y: int, segments: Row) -> str:
        parts, last = [f"\x1b[{y + 1};{x + 1}H"], None
        for text, style, _ in segments:
            sgr = self._sgr.get(style) or self._sgr_of(style)
            parts.append(text if sgr is last else sgr + text)
            last = sgr
        return "".join(parts)

    def _sgr_of(self, style: Style | None) -> str:
        """Return what turns a style on from any other.

        Rich keeps a style's codes for whichever colour system asked first, hence not its own.
        """
        style = style or PLAIN
        codes = ["0", *style.without_color.render(" ").partition("m")[0][2:].split(";")]
        if self._colours is not None:
            for colour, is_text in ((style.color, True), (style.bgcolor, False)):
                if colour is not None:
                    known = colour.downgrade(self._colours)
                    codes += known.get_ansi_codes(foreground=is_text)
        return self._sgr.setdefault(style, f"\x1b[{';'.join(filter(None, codes))}m")

    def _move(self, scrolled: Scroll | None) -> Iterator[str]:
        """Yield what moves a block to the left, and keep in mind how it then looks.

        The changes are found from there: a wrong hint costs bytes, no more.
        """
        last = self._scrolled
        if not self._scroll_ops or scrolled is None or last is None:
            return
        n = scrolled.n - last.n
        if replace(last, n=scrolled.n) != scrolled or not 0 < n < scrolled.width:
            return
        for y in range(scrolled.y, scrolled.y + scrolled.height):
            row = _cells(self._shown[y])
            if len(row) == _row_width(row):  # else half of a wide character might be left
                start, end = scrolled.x, scrolled.x + scrolled.width
                blanks = [Segment(" ", PLAIN)] * n
                self._shown[y] = Moved([*row[:start], *row[start + n : end], *blanks, *row[end:]])
                at_start, at_end = f"\x1b[{y + 1};{start + 1}H", f"\x1b[{y + 1};{end - n + 1}H"
                yield f"\x1b[0m{at_start}\x1b[{n}P{at_end}\x1b[{n}@"


class Moved(list[Segment]):
    """A row after a part of it has moved, one cell a segment."""


def _cells(row: Row) -> Row:
    return [Segment(letter, style) for text, style, _ in row for letter in text]


def _n_equal(old: Row, new: Row) -> int:
    """Return how many segments agree from the left on."""
    return sum(1 for _ in takewhile(bool, map(eq, old, new)))


def _row_width(row: Row) -> int:
    return sum(_width_of(segment.text) for segment in row)
