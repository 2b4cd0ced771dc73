"""Work done by processes of this computer, which may die: their items are done by others."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic

from livegenre.errors import WorkError
from livegenre.work.base import Done, Item, Result
from livegenre.work.parcel import pack, unpack
from livegenre.work.process import Died, Process, wait_for

MOST_DEATHS = 2
"""So often an item may end a process; then it has failed."""
MOST_FAILED_STARTS = 4
"""So many processes may end one after the other before they run; then none ever will."""


@dataclass(slots=True)
class _Order(Generic[Item]):
    item: Item
    parcel: bytes
    n_deaths: int = 0
    """How many processes ended while they had it."""


class Processes:
    """As many processes as asked for, started when there is work for them.

    Parameters
    ----------
    n : int >= 1
        How many.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self._idle: list[Process] = []
        self._busy: list[Process] = []
        self._n_failed_starts = 0

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Done[Item, Result]]:
        """Work on items, as ``Workers`` has it."""
        orders: Iterator[_Order[Item]] = (_Order(item, pack(function, item)) for item in items)
        again: deque[_Order[Item]] = deque()
        given: dict[Process, _Order[Item]] = {}
        try:
            while True:
                self._give_out(given, again, orders)
                if not given:
                    return
                yield from self._take_in(given, again)
        finally:
            self._end(self._busy)

    def close(self) -> None:
        """End all processes, at once."""
        self._end(self._idle + self._busy)

    def _give_out(
        self,
        given: dict[Process, _Order[Item]],
        again: deque[_Order[Item]],
        orders: Iterator[_Order[Item]],
    ) -> None:
        while len(given) < self.n:
            order = again.popleft() if again else next(orders, None)
            if order is None:
                return
            given[self._hand_over(order.parcel)] = order

    def _hand_over(self, parcel: bytes) -> Process:
        """Give a parcel to a process that takes it: an idle one may have died unseen."""
        while True:
            process = self._idle.pop() if self._idle else Process()
            self._busy.append(process)
            try:
                process.give(parcel)
            except Died as death:
                self._bury(process, str(death))
            else:
                return process

    def _take_in(
        self, given: dict[Process, _Order[Item]], again: deque[_Order[Item]]
    ) -> Iterator[Done[Item, Result]]:
        """Wait until something is done, and yield it; what a death left undone waits again."""
        ready = wait_for([process.pipe for process in given])
        for process in [process for process in given if process.pipe in ready]:
            try:
                reply = process.take()
            except Died as death:
                order = given.pop(process)
                order.n_deaths += process.is_ready
                self._bury(process, str(death))
                if order.n_deaths < MOST_DEATHS:
                    again.append(order)
                else:
                    yield Done(order.item, None, died_of_it(order.n_deaths, str(death)))
            else:
                if reply is None:
                    self._n_failed_starts = 0
                    continue
                order = given.pop(process)
                self._busy.remove(process)
                self._idle.append(process)
                yield Done(order.item, *unpack(reply))

    def _bury(self, process: Process, how: str) -> None:
        self._end([process])
        if process.is_ready:
            return
        self._n_failed_starts += 1
        if self._n_failed_starts == MOST_FAILED_STARTS:
            raise WorkError(
                f"worker processes end as they start ({how}); is there memory left? try --jobs 1"
            )

    def _end(self, processes: list[Process]) -> None:
        ending = list(processes)
        for process in ending:
            process.ask_to_end()
        for process in ending:
            process.end()
        self._idle = [process for process in self._idle if process not in ending]
        self._busy = [process for process in self._busy if process not in ending]


def died_of_it(n_deaths: int, how: str) -> str:
    """Say of an item that it ended the processes that worked on it."""
    return f"ended {n_deaths} worker processes ({how})"
