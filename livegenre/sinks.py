"""From flags to the sinks that are told what a session decides."""

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, TextIO

from livegenre.errors import OutputError

if TYPE_CHECKING:
    from livegenre.outputs.base import Sink
    from livegenre.outputs.changes import Debouncer
    from livegenre.outputs.jsonl import JsonLines


def make_sinks(arguments: Namespace, stack: ExitStack, say: Callable[[str], None]) -> "list[Sink]":
    """Make every sink that was asked for.

    Parameters
    ----------
    arguments : Namespace
    stack : ExitStack
        Closes what is opened here.
    say : callable
        Given a line on a sink's trouble, on any thread.

    Raises
    ------
    UsageError
        If an address or command means nothing.
    OutputError
        If a sink can never work here; says what to install or to mend.
    """
    sinks: list[Sink] = []
    if arguments.jsonl:
        sinks.append(_json_lines(arguments.jsonl, stack))
    return sinks


def make_debouncer(arguments: Namespace) -> "Debouncer":
    """Return what finds changes of the answer, by ``--hold``."""
    from livegenre.outputs.changes import HOLD_SECONDS, Debouncer

    return Debouncer(HOLD_SECONDS if arguments.hold is None else arguments.hold)


def _json_lines(name: str, stack: ExitStack) -> "JsonLines":
    """Open JSON Lines by the file's name or ``-``; the stack closes it."""
    from livegenre.outputs.jsonl import JsonLines

    if name == "-":
        return JsonLines(sys.stdout)
    try:
        stream = open(name, "a", encoding="utf-8")  # noqa: SIM115 closed by the stack
    except OSError as error:
        raise OutputError(f"{name}: {error.strerror}; choose another place for it") from error
    stack.callback(_close, stream)
    return JsonLines(stream)


def _close(stream: TextIO) -> None:
    # Every line was flushed when it was written: what fails here has failed there, and been said.
    with suppress(OSError):
        stream.close()
