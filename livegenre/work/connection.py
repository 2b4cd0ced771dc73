"""A connection to a Dask scheduler, that of a cluster elsewhere or of one started here."""

import asyncio
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Literal

import dask
from distributed import Client, LocalCluster, Nanny, Security
from distributed.comm.core import connect as dial

from livegenre.errors import WorkError
from livegenre.work.environment import no_ctrl_c
from livegenre.work.process import GRACE_SECONDS
from livegenre.work.processes import MOST_DEATHS

ANSWER_SECONDS = 10.0
"""How long a scheduler, and then the first of its workers, may take to be there."""
START_SECONDS = 120.0
"""How long workers that are started here may take."""
LOOPBACK = "127.0.0.1"
_LOCAL = {"distributed.scheduler.allowed-failures": MOST_DEATHS - 1}


@contextmanager
def connect(address: str | None, n: int) -> Iterator[Client]:
    """Connect to a scheduler, or to one started here with ``n`` workers, and wait for a worker.

    Raises
    ------
    WorkError
        If nobody answers.
    """
    with dask.config.set(_LOCAL), _silence():
        if address is not None:
            with _client(address) as client:
                with _answering(address):
                    _wait_for_workers(client, 1, ANSWER_SECONDS, _no_workers(address))
                yield client
            return
        with no_ctrl_c():
            cluster = _cluster()
        with cluster, Client(cluster, set_as_default=False) as client:
            cluster.scale(n)
            _wait_for_workers(client, n, START_SECONDS, "the cluster's processes do not start")
            yield client


@contextmanager
def _silence() -> Iterator[None]:
    """Let Dask log and warn of nothing: what matters of it is said by ``WorkError``."""
    loggers = [
        logging.getLogger(name)
        for name in [*logging.root.manager.loggerDict]
        if name.partition(".")[0] in {"asyncio", "distributed", "tornado"}
    ]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def workers_of(client: Client) -> set[str]:
    """Return the addresses of all workers.

    Raises
    ------
    OSError
        If the scheduler does not answer.
    WorkError
        If a worker has several threads: what a model keeps, it keeps for one.
    """
    if client.scheduler is None:  # closed, since it could not connect again
        raise ConnectionError
    threads = client.sync(client.scheduler.ncores, callback_timeout=ANSWER_SECONDS)
    for address, n in threads.items():
        if n != 1:
            raise WorkError(
                f"worker {address}: has {n} threads; "
                f"start it with: dask worker --nthreads 1 --nworkers {n} SCHEDULER"
            )
    return {*threads}


class _Nanny(Nanny):
    """Has little patience with a worker that is to end, since nobody waits for what it does."""

    async def close(  # type: ignore[override]
        self, timeout: float = GRACE_SECONDS, reason: str = "nanny-close"
    ) -> Literal["OK"]:
        """End worker and nanny."""
        return await super().close(timeout, reason)


def _cluster() -> LocalCluster:
    return LocalCluster(
        n_workers=0,
        threads_per_worker=1,
        worker_class=_Nanny,
        host=LOOPBACK,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
        memory_limit=0,
    )


def _client(address: str) -> Client:
    with _answering(address):
        asyncio.run(_shake_hands(address))
        return Client(address, timeout=ANSWER_SECONDS, set_as_default=False)


async def _shake_hands(address: str) -> None:
    """See that a scheduler answers: ``Client`` would wait for ever for one that hangs."""
    options = Security().get_connection_args("client")
    meeting = dial(address, timeout=ANSWER_SECONDS, **options)
    await (await asyncio.wait_for(meeting, ANSWER_SECONDS)).close()


@contextmanager
def _answering(address: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, MemoryError) as error:  # also of what is no scheduler
        raise WorkError(
            f"scheduler {address}: does not answer; start it with 'dask scheduler', "
            "or check the address"
        ) from error


def _wait_for_workers(client: Client, n: int, seconds: float, otherwise: str) -> None:
    until = monotonic() + seconds
    while len(workers_of(client)) < n:
        if monotonic() > until:
            raise WorkError(otherwise)
        sleep(0.05)


def _no_workers(address: str) -> str:
    return (
        f"scheduler {address}: has no workers; "
        f"start some with: dask worker --nthreads 1 --nworkers auto {address}"
    )
