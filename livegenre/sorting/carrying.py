"""Carries a plan out, deed by deed, each written down before."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count, takewhile
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
from livegenre.sorting.tagging import tagged_copy
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
        size = step.source.stat().st_size
        if not tagged and (there := _already(target, step.digest, size)):
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
            size = part.stat().st_size
            if there := _already(target, digest, size):
                part.unlink()
                return Outcome("there already", there, digest, trouble)
            free = self._place("copy", step.source, target, digest, size)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        put_part(part, free)
        return Outcome("copied", free, digest, trouble)

    def _move(self, step: Step, target: Path) -> Outcome:
        if step.source.is_symlink():
            raise LivegenreError("is a symbolic link, which is not moved; use --copy or --link")
        if there := _own_place(step.source, target):
            return self._tag(step, Outcome("there already", there, step.digest))
        part = self._make(target)
        size = step.source.stat().st_size
        free = self._place("move", step.source, target, step.digest, size)
        move(step.source, free, part)
        return self._tag(step, Outcome("moved", free, step.digest))

    def _link(self, step: Step, target: Path) -> Outcome:
        if there := _own_place(step.source, target):
            return Outcome("there already", there, step.digest)
        self._make(target)
        free = _free(target)
        self._journal.append("link", source=str(step.source), target=str(free))
        os.symlink(step.source, free)
        return Outcome("linked", free, step.digest)

    def _tag(self, step: Step, outcome: Outcome) -> Outcome:
        """Write the genre into a file that stays, if that was asked for and changes anything."""
        if not (self._write_tags and step.genre) or step.tags.genre == step.genre:
            return outcome
        path = Path(os.path.realpath(outcome.place))
        part = part_beside(path)
        self._journal.append("make", part=str(part), folders=[])
        try:
            tagged = tagged_copy(path, part, (step.genre,))
        except LivegenreError as error:
            return replace(outcome, trouble=f"not tagged: {error}")
        except OSError as error:
            if error.errno in FATAL:
                raise
            return replace(outcome, trouble=f"not tagged: {error.strerror}")
        try:
            self._journal.append(
                "tag",
                path=str(path),
                before=list(tagged.before),
                after=step.genre,
                digest_before=tagged.digest_before.hex(),
                digest=tagged.digest.hex(),
            )
        except OutputError:
            part.unlink()
            raise
        replace_by(part, path)
        return Outcome(outcome.deed or "tagged", outcome.place, tagged.digest)

    def _make(self, target: Path) -> Path:
        """Make the folder of a file, and return the name under which it may be made there."""
        part = part_beside(target)
        folders = missing_folders(target.parent)
        self._journal.append("make", part=str(part), folders=[str(folder) for folder in folders])
        target.parent.mkdir(parents=True, exist_ok=True)
        return part

    def _place(self, action: Action, source: Path, target: Path, digest: bytes, size: int) -> Path:
        """Write down where a file goes, at the first number that is free, and return that."""
        free = _free(target)
        self._journal.append(
            action, source=str(source), target=str(free), digest=digest.hex(), size=size
        )
        return free


def _already(target: Path, digest: bytes, size: int) -> Path | None:
    """Return that of the names which a file with such a content has."""
    for path in _taken(target):
        is_as_large = path.is_file() and path.stat().st_size == size  # else it need not be read
        if is_as_large and digest_of(os.fspath(path)) == digest:
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


def _names(target: Path) -> Iterator[Path]:
    """Yield a name and those with a number."""
    return (target.with_name(numbered(target.name, number)) for number in count(1))


def _taken(target: Path) -> Iterator[Path]:
    """Yield those of the names that something has."""
    return takewhile(os.path.lexists, _names(target))


def _free(target: Path) -> Path:
    """Return the first of the names that nothing has."""
    return next(path for path in _names(target) if not os.path.lexists(path))


def _own_place(source: Path, target: Path) -> Path | None:
    """Return that of the names which the file itself has, or a link to it."""
    return next((path for path in _taken(target) if path.exists() and path.samefile(source)), None)
