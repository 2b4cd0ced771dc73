"""A frame of terminal cells as an SVG picture, each cell exactly in its place.

Blocks and lines are drawn as shapes: fonts leave seams between them, and viewers have other fonts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style

CELL_WIDTH, CELL_HEIGHT = 10, 22
BASELINE = 16
MARGIN = 16
FONTS = "'JetBrains Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
LOWER = "▁▂▃▄▅▆▇█"
LEFT = "▏▎▍▌▋▊▉█"
HALVES = {"▀": (0.0, 0.0, 1.0, 0.5), "▐": (0.5, 0.0, 0.5, 1.0)}
"""Left, upper edge, width and height in cells."""
ARMS = {
    glyph: arms
    for arms, glyphs in {
        "lr": "─━",
        "ud": "│",
        "rd": "┌╭",
        "ld": "┐╮",
        "ru": "└╰",
        "lu": "┘╯",
        "udr": "├",
        "udl": "┤",
        "lrd": "┬",
        "lru": "┴",
        "lrud": "┼",
    }.items()
    for glyph in glyphs
}
"""Which edges of the cell a line's glyph reaches from its middle: left, right, up, down."""
DIAGONAL = "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"
ENDS = {"l": (-5, 0), "r": (5, 0), "u": (0, -11), "d": (0, 11)}


@dataclass(frozen=True, slots=True)
class Theme:
    """What a terminal shows where a program asks for no colour."""

    text: str = "#d7dae0"
    ground: str = "#0d0f14"


@dataclass(frozen=True, slots=True)
class Glyph:
    """What stands in a cell."""

    x: int
    y: int
    text: str
    ink: str
    ground: str
    bold: bool


def to_svg(rows: Iterable[Iterable[Segment]], theme: Theme | None = None) -> str:
    """Return a picture of rows that are all equally wide."""
    theme = theme or Theme()
    glyphs = [glyph for y, row in enumerate(rows) for glyph in _glyphs(row, y, theme)]
    width = max(glyph.x + cell_len(glyph.text) for glyph in glyphs) * CELL_WIDTH + 2 * MARGIN
    height = (glyphs[-1].y + 1) * CELL_HEIGHT + 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">',
            f'<rect width="{width}" height="{height}" rx="10" fill="{theme.ground}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            '<g shape-rendering="crispEdges">',
            *_shapes(_grounds(glyphs, theme)),
            *_shapes(_blocks(glyphs)),
            "</g>",
            *_lines(glyphs),
            f'<g font-family="{FONTS}" font-size="16.5" xml:space="preserve">',
            *_texts(glyphs),
            "</g>",
            "</g>",
            "</svg>\n",
        ]
    )


def _glyphs(row: Iterable[Segment], y: int, theme: Theme) -> Iterator[Glyph]:
    x = 0
    for text, style, _ in row:
        ink, ground = _colours(style or Style.null(), theme)
        for letter in text:
            yield Glyph(x, y, letter, ink, ground, bool(style and style.bold))
            x += cell_len(letter)


def _colours(style: Style, theme: Theme) -> tuple[str, str]:
    ink, ground = _hex(style.color, theme.text), _hex(style.bgcolor, theme.ground)
    if style.reverse:
        ink, ground = ground, ink
    return (_blend(ink, ground) if style.dim else ink), ground


def _hex(colour: Color | None, default: str) -> str:
    if colour is None or colour.is_default:
        return default
    return colour.downgrade(ColorSystem.TRUECOLOR).get_truecolor().hex


def _blend(ink: str, ground: str) -> str:
    pairs = ((int(ink[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(0.6 * one + 0.4 * other):02x}" for one, other in pairs)


Shape = tuple[str, str]
"""Colour, and a path."""


def _shapes(shapes: Iterable[Shape]) -> Iterator[str]:
    """Draw all of one colour as one path: thousands of cells make a small file."""
    paths: dict[str, list[str]] = defaultdict(list)
    for colour, path in shapes:
        paths[colour].append(path)
    for colour, parts in paths.items():
        yield f'<path fill="{colour}" d="{"".join(parts)}"/>'


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"


def _grounds(glyphs: Iterable[Glyph], theme: Theme) -> Iterator[Shape]:
    for (y, ground), group in groupby(glyphs, key=lambda glyph: (glyph.y, glyph.ground)):
        run = list(group)
        n_cells = run[-1].x + cell_len(run[-1].text) - run[0].x
        if ground != theme.ground:
            x = run[0].x * CELL_WIDTH
            yield ground, _rectangle(x, y * CELL_HEIGHT, n_cells * CELL_WIDTH, CELL_HEIGHT)


def _blocks(glyphs: Iterable[Glyph]) -> Iterator[Shape]:
    for glyph in glyphs:
        if part := _block(glyph.text):
            left, top, width, height = part
            x, y = (glyph.x + left) * CELL_WIDTH, (glyph.y + top) * CELL_HEIGHT
            yield glyph.ink, _rectangle(x, y, width * CELL_WIDTH, height * CELL_HEIGHT)


def _block(text: str) -> tuple[float, float, float, float] | None:
    if text in LOWER:
        height = (LOWER.index(text) + 1) / 8
        return 0.0, 1 - height, 1.0, height
    if text in LEFT:
        return 0.0, 0.0, (LEFT.index(text) + 1) / 8, 1.0
    return HALVES.get(text)


def _lines(glyphs: Iterable[Glyph]) -> Iterator[str]:
    paths: dict[str, list[str]] = defaultdict(list)
    for glyph in glyphs:
        x, y = (glyph.x + 0.5) * CELL_WIDTH, (glyph.y + 0.5) * CELL_HEIGHT
        for arm in ARMS.get(glyph.text, ""):
            paths[glyph.ink].append("M{:g} {:g}l{} {}".format(x, y, *ENDS[arm]))
        if glyph.text == DIAGONAL:
            paths[glyph.ink].append(f"M{x - 5:g} {y + 11:g}l10 -22")
    for colour, parts in paths.items():
        yield f'<path fill="none" stroke="{colour}" d="{"".join(parts)}"/>'


def _texts(glyphs: Iterable[Glyph]) -> Iterator[str]:
    """Write runs of one style, each letter at its own place whatever the font's width."""
    letters = (glyph for glyph in glyphs if not _is_shape(glyph.text))
    for (y, ink, bold), group in groupby(letters, key=lambda g: (g.y, g.ink, g.bold)):
        run = list(group)
        if not (text := "".join(glyph.text for glyph in run)).strip():
            continue
        places = " ".join(str(glyph.x * CELL_WIDTH) for glyph in run)
        weight = ' font-weight="bold"' if bold else ""
        baseline = y * CELL_HEIGHT + BASELINE
        yield f'<text x="{places}" y="{baseline}" fill="{ink}"{weight}>{escape(text)}</text>'


def _is_shape(text: str) -> bool:
    return text in (" ", DIAGONAL) or text in ARMS or _block(text) is not None
