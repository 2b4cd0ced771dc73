"""What the painter sends makes any terminal show the frame, and costs little."""

from io import BytesIO, StringIO, TextIOWrapper

import numpy as np
import pytest
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.frame import Frame, draw
from livegenre.screen.layout import Scroll
from livegenre.screen.look import Look
from livegenre.screen.meter import Meter
from livegenre.screen.painter import Painter
from livegenre.screen.scene import Scene
from livegenre.screen.variant import Variant
from livegenre.screen.view import SourceStatus
from tests.emulator import Emulator, cells_of
from tests.screen_session import FACTS, RATE, decision
from tests.screen_still import push

WIDTH, HEIGHT = 40, 12
BLOCK = Scroll(y=2, height=8, x=5, width=20, n=0)
COLOURS = ("#005df8", "#fef620", "#00946b", "#e5a40f")


def style(colour: str | None = None, *, bold: bool = False) -> Style:
    return Style(color=colour, bold=bold or None)


def console(**options: object) -> Console:
    settings = {"color_system": "truecolor", "force_terminal": True, "_environ": {}, **options}
    return Console(file=StringIO(), **settings)  # type: ignore[arg-type]


def row(*pieces: tuple[str, str | None]) -> Row:
    return [Segment(text, style(colour)) for text, colour in pieces]


class Picture:
    """A frame with a waterfall of random colours that moves on, a clock, and a bar."""

    def __init__(self, seed: int, *, runs: bool) -> None:
        self._random = np.random.default_rng(seed)
        self._runs = runs
        self._n = BLOCK.width
        self._block = self._colours(BLOCK.width)
        self._still = row((" " * WIDTH, None))

    def _colours(self, n: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        return self._random.integers(0, len(COLOURS), (BLOCK.height, n))

    def step(self, n: int) -> None:
        self._n += n
        self._block = np.hstack((self._block, self._colours(n)))[:, n:]

    def frame(self) -> Frame:
        rows = [self._row(y) for y in range(HEIGHT)]
        return Frame(rows, Scroll(BLOCK.y, BLOCK.height, BLOCK.x, BLOCK.width, self._n))

    def _row(self, y: int) -> Row:
        if not BLOCK.y <= y < BLOCK.y + BLOCK.height:
            return self._still if y else row((f"{self._n:>{WIDTH}}", COLOURS[self._n % 3]))
        cells = [Segment("▀", style(COLOURS[c], bold=c == 1)) for c in self._block[y - BLOCK.y]]
        bar = int(self._random.integers(0, 15))
        end = row(("█" * bar, COLOURS[y % 4]), (" " * (15 - bar), None))
        whole = [*row((f"{y:>5}", None)), *cells, *end]
        return list(Segment.simplify(whole)) if self._runs else whole


@pytest.mark.parametrize("scroll_ops", [True, False])
@pytest.mark.parametrize("runs", [True, False])
def test_after_each_of_100_steps_the_terminal_shows_the_frame(scroll_ops: bool, runs: bool) -> None:
    painter, terminal = Painter(console(), scroll_ops=scroll_ops), Emulator(WIDTH, HEIGHT)
    picture = Picture(3, runs=runs)
    for number in range(100):
        picture.step(n=(0, 1, 0, 2, 19, 0, 25)[number % 7])
        frame = picture.frame()
        terminal.write(painter.paint(frame))
        assert terminal.rows() == cells_of(frame.rows), number


def test_a_hint_that_is_wrong_harms_nothing() -> None:
    painter, terminal = Painter(console()), Emulator(WIDTH, HEIGHT)
    still = Picture(1, runs=False).frame().rows
    for n in (5, 9, 8, 8, 30):
        terminal.write(painter.paint(Frame(still, Scroll(1, 11, 3, 30, n))))
        assert terminal.rows() == cells_of(still)


def test_scrolling_costs_few_bytes() -> None:
    def cost(scroll_ops: bool) -> int:
        painter, picture = Painter(console(), scroll_ops=scroll_ops), Picture(2, runs=False)
        painter.paint(picture.frame())
        picture.step(1)
        return len(painter.paint(picture.frame()))

    assert cost(True) < cost(False) / 2


def test_what_did_not_change_is_not_sent() -> None:
    painter, frame = Painter(console()), Picture(0, runs=False).frame()
    assert len(painter.paint(frame)) > 1000
    assert painter.paint(frame) == b""
    equal = Frame([list(row) for row in frame.rows], frame.scrolled)
    assert painter.paint(equal) == b""


def test_only_the_stretch_that_differs_is_sent() -> None:
    painter = Painter(console())
    painter.paint(Frame([row(("left", None), ("old", "#ff0000"), ("right", None))]))
    sent = painter.paint(Frame([row(("left", None), ("new", "#ff0000"), ("right", None))]))
    assert b"\x1b[1;5H\x1b[38;2;255;0;0mnew\x1b[0m" in sent
    assert b"left" not in sent
    assert b"right" not in sent


def test_a_stretch_of_other_segments_in_between_is_found_from_both_ends() -> None:
    painter, terminal = Painter(console()), Emulator(6, 1)
    red = "#ff0000"
    for pieces in (
        [("ab", None), ("cd", red), ("ef", None)],
        [("ab", None), ("c", None), ("d", red), ("ef", None)],
        [("ab", None), ("ef", None), ("ab", None)],
        [("ab", None), ("ab", None), ("ab", None)],
        [("abcdef", red)],
    ):
        frame = Frame([row(*pieces)])
        terminal.write(painter.paint(frame))
        assert terminal.rows() == cells_of(frame.rows)


def test_wide_characters_count_as_two_cells_and_are_never_halved() -> None:
    painter, terminal = Painter(console()), Emulator(8, 1)
    for n, text in enumerate(("東京 abc", "東京 abd", "x東京abd", "x東a京bd")):
        frame = Frame([row(*((letter, None) for letter in text))], Scroll(0, 1, 0, 8, n))
        terminal.write(painter.paint(frame))
        assert terminal.rows() == cells_of(frame.rows)


def test_after_a_resize_nothing_is_left_behind() -> None:
    painter, terminal = Painter(console()), Emulator(WIDTH, HEIGHT)
    terminal.write(painter.paint(Picture(0, runs=False).frame()))
    terminal.resize(10, 3)
    painter.forget()
    small = Frame([row((" " * 10, None)) for _ in range(3)])
    terminal.write(painter.paint(small))
    assert terminal.rows() == cells_of(small.rows)


def test_a_frame_too_wide_for_a_moment_does_not_run_into_the_next_row() -> None:
    painter, terminal = Painter(console()), Emulator(4, 2)
    terminal.write(painter.paint(Frame([row(("abcdef", None)), row(("ghijkl", None))])))
    assert [[cell[0] for cell in row[:3]] for row in terminal.rows()] == [list("abc"), list("ghi")]


def test_each_frame_is_one_synchronized_update() -> None:
    painter = Painter(console())
    for text in ("abc", "abd"):
        sent = painter.paint(Frame([row((text, None))]))
        assert sent.startswith(b"\x1b[?2026h")
        assert sent.endswith(b"\x1b[?2026l")
        assert sent.count(b"\x1b[?2026") == 2


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"color_system": "truecolor"}, b"\x1b[0;1;38;2;254;18;88m"),
        ({"color_system": "256"}, b"\x1b[0;1;38;5;197m"),
        ({"color_system": "standard"}, b"\x1b[0;1;91m"),
        ({"color_system": "truecolor", "no_color": True}, b"\x1b[0;1m"),
        ({"color_system": None}, b"\x1b[0;1m"),
    ],
)
def test_colours_are_those_of_the_terminal(options: dict[str, object], codes: bytes) -> None:
    bold = Style(color=Color.parse("#fe1258"), bold=True)
    bold.render("x")  # Rich keeps the codes of this colour system, whatever is asked for later
    sent = Painter(console(**options)).paint(Frame([[Segment("x", bold)]]))
    assert codes + b"x" in sent


