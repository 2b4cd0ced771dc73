"""Files sorted into folders by genre, tagged, and listed in playlists; and all that undone."""

import os
import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from livegenre.collection.content import stamp_of
from livegenre.collection.hearing import Heard
from livegenre.collection.results import Results
from livegenre.collection.run import Row
from livegenre.errors import LivegenreError
from livegenre.interruption import heed
from livegenre.sorting.carrying import Carrier, Outcome
from livegenre.sorting.journal import Journal
from livegenre.sorting.plan import Sorting, Step, plan
from livegenre.sorting.playlists import Entry, can_hold, write_playlists

PLANNED = {"copy": "would copy", "move": "would move", "link": "would link"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be done with files that were heard."""

    sorting: Sorting | None
    """None: they stay where they are."""
    min_posterior: float | None
    """As in ``Track.answer``."""
    write_tags: bool
    playlists: Path | None
    """Folder for them, if they are asked for."""
    journal: Path
    """New file."""


class Sorter:
    """Does what was wished, file by file.

    Parameters
    ----------
    wishes : Wishes
    tell : callable
        Takes a line for people.
    """

    def __init__(self, wishes: Wishes, tell: Callable[[str], None]) -> None:
        self._wishes = wishes
        self._tell = tell
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._deeds: Counter[str] = Counter()
        self._n_troubles = 0

    def tell_plan(self, rows: Iterable[Row]) -> None:
        """Tell what would be done, and do nothing."""
        sorting = self._wishes.sorting
        for step in plan(rows, sorting, self._wishes.min_posterior):
            heed()
            if sorting is not None:
                self._tell(f"{PLANNED[sorting.action]} {step.source} -> {step.target}")
            if self._wishes.write_tags and step.genre and step.genre != step.tags.genre:
                before = step.tags.genre or "none"
                self._tell(f"would tag {step.source}: {step.genre} (now: {before})")
            self._enlist(step, step.target or step.source)
        for genre, entries in sorted(self._entries.items()):
            self._tell(f"would list {len(entries)} in {self._wishes.playlists}: {genre}")

    def carry_out(self, rows: Iterable[Row], results: Results) -> None:
        """Do it all.

        Parameters
        ----------
        rows : iterable of Row
        results : Results
            Told of files that are other ones now, so that they need not be heard again.

        Raises
        ------
        OutputError
            If nothing more can be done.
        """
        wishes = self._wishes
        action = wishes.sorting.action if wishes.sorting else "copy"
        with closing(Journal(wishes.journal)) as journal:
            try:
                carrier = Carrier(journal, action, write_tags=wishes.write_tags)
                for step in plan(rows, wishes.sorting, wishes.min_posterior):
                    heed()
                    self._note(step, carrier.carry_out(step), results)
                self._write_playlists()
                if not self._n_troubles and self._deeds.keys() <= {"there already"}:
                    journal.discard()
            finally:
                self._sum_up(journal)

    def _note(self, step: Step, outcome: Outcome, results: Results) -> None:
        if outcome.trouble:
            self._n_troubles += 1
            self._tell(f"{step.source}: {outcome.trouble}")
        if outcome.deed:
            self._deeds[outcome.deed] += 1
        if outcome.digest != step.digest:
            with suppress(OSError):  # gone already: then there is nothing to remember
                status = os.stat(outcome.place)
                heard = Heard(step.track, outcome.digest, stamp_of(status), status.st_size)
                results.keep([(str(outcome.place), heard)])
        self._enlist(step, outcome.place)

    def _enlist(self, step: Step, place: Path) -> None:
        if self._wishes.playlists is None or not step.genre:
            return
        if not can_hold(place):
            self._n_troubles += 1
            self._tell(f"{place}: its name breaks lines, so that no playlist can hold it")
            return
        title = step.tags.title or place.stem
        words = f"{step.tags.artist} - {title}" if step.tags.artist else title
        self._entries[step.genre].append(Entry(place, step.track.seconds, words))

    def _write_playlists(self) -> None:
        if self._wishes.playlists is not None:
            written = write_playlists(self._wishes.playlists, self._entries)
            self._tell(f"{len(written)} playlists in {self._wishes.playlists}")

    def _sum_up(self, journal: Journal) -> None:
        deeds = ", ".join(f"{n} {deed}" for deed, n in self._deeds.items())
        if deeds or self._n_troubles:
            troubles = f"; {self._n_troubles} with trouble, see above" if self._n_troubles else ""
            self._tell(f"{deeds or 'nothing done'}{troubles}")
        if journal.is_begun:
            self._tell(f"to undo it: livegenre sort --undo {shlex.quote(str(journal.path))}")


def undo(journal: Path, *, dry_run: bool, tell: Callable[[str], None]) -> None:
    """Take back what a journal says was done, and tell of every file.

    Raises
    ------
    LivegenreError
        If something could not be taken back.
    """
    from livegenre.sorting.undo import Undoing

    n_left = n_undone = 0
    for undone in Undoing(journal, dry_run=dry_run).run():
        n_left += undone.is_left
        n_undone += not undone.is_left
        tell(f"{undone.path}: {'would be ' if dry_run else ''}{undone.words}")
    tell(f"{n_undone} {'could be' if dry_run else 'were'} undone")
    if n_left:
        raise LivegenreError(f"{journal}: {n_left} could not be undone, see above")
