"""Work done in this process, one item after the other."""

from collections.abc import Callable, Iterable, Iterator

from livegenre.work.base import Done, Item, Result, try_it


class Here:
    """Does the work itself."""

    n = 1

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Done[Item, Result]]:
        """Work on one item after the other, as ``Workers`` has it."""
        for item in items:
            yield Done(item, *try_it(function, item))
