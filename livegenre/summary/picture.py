"""A summary as a picture: drawn as SVG, and turned into a PNG by resvg."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from livegenre.errors import OutputError
from livegenre.screen.cells import shortened
from livegenre.screen.palette import ON_LIGHT, text_on
from livegenre.screen.words import clock, percent
from livegenre.summary.heard import Heard
from livegenre.summary.shares import Share, Stretch, shares, stretches
from livegenre.summary.text import length, title

WIDTH, MARGIN = 1000, 24
RIBBON_HEIGHT, LINE_HEIGHT, GAP = 56, 24, 32
BAR_LEFT, BAR_WIDTH = 180, 600
LETTER_WIDTH = 9.0
"""Room for a letter; none is much wider at this size."""
N_LETTERS = int((WIDTH - 2 * MARGIN) / LETTER_WIDTH)
N_NAME_LETTERS = int((BAR_LEFT - MARGIN) / LETTER_WIDTH)
TEXT = 15
MOST_LINES = 12
"""Answers of a session that are drawn."""
MOST_SESSIONS = 20
"""The newest ones; a picture of more would be too long to look at."""
ZOOM = 2.0
FONTS = "'Inter', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


def check_library() -> None:
    """See that there is what turns a drawing into a PNG.

    Raises
    ------
    OutputError
        If not; says what to install.
    """
    try:
        import resvg_py  # noqa: F401
    except ImportError as error:
        raise OutputError(
            "--png: resvg_py is not installed; pip install 'livegenre[pictures]'"
        ) from error


def to_png(sessions: Sequence[Heard]) -> bytes:
    """Return a picture of the newest sessions; needs the library."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(to_svg(sessions), zoom=ZOOM))


def to_svg(sessions: Sequence[Heard]) -> str:
    """Return a picture of the newest sessions, one below the other."""
    shapes, y = [], MARGIN
    for heard in sessions[-MOST_SESSIONS:]:
        shapes += list(_session(heard, y))
        y += _height(heard)
    size = f'viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONTS}">',
            f'<rect width="{WIDTH}" height="{y}" fill="{ON_LIGHT.ground}"/>',
            *shapes,
            "</svg>\n",
        ]
    )


def _height(heard: Heard) -> int:
    n_lines = min(len(heard.counts), MOST_LINES)
    return 2 * LINE_HEIGHT + RIBBON_HEIGHT + LINE_HEIGHT * (1 + n_lines) + GAP


def _session(heard: Heard, y: int) -> Iterator[str]:
    yield _text(MARGIN, y, shortened(title(heard), N_LETTERS), bold=True)
    yield _text(MARGIN, y + LINE_HEIGHT, length(heard))
    if not heard.seconds:
        return
    y += 2 * LINE_HEIGHT
    for stretch in stretches(heard):
        yield from _stretch(stretch, heard.seconds, y)
    y += RIBBON_HEIGHT
    yield _text(MARGIN, y, clock(0))
    yield _text(WIDTH - MARGIN, y, clock(round(heard.seconds)), anchor="end")
    parts = shares(heard)[:MOST_LINES]
    for number, part in enumerate(parts, start=1):
        yield from _share(part, part.share / parts[0].share, y + number * LINE_HEIGHT)


def _stretch(stretch: Stretch, seconds: float, y: int) -> Iterator[str]:
    scale = (WIDTH - 2 * MARGIN) / seconds
    x, width = MARGIN + stretch.begin * scale, (stretch.end - stretch.begin) * scale
    yield _rectangle(x, y, width, RIBBON_HEIGHT, stretch.colour)
    if stretch.colour and len(stretch.name) * LETTER_WIDTH + 8 <= width:
        middle = y + (RIBBON_HEIGHT - LINE_HEIGHT) / 2
        yield _text(x + 6, middle, stretch.name, bold=True, colour=text_on(stretch.colour))


def _share(share: Share, length: float, y: int) -> Iterator[str]:
    yield _text(MARGIN, y, shortened(share.name, N_NAME_LETTERS))
    yield _rectangle(BAR_LEFT, y + 4, length * BAR_WIDTH, LINE_HEIGHT - 8, share.colour)
    yield _text(BAR_LEFT + BAR_WIDTH + 70, y, f"{percent(share.share)} %", anchor="end")
    yield _text(WIDTH - MARGIN, y, clock(share.seconds), anchor="end")


def _rectangle(x: float, y: float, width: float, height: float, colour: str | None) -> str:
    paint = f'fill="{colour or "none"}" stroke="{ON_LIGHT.edge}" stroke-width="0.5"'
    return f'<rect x="{x:.2f}" y="{y:g}" width="{width:.2f}" height="{height:g}" {paint}/>'


def _text(
    x: float,
    y: float,
    words: str,
    *,
    bold: bool = False,
    anchor: str = "start",
    colour: str = ON_LIGHT.mark,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x:.2f}" y="{y + 0.7 * LINE_HEIGHT:g}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{TEXT}" fill="{colour}"{weight}>{escape(words)}</text>'
