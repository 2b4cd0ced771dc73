"""A terminal for a process to paint on, whose picture nobody looks at."""

import os
import struct
import subprocess
from collections.abc import Mapping, Sequence

from tools.benchmark.measuring import Missing

WIDTH, HEIGHT = 120, 40


def run_in_terminal(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command to its end in a pseudoterminal of 120x40.

    Raises
    ------
    Missing
        If the system has none.
    """
    try:
        import fcntl
        import pty
        import termios
    except ImportError as error:
        raise Missing("this system has no pseudoterminals") from error
    inside, outside = pty.openpty()
    fcntl.ioctl(outside, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    with subprocess.Popen(
        command, stdin=outside, stdout=outside, stderr=outside, env=environment
    ) as run:
        os.close(outside)
        shown = _last_words(inside)
    os.close(inside)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command, shown)


def _last_words(terminal: int) -> bytes:
    """Read all that a terminal is given until nobody has it open; return the end of it."""
    shown = b""
    while True:
        try:
            read = os.read(terminal, 65_536)
        except OSError:  # so Linux says that it is over
            return shown
        if not read:
            return shown
        shown = read
