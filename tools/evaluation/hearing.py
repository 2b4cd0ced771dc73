"""Hears many clips, in one process or several, and remembers each."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

import numpy as np

from livegenre.errors import LivegenreError, SourceError
from livegenre.work import Workers, open_workers
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
def hearers(setting: Setting, jobs: int, scheduler: str | None = None) -> Iterator[HearAll]:
    """Yield what hears tasks, in order, in one process or several, here or of a cluster.

    Interrupted, it drops what is not heard to its end.
    """
    if scheduler is not None:  # elsewhere another folder is the current one
        setting = replace(
            setting,
            cache=setting.cache.absolute(),
            voices=tuple(voice.absolute() for voice in setting.voices),
        )
    with open_workers(jobs=jobs, scheduler=scheduler) as workers:
        yield lambda tasks: _hear_in_order(
            workers, setting, tasks if scheduler is None else map(_absolute, tasks)
        )


def _hear_in_order(
    workers: Workers, setting: Setting, tasks: Iterable[Task]
) -> Iterator[Heard | SourceError]:
    early: dict[int, Heard | SourceError] = {}
    """Heard before one that comes first."""
    n_told = 0
    for done in workers.run(partial(_hear, setting), enumerate(tasks)):
        number, task = done.item
        early[number] = _outcome(task, done.result, done.error)
        while n_told in early:
            yield early.pop(n_told)
            n_told += 1


def _outcome(
    task: Task, heard: Heard | LivegenreError | OSError | None, error: str | None
) -> Heard | SourceError:
    """Return what a worker heard; raise what is wrong with more than a clip."""
    if heard is None:
        return SourceError(f"{task.clip.path}: {error}")
    if isinstance(heard, Heard | SourceError):
        return heard
    raise heard


def _hear(setting: Setting, numbered: tuple[int, Task]) -> Heard | LivegenreError | OSError:
    try:
        return _hearer(setting).hear(numbered[1])
    except (LivegenreError, OSError) as error:
        return error


@lru_cache(maxsize=1)
def _hearer(setting: Setting) -> "Hearer":
    """Return that of this process."""
    return Hearer(setting)


def _absolute(task: Task) -> Task:
    before = task.before and replace(task.before, path=task.before.path.absolute())
    clip = replace(task.clip, path=task.clip.path.absolute())
    return replace(task, clip=clip, before=before, model=task.model.absolute())


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
