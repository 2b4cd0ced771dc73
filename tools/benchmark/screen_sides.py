"""Ways to bring up a frame: the live screen's own, and Rich's."""

import io
import os
from collections.abc import Callable
from functools import partial
from typing import IO, cast

from rich.console import Console
from rich.live import Live
from rich.segment import Segment

from livegenre.screen.frame import Frame
from livegenre.screen.painter import Painter

Show = Callable[[Frame], int]
"""Brings up a frame and returns how many bytes that took."""


class Nowhere(io.TextIOBase):
    """Counts what is written to it in bytes, and forgets it."""

    def __init__(self) -> None:
        self.n_bytes = 0

    def write(self, text: str) -> int:
        """Take some text as a terminal's stream would."""
        self.n_bytes += len(text.encode())
        return len(text)


def painter(size: tuple[int, int], *, scroll_ops: bool = True) -> Show:
    """Return what paints frames as the live screen does."""
    own = Painter(_console(size, Nowhere()), scroll_ops=scroll_ops)
    nowhere = open(os.devnull, "wb", buffering=0)  # noqa: SIM115 written to for the tool's life

    def show(frame: Frame) -> int:
        return nowhere.write(own.paint(frame))

    return show


def rich_live(size: tuple[int, int]) -> Show:
    """Return what hands frames to ``rich.live``, which draws all of each."""
    nowhere = Nowhere()
    live = Live(console=_console(size, nowhere), screen=True, auto_refresh=False)
    live.start()

    def show(frame: Frame) -> int:
        before = nowhere.n_bytes
        live.update(frame, refresh=True)
        return nowhere.n_bytes - before

    return show


def rich_lines(size: tuple[int, int]) -> Show:
    """Return what has Rich write each row that differs, whole."""
    nowhere = Nowhere()
    console = _console(size, nowhere)
    console.set_alt_screen(True)
    shown: list[list[Segment]] = []

    def show(frame: Frame) -> int:
        before = nowhere.n_bytes
        with console:
            for y, row in enumerate(frame.rows):
                if y >= len(shown) or row != shown[y]:
                    console.update_screen_lines([row], 0, y)
        shown[:] = frame.rows
        return nowhere.n_bytes - before

    return show


def _console(size: tuple[int, int], nowhere: Nowhere) -> Console:
    width, height = size
    return Console(
        file=cast(IO[str], nowhere),
        force_terminal=True,
        color_system="truecolor",
        width=width,
        height=height,
        _environ={},
    )


SIDES: dict[str, Callable[[tuple[int, int]], Show]] = {
    "painter": painter,
    "painter, no scroll ops": partial(painter, scroll_ops=False),
    "Rich, whole rows": rich_lines,
    "Rich Live": rich_live,
}
