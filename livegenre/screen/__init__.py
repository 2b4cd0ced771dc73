"""What a person sees while livegenre runs: the live screen, or plain lines where none can be."""

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TextIO

from livegenre.decision import Decision
from livegenre.screen.choice import Wishes
from livegenre.screen.controls import Controls
from livegenre.screen.facts import Facts
from livegenre.screen.keys import in_background
from livegenre.screen.meter import Meter
from livegenre.screen.outlet import Outlet
from livegenre.screen.plain import PlainLines
from livegenre.screen.view import SourceStatus

__all__ = ["Controls", "Facts", "LiveOrPlain", "Meter", "SourceStatus", "Wishes", "choose_screen"]

AS_IT_COMES = Wishes()
MOST_WAITING_BYTES = 1 << 16
DUMB_TERMINALS = ("dumb", "unknown")


class LiveOrPlain(Protocol):
    """What shows decisions; a context manager whose end gives the terminal back."""

    def show(self, decision: Decision) -> None:
        """Take the newest decision; called on the main thread."""

    def inform(self, facts: Facts) -> None:
        """Take what a session is about from here on; called on the main thread."""

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
    wishes: Wishes = AS_IT_COMES,
    source_status: Callable[[], SourceStatus],
    controls: Controls,
) -> LiveOrPlain:
    """Return the live screen if the stream is a terminal fit for it, else plain lines.

    Plain lines it is without a terminal, in the background, and under ``TERM=dumb``.

    Parameters
    ----------
    facts, meter, source_status, controls
        As for ``LiveScreen``; the lines need the first and the third alone.
    stream : TextIO
        Where to show it.
    wishes : Wishes
        What was asked for.
    """
    if wishes.plain or not _is_fit(stream):
        return _plain_lines(facts, stream, source_status)
    from rich.console import Console

    from livegenre.screen.choice import choose_variant, first_rate
    from livegenre.screen.live import LiveScreen
    from livegenre.screen.pace import Pace

    console = Console(file=stream, force_terminal=True)
    highest, first = first_rate(wishes, os.environ)
    return LiveScreen(
        facts,
        meter,
        console=console,
        keys_from=sys.stdin,
        source_status=source_status,
        controls=controls,
        variant=choose_variant(console, wishes, os.environ),
        pace=Pace(time.monotonic(), highest, start=first),
        scroll_ops=wishes.scroll_ops,
    )


def _is_fit(stream: TextIO) -> bool:
    is_dumb = os.environ.get("TERM") in DUMB_TERMINALS
    return not is_dumb and stream.isatty() and not in_background(stream)


def _plain_lines(
    facts: Facts, stream: TextIO, source_status: Callable[[], SourceStatus]
) -> PlainLines:
    """Write lines without ever waiting; those that a reader leaves lying for too long are lost."""
    encoding = stream.encoding or "ascii"
    outlet = Outlet(stream)

    def write(line: str) -> None:
        if outlet.n_waiting < MOST_WAITING_BYTES:
            outlet.send(f"{line}\n".encode(encoding, "replace"))

    return PlainLines(
        facts, write, source_status=source_status, encoding=encoding, tend=outlet.drain
    )