def test_what_an_encoding_lacks_is_a_question_mark() -> None:
    stream = TextIOWrapper(BytesIO(), encoding="ascii")
    painter = Painter(Console(file=stream, force_terminal=True, _environ={}))
    assert b"?x" in painter.paint(Frame([[Segment("▀x", PLAIN)]]))


LOOKS = (
    *(Look(), Look(palette="tide"), Look(), Look(floor_db=-60), Look(picture="spectrum")),
    *(Look(picture="waterfall"), Look(column_seconds=2.0), Look(frozen_seconds=20.0), Look()),
)


@pytest.mark.parametrize("scroll_ops", [True, False])
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize(
    ("variant", "colours"),
    [
        (Variant("truecolor"), "truecolor"),
        (Variant("256"), "256"),
        (Variant("none"), None),
        (Variant("none", ascii=True), None),
    ],
)
def test_the_live_screens_own_frames_arrive_as_they_are(
    scroll_ops: bool, size: tuple[int, int], variant: Variant, colours: str | None
) -> None:
    meter = Meter(RATE)
    scene = Scene(FACTS, meter, lambda: SourceStatus(seconds=0.5 * step), variant)
    painter = Painter(console(color_system=colours), scroll_ops=scroll_ops)
    terminal = Emulator(*size)
    for step in range(100):
        push(meter, step)
        if step % 3:  # sometimes two columns are new at once, sometimes none
            scene.add(decision(step))
            scene.add(decision(step))
        frame = draw(scene.view(LOOKS[step // 11 % len(LOOKS)], size, 0.5 * step), *size)
        terminal.write(painter.paint(frame))
        if step % 4 == 0:
            assert terminal.rows() == cells_of(frame.rows), step
