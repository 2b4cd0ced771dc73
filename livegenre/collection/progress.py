"""How a run goes on, on a terminal: a bar with files, rate and time left."""

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

SHOWN_SECONDS = 0.2
"""Between two counts of files that are looked up."""


class NoProgress:
    """Shows nothing, where nobody watches."""

    def look(self, n_files: int) -> None:
        """Show nothing."""

    def begin(self, n_files: int, n_bytes: int) -> None:
        """Show nothing."""

    def advance(self, n_bytes: int, seconds: float) -> None:
        """Show nothing."""


class BarProgress:
    """A bar that advances by the bytes of files; a context manager, of which nothing stays.

    Parameters
    ----------
    stream : TextIO
        A terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[words]}"),
            TimeRemainingColumn(compact=True),
            console=Console(file=stream),
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("looking", total=None, words="")
        self._looked_at = self._began = time.monotonic()
        self._n_files = self._n_done = 0
        self._seconds = 0.0

    def look(self, n_files: int) -> None:
        """Show how many files were found so far, and looked up."""
        if time.monotonic() - self._looked_at >= SHOWN_SECONDS:
            self._looked_at = time.monotonic()
            self._bar.update(self._task, words=f"{n_files} files")

    def begin(self, n_files: int, n_bytes: int) -> None:
        """Show that so much is new, and now heard."""
        self._n_files, self._began = n_files, time.monotonic()
        words = f"0 of {n_files}"
        self._bar.reset(self._task, total=max(1, n_bytes), description="hearing", words=words)

    def advance(self, n_bytes: int, seconds: float) -> None:
        """Show that a file of such a size is done, with so much sound in it."""
        self._n_done += 1
        self._seconds += seconds
        rate = self._seconds / max(1e-3, time.monotonic() - self._began)
        words = f"{self._n_done} of {self._n_files} files, {rate:.0f}x"
        self._bar.update(self._task, advance=n_bytes, words=words)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()
