"""What more workers are worth: files heard by two, against the same files heard by one."""

import os
import time
from collections.abc import Callable

from livegenre.collection.hearing import Task, hear, model_digest
from livegenre.work import Workers, open_workers
from livegenre.work.opening import n_cores
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Missing, Pair

N_FILES = 8
"""Heard in a round, by all workers together."""


def two_workers(scheduler: str | None) -> Callable[[Material], Pair]:
    """Compare the time that a file takes two workers with the time it takes one; start left out."""

    def prepare(material: Material) -> Pair:
        if n_cores() < 2:
            raise Missing("two workers need two cores")
        return Pair(lambda: _round(material, 2, scheduler), lambda: _round(material, 1, scheduler))

    return prepare


def _round(material: Material, n: int, scheduler: str | None) -> Cost:
    music = os.path.abspath(material.music)
    task = Task(music, material.model, model_digest(material.model))
    with open_workers(jobs=n, scheduler=scheduler) as workers:
        _hear(workers, task, 2 * n)  # each has loaded the model then
        began = time.perf_counter()
        _hear(workers, task, N_FILES)
        ms = 1_000.0 * (time.perf_counter() - began) / N_FILES
    return Cost(ms, ms)


def _hear(workers: Workers, task: Task, n_files: int) -> None:
    for done in workers.run(hear, [task] * n_files):
        assert done.result is not None, done.error
