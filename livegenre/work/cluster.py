"""Work done by a Dask cluster: one that runs, or one of processes here, started for it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic

from distributed import Client, Future
from distributed.scheduler import KilledWorker

from livegenre.errors import WorkError
from livegenre.work.base import Done, Item, Result
from livegenre.work.connection import connect, workers_of
from livegenre.work.parcel import pack, perform, unpack
from livegenre.work.processes import died_of_it
from livegenre.work.versions import check_versions

LOOK_SECONDS = 1.0
"""Time between two looks at who is there."""
FETCH_SECONDS = 10.0
"""Time after which to look whether anybody is there who can tell what came out."""
MOST_IDLE_SECONDS = 60.0
"""How long a cluster may be without any worker: one that dies is started again."""


@contextmanager
def open_cluster(address: str | None, n: int) -> Iterator["Cluster"]:
    """Connect to the scheduler at an address, or start a cluster of ``n`` processes here.

    Raises
    ------
    WorkError
        If nobody answers, or its workers would not work as this process does.
    """
    with connect(address, n) as client:
        yield Cluster(client, address or "local")


class Cluster:
    """The workers of a Dask cluster; each is given one item at a time.

    Parameters
    ----------
    client : Client
        Connected.
    name : str
        Of the cluster, for people.

    Raises
    ------
    WorkError
        If its workers would not work as this process does.
    """

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name
        self._known: set[str] = set()
        self._look()

    @property
    def n(self) -> int:
        """How many workers there were at the last look."""
        return len(self._known)

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Done[Item, Result]]:
        """Work on items, as ``Workers`` has it; workers may come and go meanwhile."""
        orders = ((item, pack(function, item)) for item in items)
        given: dict[Future[bytes], Item] = {}
        finished: SimpleQueue[Future[bytes]] = SimpleQueue()
        try:
            while True:
                while len(given) < max(self.n, 1) and (order := next(orders, None)):
                    item, parcel = order
                    future = self._client.submit(perform, parcel, pure=False)
                    given[future] = item
                    future.add_done_callback(finished.put)
                if not given:
                    return
                future = self._wait(finished)
                yield self._done(given.pop(future), future)
                del future  # or else its result would stay on the worker
        finally:
            if given and self._client.status == "running":
                self._client.cancel([*given])

    def _wait(self, finished: "SimpleQueue[Future[bytes]]") -> "Future[bytes]":
        """Return the next that is finished; look now and then whether anybody is there."""
        alone_since: float | None = None
        while True:
            if monotonic() - self._looked >= LOOK_SECONDS:
                self._look()
                alone_since = None if self.n else alone_since or monotonic()
                if alone_since and monotonic() - alone_since > MOST_IDLE_SECONDS:
                    raise WorkError(f"scheduler {self._name}: all its workers are gone")
            try:
                return finished.get(timeout=LOOK_SECONDS)
            except Empty:
                continue

    def _done(self, item: Item, future: "Future[bytes]") -> Done[Item, Result]:
        try:
            reply = self._fetch(future)
        except KilledWorker as killed:
            n_deaths = killed.allowed_failures + 1
            return Done(item, None, died_of_it(n_deaths, "the cluster's logs may tell why"))
        except (CancelledError, OSError) as error:
            raise self._lost() from error
        return Done(item, *unpack(reply))

    def _fetch(self, future: "Future[bytes]") -> bytes:
        """Return what a worker has, or what another one does again if that worker is gone."""
        while True:
            try:
                return future.result(timeout=FETCH_SECONDS)
            except TimeoutError:
                self._look()

    def _look(self) -> None:
        """See which workers there are, and check those that are new."""
        try:
            there = workers_of(self._client)
            if there - self._known:
                check_versions(self._client)
        except OSError as error:
            raise self._lost() from error
        self._known = there
        self._looked = monotonic()

    def _lost(self) -> WorkError:
        return WorkError(
            f"scheduler {self._name}: gone; what was done is kept, start it and run this again"
        )
