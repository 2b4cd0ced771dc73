"""One worker process, as the process that started it sees it."""

import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from livegenre.work.environment import no_ctrl_c, one_thread_each
from livegenre.work.worker import READY, serve

GRACE_SECONDS = 1.0
"""How long a process that is asked to end may take to tidy up."""


class Died(Exception):
    """A process ended that should not have."""


class Process:
    """A worker process; it is started at once, and may be given work at once.

    It is a fresh interpreter: ONNX Runtime's threads would not survive a fork.
    """

    def __init__(self) -> None:
        self.is_ready = False
        """Whether it was seen to run."""
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        with one_thread_each(), no_ctrl_c():
            self._process.start()
        theirs.close()  # so that its death ends the pipe

    @property
    def pid(self) -> int | None:
        """Its number."""
        return self._process.pid

    def give(self, parcel: bytes) -> None:
        """Give it work.

        Raises
        ------
        Died
            If there is nobody to take it.
        """
        try:
            self.pipe.send_bytes(parcel)
        except OSError as error:
            raise Died(self._how()) from error

    def take(self) -> bytes | None:
        """Return what it says next; None where that is only that it runs.

        Raises
        ------
        Died
            If it says nothing any more.
        """
        try:
            said = self.pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise Died(self._how()) from error
        if self.is_ready:
            return said
        assert said == READY
        self.is_ready = True
        return None

    def ask_to_end(self) -> None:
        """Have it end, whatever it does; to be followed by ``end``."""
        self._process.terminate()

    def end(self) -> None:
        """Wait until it is gone, and make it go if it does not."""
        self._process.join(GRACE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.pipe.close()
        self._process.close()

    def _how(self) -> str:
        self._process.join(GRACE_SECONDS)
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        return signal.Signals(-code).name


def wait_for(pipes: list[Connection]) -> set[object]:
    """Return those of which there is something to take, or whose process ended."""
    return {*wait(pipes)}
