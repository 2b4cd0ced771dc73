"""Something that takes a while, done on a thread of its own and fetched when it is there."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


PATIENCE_SECONDS = 5.0


class Errand(Generic[T]):
    """One call on a thread that dies with the program.

    Where the task runs native code, it is to be awaited before the program ends: the interpreter
    ends its threads in a way that C++ takes for a reason to abort.

    Parameters
    ----------
    name : str
        Of the thread.
    task : callable
        Shares nothing that is not safe to share.
    """

    def __init__(self, name: str, task: Callable[[], T]) -> None:
        self._task = task
        self._found: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether ``result`` will return or raise at once."""
        return bool(self._found) or self._error is not None

    def result(self) -> T:
        """Return what the task returned, or raise what it raised; only once it is done."""
        if self._error is not None:
            raise self._error
        return self._found[0]

    def wait(self) -> None:
        """Return once it is done, or after 5 s."""
        self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        try:
            self._found.append(self._task())
        except BaseException as error:
            self._error = error  # carried over to the thread that fetches the result
