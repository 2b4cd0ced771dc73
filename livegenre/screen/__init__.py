"""What a person sees while livegenre runs: the live screen, or plain lines where none can be."""

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TextIO

from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.keys import in_background
from livegenre.screen.meter import Meter
from livegenre.screen.plain import PlainLines
from livegenre.screen.view import SourceStatus

__all__ = ["Facts", "LiveOrPlain", "Meter", "SourceStatus", "choose_screen"]

DUMB_TERMINALS = ("dumb", "unknown")


class LiveOrPlain(Protocol):
    """What shows decisions; a context manager whose end gives the terminal back."""

    def show(self, decision: Decision) -> None:
        """Take the newest decision; called on the main thread."""

    def watch(self) -> None:
        """Look at the source; called on the main thread at every read, sound or not.

        Raises
        ------
        OutputError, OSError
            If nothing can be shown any more.
        """

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say in a line what was heard."""


def choose_screen(
    facts: Facts,
    meter: Meter,
    *,
    stream: TextIO,
    plain: bool = False,
    source_status: Callable[[], SourceStatus],
    on_quit: Callable[[], None],
) -> LiveOrPlain:
    """Return the live screen if the stream is a terminal fit for it, else plain lines.

    Plain lines it is without a terminal, in the background, under ``TERM=dumb`` or ``NO_COLOR``,
    and where the encoding is not UTF-8.

    Parameters
    ----------
    facts, meter, source_status, on_quit
        As for ``LiveScreen``; the lines need the first and the third alone.
    stream : TextIO
        Where to show it.
    plain : bool
        Ask for plain lines.
    """
    if plain or not _is_fit(stream):
        write, encoding = _line_writer(stream), stream.encoding or "ascii"
        return PlainLines(facts, write, source_status=source_status, encoding=encoding)
    from rich.console import Console

    from livegenre.screen.live import LiveScreen

    return LiveScreen(
        facts,
        meter,
        console=Console(file=stream, force_terminal=True),
        keys_from=sys.stdin,
        source_status=source_status,
        on_quit=on_quit,
    )


def _is_fit(stream: TextIO) -> bool:
    asked_for_lines = os.environ.get("NO_COLOR") or os.environ.get("TERM") in DUMB_TERMINALS
    is_utf8 = (stream.encoding or "").lower().replace("-", "") == "utf8"
    return not asked_for_lines and is_utf8 and stream.isatty() and not in_background(stream)


def _line_writer(stream: TextIO) -> Callable[[str], None]:
    def write(line: str) -> None:
        stream.write(line + "\n")
        stream.flush()

    return write
