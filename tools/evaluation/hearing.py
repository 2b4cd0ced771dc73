"""Hears many clips, in one process or several, and remembers each."""

import signal
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

import numpy as np

from livegenre.errors import SourceError
from tools.evaluation.answers import Heard
from tools.evaluation.changes import join
from tools.evaluation.clips import Clip
from tools.evaluation.conditions import CONDITIONS, TALK, Condition, talk_over
from tools.evaluation.listening import Listener, read_sound
from tools.evaluation.store import Store, digest_of


@dataclass(frozen=True, slots=True)
class Task:
    """A clip for a model to hear."""

    clip: Clip
    model: Path
    condition: str | None = None
    """Name of what happens to it first."""
    before: Clip | None = None
    """What is played before it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every process that hears must know."""

    cache: Path
    seed: int
    """Of degradations: the same for the same seed, condition and clip."""
    voices: tuple[Path, ...] = ()
    """Those who talk in condition ``talk``."""


HearAll: TypeAlias = Callable[[Iterable[Task]], Iterator[Heard | SourceError]]
"""A clip that cannot be heard gives its error."""


@contextmanager
def hearers(setting: Setting, jobs: int) -> Iterator[HearAll]:
    """Yield what hears tasks, in order, in one process or several.

    Interrupted, it drops what has not begun.
    """
    if jobs == 1:
        hearer = Hearer(setting)
        yield lambda tasks: map(hearer.hear, tasks)
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start_process, (setting,))
    try:
        yield lambda tasks: pool.map(_hear_in_process, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


class Hearer:
    """Hears task after task; keeps models and voices."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._store = Store(setting.cache)
        self._listeners: dict[Path, Listener] = {}
        self._talk: Condition | None = None

    def hear(self, task: Task) -> Heard | SourceError:
        """Hear a clip, unless that is remembered."""
        clip, name = task.clip, task.condition
        try:
            key = [digest_of(task.model), digest_of(clip.path)]
            if task.before is not None:
                key += ["after", digest_of(task.before.path)]
                return self._store.remember(tuple(key), clip.label, lambda: self._hear_after(task))
            if name is None:
                return self._store.remember(
                    tuple(key), clip.label, lambda: self._listener(task.model).hear(clip)
                )
            voices = self._setting.voices if name == TALK else ()
            key += [name, str(self._setting.seed), clip.path.name, *map(digest_of, voices)]
            return self._store.remember(tuple(key), clip.label, lambda: self._hear_under(task))
        except SourceError as error:
            return error

    def _hear_under(self, task: Task) -> Heard:
        name = str(task.condition)
        entropy = [
            self._setting.seed,
            *(zlib.crc32(t.encode()) for t in (name, task.clip.path.name)),
        ]
        condition = self._talking() if name == TALK else CONDITIONS[name]
        rng = np.random.default_rng(entropy)
        return self._listener(task.model).hear_under(condition, task.clip, rng)

    def _hear_after(self, task: Task) -> Heard:
        assert task.before is not None
        sound = join(read_sound(task.before.path), read_sound(task.clip.path))
        return self._listener(task.model).hear_sound(sound, task.clip.label)

    def _listener(self, model: Path) -> Listener:
        if model not in self._listeners:
            self._listeners[model] = Listener(str(model))
        return self._listeners[model]

    def _talking(self) -> Condition:
        if self._talk is None:
            voices = [read_sound(path) for path in self._setting.voices]
            self._talk = partial(talk_over, voices=voices)
        return self._talk


_hearers: list[Hearer] = []
"""Of this process, where it is one of several: one."""


def _start_process(setting: Setting) -> None:
    # Ctrl-C reaches all processes; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _hearers.append(Hearer(setting))


def _hear_in_process(task: Task) -> Heard | SourceError:
    return _hearers[0].hear(task)
