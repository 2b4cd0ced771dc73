"""From what was asked for to those who do the work."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from livegenre.errors import UsageError, WorkError
from livegenre.work.base import Workers
from livegenre.work.here import Here
from livegenre.work.processes import Processes

LOCAL = "local"
_SCHEMES = ("tcp://", "tls://")


@contextmanager
def open_workers(*, jobs: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """Open those who work, and end all that was started for them.

    Parameters
    ----------
    jobs : int >= 1, optional
        How many processes; as many as there are cores without it. One is this process itself,
        unless there is a scheduler.
    scheduler : str, optional
        ``local`` starts a Dask cluster of processes here, ``tcp://HOST:PORT`` is one that runs.

    Raises
    ------
    UsageError
        If that makes no sense.
    WorkError
        If there is no such scheduler, or none that would work as this process does.
    """
    check_scheduler(scheduler)
    if scheduler is not None:
        try:
            from livegenre.work.cluster import open_cluster
        except ModuleNotFoundError as error:
            raise WorkError("--scheduler needs Dask: pip install 'livegenre[cluster]'") from error
        with open_cluster(None if scheduler == LOCAL else scheduler, jobs or n_cores()) as cluster:
            yield cluster
    elif (jobs or n_cores()) == 1:
        yield Here()
    else:
        with closing(Processes(jobs or n_cores())) as processes:
            yield processes


def check_scheduler(scheduler: str | None) -> None:
    """Raise UsageError if a scheduler is named that cannot be."""
    if scheduler is None or scheduler == LOCAL:
        return
    if not scheduler.startswith(_SCHEMES) or not scheduler.rpartition(":")[2].isdecimal():
        raise UsageError(f"--scheduler {scheduler}: must be local or like tcp://HOST:PORT")


def n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
