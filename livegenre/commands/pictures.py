"""Commands that look at a sound, and that make one to look at."""

import math
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from livegenre.assembly import DecisionOptions, load_ears
from livegenre.errors import LivegenreError

if TYPE_CHECKING:
    from livegenre.inspection.hearing import Heard
    from livegenre.interruption import Interruption

LIBRARIES = ("librosa", "matplotlib")


def inspect(arguments: Namespace) -> None:
    """Draw what a sound holds."""
    _check_libraries()
    from livegenre.interruption import signals_raised

    with ExitStack() as stack:
        interruption = stack.enter_context(signals_raised())
        tell = stack.enter_context(_progress())
        tell("starting")
        from livegenre.inspection.destination import Destination
        from livegenre.inspection.report import write_report

        places = arguments.output or [_usual_name(arguments.file)]
        destinations = [Destination(place, arguments.file) for place in places]
        tell("listening")
        heard = _hear(arguments, interruption)
        write_report(heard, destinations, tell)
    for place in places:
        print(place)


def signal(arguments: Namespace) -> None:
    """Write a test signal."""
    from livegenre.interruption import signals_raised
    from livegenre.sources.signal_file import write_signal

    with signals_raised():
        write_signal(
            arguments.signal,
            arguments.output,
            seconds=arguments.seconds,
            sample_rate=arguments.rate,
            overwrite=arguments.force,
        )


def _check_libraries() -> None:
    for name in LIBRARIES:
        try:
            import_module(name)
        except ImportError as error:
            raise LivegenreError(
                f"inspect: {name} is not installed; pip install 'livegenre[inspect]'"
            ) from error


def _hear(arguments: Namespace, interruption: "Interruption") -> "Heard":
    from livegenre.inspection.hearing import SIGNAL_SECONDS, Part, hear, limit_seconds
    from livegenre.sources import ReplayOptions, open_source
    from livegenre.sources.signal import is_signal
    from livegenre.tap import Tap

    asked = arguments.duration or (SIGNAL_SECONDS if is_signal(arguments.file) else None)
    source = open_source(
        ReplayOptions(
            spec=arguments.file,
            channel=arguments.channel,
            start_seconds=arguments.start,
            duration_seconds=asked,
            speed=math.inf,
        )
    )
    with Tap(source, limit_seconds=limit_seconds(asked, source.sample_rate)) as tap:
        tap.heed(interruption.heed)
        part = Part(
            start_seconds=arguments.start,
            asked_seconds=asked,
            sample_rate=arguments.rate,
            channels=source.channels,
            sample_format=source.sample_format,
            total_seconds=source.end_seconds,
        )
        heard = hear(tap, load_ears(DecisionOptions(), arguments.model), part)
    if heard.cut:
        _say_cut(heard)
    return heard


def _say_cut(heard: "Heard") -> None:
    from livegenre.screen.words import clock, printable

    print(
        f"livegenre: {printable(heard.name)}: only {clock(heard.seconds)} of it are shown; "
        "--start and --duration choose more, or others",
        file=sys.stderr,
    )


def _usual_name(spec: str) -> str:
    """Return what a report is called, in the folder one is in."""
    stem = "stdin" if spec == "-" else re.sub(r"\.[^./\\]*$", "", re.split(r"[/\\]", spec)[-1])
    return f"{stem.replace(':', '-')}-report.html"


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Yield who shows, on a terminal alone, what is being done."""
    if not sys.stderr.isatty():
        yield lambda words: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda words: status.update(f"{words} ...")
