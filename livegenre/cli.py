"""The command line's frame: the only module that prints errors and sets exit codes."""

import io
import os
import sys
from contextlib import suppress

from livegenre.interruption import INTERRUPTED, exit_on_signals
from livegenre.visible import visible

DONE, ERROR, USAGE = 0, 1, 2


def main(argv: list[str] | None = None) -> int:
    """Run livegenre and return its exit code: 0 done, 1 error, 2 usage, 130 interrupted.

    Parameters
    ----------
    argv : list of str, optional
        Words after the program's name; those of the process if None.
    """
    with exit_on_signals():
        _mend_standard_streams()
        try:
            code = _run(argv)
            sys.stdout.flush()
        except OSError as error:  # what else can fail has been given a name by its module
            _say(f"output: {error.strerror}")
            code = ERROR
        except KeyboardInterrupt:
            code = INTERRUPTED
        _drop_unwritten_output()
    return code


def _run(argv: list[str] | None) -> int:
    from livegenre.arguments import parse
    from livegenre.errors import LivegenreError, UsageError

    also = ""
    try:
        arguments = parse(argv)
        if arguments.settings_file:
            also = f" (settings in {arguments.settings_file} count too, but for --no-config)"
        from livegenre import commands  # not for --help, nor for wrong usage

        commands.find(arguments.command)(arguments)
    except UsageError as error:
        _say(f"{error}{also}")
        return USAGE
    except LivegenreError as error:
        _say(str(error))
        return ERROR
    except SystemExit as ended:  # the parser's, after --help or wrong usage
        return int(ended.code or DONE)
    return DONE


def _say(message: str) -> None:
    with suppress(OSError):
        print(f"livegenre: {visible(message)}", file=sys.stderr, flush=True)


def _mend_standard_streams() -> None:
    """Give a closed stream somewhere to go, and let none fail for want of a letter."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(fd, "w" if fd else "r", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_unwritten_output() -> None:
    """Keep the interpreter from complaining at its end about a stream that takes no more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
