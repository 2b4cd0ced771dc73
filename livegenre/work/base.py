"""What doing work means, wherever it is done: a function, its items, and what became of each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from livegenre.errors import LivegenreError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Item, Result]):
    """An item that was worked on."""

    item: Item
    result: Result | None
    """None if it failed."""
    error: str | None
    """Why it failed, in one line, which may not name the item; None if it did not."""


class Workers(Protocol):
    """Those who do the work."""

    @property
    def n(self) -> int:
        """How many items are worked on at once."""

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Done[Item, Result]]:
        """Work on items, in any order, and yield each when it is done.

        Items are pulled as workers become free, about one for each. One run at a time; one that
        is left half-way drops what it had begun.

        Parameters
        ----------
        function : callable
            Of a module, and picklable, as items and results are; a ``functools.partial`` of one
            is too. A ``LivegenreError`` or ``OSError`` that it raises is the item's error.
        items : iterable
            Any number; an item that ends its process twice has failed.

        Raises
        ------
        WorkError
            If there is nobody left to work. What was yielded before is done.
        Exception
            Whatever else the function raises, for that is a bug.
        """


def try_it(function: Callable[[Item], Result], item: Item) -> tuple[Result | None, str | None]:
    """Call a function, and return its result or else the one line on what was wrong."""
    try:
        return function(item), None
    except (LivegenreError, OSError) as error:
        return None, one_line(error)


def one_line(error: LivegenreError | OSError) -> str:
    """Say what was wrong, and with which file."""
    if isinstance(error, OSError) and error.strerror:
        place = "" if error.filename is None else f"{error.filename}: "
        return f"{place}{error.strerror}"
    return str(error) or type(error).__name__
