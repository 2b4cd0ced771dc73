"""The command line's frame: the only module that prints errors and sets exit codes."""

import os
import sys

from livegenre import commands
from livegenre.arguments import parse
from livegenre.errors import LivegenreError, UsageError
from livegenre.interruption import termination_raised

DONE, ERROR, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: list[str] | None = None) -> int:
    """Run livegenre and return its exit code: 0 done, 1 error, 2 usage, 130 interrupted.

    Parameters
    ----------
    argv : list of str, optional
        Words after the program's name; those of the process if None.

    Raises
    ------
    SystemExit
        From the parser, on wrong usage, ``--help`` and ``--version``.
    """
    arguments = parse(argv)
    try:
        with termination_raised():
            getattr(commands, arguments.command)(arguments)
        sys.stdout.flush()
    except LivegenreError as error:
        _say(str(error))
        _drop_unwritten_output()
        return USAGE if isinstance(error, UsageError) else ERROR
    except BrokenPipeError:
        _say("output: whoever read it has gone")
        _drop_unwritten_output()
        return ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _say(message: str) -> None:
    print(f"livegenre: {message}", file=sys.stderr)


def _drop_unwritten_output() -> None:
    """Keep the interpreter from complaining at its end about a stdout that takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
