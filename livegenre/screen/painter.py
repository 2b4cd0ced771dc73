"""Turns frames into the bytes that bring a terminal from the last frame to the next.

Pure but for its memory of what the terminal shows: whoever writes the bytes must write them all.
"""

from collections.abc import Iterator
from dataclasses import replace

from rich.cells import cell_len
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style

from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.difference import moved, n_equal, stretches, text_of
from livegenre.screen.frame import Frame
from livegenre.screen.layout import Scroll

BEGIN, END = "\x1b[?2026h\x1b[?7l", "\x1b[0m\x1b[?7h\x1b[?2026l"
"""Around a frame: shown at once where the terminal can, and no row runs into the next one."""
CLEAR = "\x1b[0m\x1b[2J"

Sgr = tuple[str, str, str]
"""Codes for attributes, colour of the text, and of the ground; none for the terminal's own."""
NO_SGR: Sgr = ("", "", "")


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
        self._width = 0
        self._scrolled: Scroll | None = None
        self._known: dict[Style | None, Sgr] = {}
        self._sgr = NO_SGR

    def forget(self) -> None:
        """Take the terminal for unknown: the next frame clears it and is painted whole."""
        self._shown, self._scrolled = [], None

    def paint(self, frame: Frame) -> bytes:
        """Return what makes the terminal show a frame; empty if it does already."""
        self._sgr = NO_SGR
        if self._shown:
            parts = [*self._move(frame.scrolled), *self._changes(frame.rows)]
        else:
            parts = [CLEAR]
            self._width = max((cell_len(text_of(row)) for row in frame.rows), default=0)
            for y, row in enumerate(frame.rows):
                parts += [f"\x1b[{y + 1}H", *self._styled(row)]
        self._shown, self._scrolled = list(frame.rows), frame.scrolled
        text = "".join(parts)
        return f"{BEGIN}{text}{END}".encode(self._encoding, "replace") if text else b""

    def print(self, rows: list[Row]) -> bytes:
        """Return rows as lines, for a terminal whose screen is not painted on."""
        parts = []
        for row in rows:
            self._sgr = NO_SGR
            parts += [*self._styled(row), "\x1b[0m\n"]
        return "".join(parts).encode(self._encoding, "replace")

    def _changes(self, rows: list[Row]) -> Iterator[str]:
        """Yield the stretches of each row that differ; most rows are the very same object."""
        for y, (old, new) in enumerate(zip(self._shown, rows, strict=True)):
            if new is old:
                continue
            n_left = n_equal(old, new)
            rest = new[n_left:]
            x = self._width - cell_len(text_of(rest))  # the row's end is mostly the shorter part
            place = f"\x1b[{y + 1};"
            for start, segments in stretches(old[n_left:], rest):
                yield f"{place}{x + start + 1}{'H' if place[-1] == ';' else 'G'}"
                yield from self._styled(segments)
                place = "\x1b["

    def _styled(self, segments: Row) -> Iterator[str]:
        for text, style, _ in segments:
            sgr = self._known.get(style) or self._sgr_of(style)
            if sgr != self._sgr:
                yield _turn(self._sgr, sgr)
                self._sgr = sgr
            yield text

    def _sgr_of(self, style: Style | None) -> Sgr:
        """Return a style's codes; Rich remembers those of the colour system that asked first."""
        style = style or PLAIN
        attributes = style.without_color.render(" ").partition("m ")[0].removeprefix("\x1b[")
        colours = ("", "")
        if self._colours is not None:
            text, ground = style.color, style.bgcolor
            colours = (
                ";".join(text.downgrade(self._colours).get_ansi_codes()) if text else "",
                ";".join(ground.downgrade(self._colours).get_ansi_codes(False)) if ground else "",
            )
        return self._known.setdefault(style, (attributes.strip(), *colours))

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
            begin, end = scrolled.x, scrolled.x + scrolled.width
            row = moved(self._shown[y], begin, end, n)
            if row is not None:
                self._shown[y] = row
                yield f"\x1b[{y + 1};{begin + 1}H\x1b[{n}P\x1b[{end - n + 1}G\x1b[{n}@"


def _turn(old: Sgr, new: Sgr) -> str:
    """Return what turns one style into another: what differs, or all after a reset."""
    if old[0] != new[0]:
        codes = ["0", *filter(None, new)]
    else:
        defaults = ("", "39", "49")
        codes = [new[i] or defaults[i] for i in (1, 2) if old[i] != new[i]]
    return f"\x1b[{';'.join(codes)}m"
