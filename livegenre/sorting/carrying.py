"""Carries a plan out, deed by deed, each written down before."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from livegenre.collection.content import digest_of
from livegenre.errors import LivegenreError, OutputError
from livegenre.sorting.journal import Journal
from livegenre.sorting.names import numbered
from livegenre.sorting.placing import (
    FATAL,
    copy_whole,
    missing_folders,
    move,
    part_beside,
    put_part,
    replace_by,
)
from livegenre.sorting.plan import Action, Step
from livegenre.sorting.tags import write_genre

DONE = {"copy": "copied", "move": "moved", "link": "linked"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file."""

    deed: str
    """In words: copied, moved, linked, there already, tagged; empty if nothing was done."""
    place: Path
    """Where the file is now that was sorted."""
    digest: bytes
    """Of its content now."""
    trouble: str = ""
    """Why it was not, or not wholly, done as planned; else empty."""


class Carrier:
    """Copies, moves, links and tags files.

    Parameters
    ----------
    journal : Journal
        What is done is written there before.
    action : Action
    write_tags : bool
        Whether the genre is written into files that have one: into copies, where there are any.
    """

    def __init__(self, journal: Journal, action: Action, *, write_tags: bool) -> None:
        self._journal = journal
        self._act: Callable[[Step, Path], Outcome] = {
            "copy": self._copy,
            "move": self._move,
            "link": self._link,
        }[action]
        self._action = action
        self._write_tags = write_tags

    def carry_out(self, step: Step) -> Outcome:
        """Do what is planned for a file.

        Raises
        ------
        OutputError
            If nothing more can be done: the disk is full, or the journal cannot be written.
        """
        place = step.source if step.target is None else step.target
        try:
            if step.target is None:
                return self._tag(step, Outcome("", step.source, step.digest))
            return self._act(step, step.target)
        except OutputError:
            raise
        except LivegenreError as error:
            return Outcome("", step.source, step.digest, str(error))
        except OSError as error:
            if error.errno in FATAL:
                raise OutputError(
                    f"{place}: {error.strerror}; what was done so far stands, and a run like "
                    "this one goes on from there"
                ) from error
            return Outcome("", step.source, step.digest, error.strerror or str(error))

    def _copy(self, step: Step, target: Path) -> Outcome:
        tagged = self._write_tags and bool(step.genre)
        if not tagged and (there := _already(target, step.digest)):
            return Outcome("there already", there, step.digest)
        part = self._make(target)
        digest = copy_whole(step.source, part)
        try:
            if digest != step.digest:
                raise LivegenreError("was changed since it was heard; run again")
            trouble = ""
            if tagged:
                trouble = _try_tags(part, step.genre)
                digest = digest_of(os.fspath(part))
            if there := _already(target, digest):
                part.unlink()
                return Outcome("there already", there, digest, trouble)
            free = self._place("copy", step.source, target, digest, part.stat().st_size)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        put_part(part, free)
        return Outcome("copied", free, digest, trouble)

    def _move(self, step: Step, target: Path) -> Outcome:
        if step.source.is_symlink():
            raise LivegenreError("is a symbolic link, which is not moved; use --copy or --link")
        if _is_same(step.source, target):
            return self._tag(step, Outcome("there already", target, step.digest))
        part = self._make(target)
        size = step.source.stat().st_size
        free = self._place("move", step.source, target, step.digest, size)
        move(step.source, free, part)
        return self._tag(step, Outcome("moved", free, step.digest))

    def _link(self, step: Step, target: Path) -> Outcome:
        for number in count(1):
            free = target.with_name(numbered(target.name, number))
            if _is_same(step.source, free):
                return Outcome("there already", free, step.digest)
            if not os.path.lexists(free):
                break
        self._make(free)
        self._journal.append("link", source=str(step.source), target=str(free))
        os.symlink(step.source, free)
        return Outcome("linked", free, step.digest)

    def _tag(self, step: Step, outcome: Outcome) -> Outcome:
        """Write the genre into a file that stays, by way of a copy: no moment leaves half a one."""
        if not (self._write_tags and step.genre) or step.tags.genre == step.genre:
            return outcome
        path = Path(os.path.realpath(outcome.place))
        part = part_beside(path)
        self._journal.append("make", part=str(part), folders=[])
        before_digest = copy_whole(path, part)
        try:
            before = write_genre(str(part), (step.genre,))
            digest = digest_of(os.fspath(part))
            self._journal.append(
                "tag",
                path=str(path),
                before=list(before),
                after=step.genre,
                digest_before=before_digest.hex(),
                digest=digest.hex(),
            )
            replace_by(part, path)
        except LivegenreError as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OutputError):
                raise
            return Outcome(outcome.deed, outcome.place, outcome.digest, f"not tagged: {error}")
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Outcome(outcome.deed or "tagged", outcome.place, digest)

    def _make(self, target: Path) -> Path:
        """Make the folder of a file, and return the name under which it may be made there."""
        part = part_beside(target)
        folders = missing_folders(target.parent)
        self._journal.append("make", part=str(part), folders=[str(folder) for folder in folders])
        target.parent.mkdir(parents=True, exist_ok=True)
        return part

    def _place(self, action: Action, source: Path, target: Path, digest: bytes, size: int) -> Path:
        """Write down where a file goes, at the first number that is free, and return that."""
        free = next(
            path
            for path in (target.with_name(numbered(target.name, n)) for n in count(1))
            if not os.path.lexists(path)
        )
        self._journal.append(
            action, source=str(source), target=str(free), digest=digest.hex(), size=size
        )
        return free


def _already(target: Path, digest: bytes) -> Path | None:
    """Return what has a file's name, or that with a number, and its content."""
    for number in count(1):
        path = target.with_name(numbered(target.name, number))
        if not os.path.lexists(path):
            return None
        if path.is_file() and digest_of(os.fspath(path)) == digest:
            return path
    return None


def _try_tags(part: Path, genre: str) -> str:
    """Write the genre; return why that cannot be, in words, or nothing."""
    try:
        write_genre(os.fspath(part), (genre,))
    except OutputError:
        raise
    except LivegenreError as error:
        return f"not tagged: {error}"
    return ""


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
