"""Commands for many files: ``classify`` and ``sort``."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from livegenre.collection_arguments import TEMPLATE
from livegenre.errors import LivegenreError, OutputError, UsageError

if TYPE_CHECKING:
    from livegenre.collection.progress import BarProgress, NoProgress
    from livegenre.collection.results import Results
    from livegenre.collection.run import Run
    from livegenre.sorting import Wishes

DATABASE = "collection.sqlite"


def classify(arguments: Namespace) -> None:
    """Hear files, tell what they are, and do with them what was asked."""
    from livegenre.collection.hearing import model_digest
    from livegenre.collection.results import Results
    from livegenre.collection.run import Run
    from livegenre.interruption import signals_raised

    wishes = _wishes(arguments)
    with ExitStack() as stack:
        stack.enter_context(signals_raised())
        model = model_digest(arguments.model)
        results = stack.enter_context(Results(_database(arguments), model))
        with _progress() as progress:
            run = Run(arguments.model, results, progress)
            run.look(arguments.paths, _left_out(arguments))
            if not run.n_found:
                raise LivegenreError(f"{arguments.paths[0]}: no sound files are there; name others")
            _hear(run, arguments)
        n_tracks = _report(run, arguments)
        if wishes is not None:
            _sort(wishes, run, results, arguments)
    if not n_tracks:
        raise LivegenreError("no file could be heard; see above")


def sort(arguments: Namespace) -> None:
    """Take back what a journal says was done."""
    from livegenre.interruption import signals_raised
    from livegenre.sorting import undo

    with signals_raised():
        undo(Path(arguments.undo), dry_run=arguments.dry_run, tell=_tell)


def _hear(run: "Run", arguments: Namespace) -> None:
    from livegenre.work import open_workers

    if not run.new():
        return
    try:
        with open_workers(jobs=arguments.jobs, scheduler=arguments.scheduler) as workers:
            run.hear(workers)
    except KeyboardInterrupt:
        print("livegenre: what was heard is kept; the same command goes on", file=sys.stderr)
        raise


def _report(run: "Run", arguments: Namespace) -> int:
    """Tell of all files; return how many were heard, now or before."""
    from livegenre.collection.report import write_csv, write_json
    from livegenre.collection.table import Table, total_words

    rows, least = run.rows(), arguments.min_posterior
    n_known = run.n_found - len(run.new())
    if arguments.json or arguments.csv:
        write = write_json if arguments.json else write_csv
        write(rows, least, sys.stdout)
        return run.n_heard + n_known
    table = Table(run.labels, least, sys.stdout)
    total = table.print(rows)
    table.print_total(total_words(total) + run.cost_words())
    return sum(total.answers.values())


def _sort(wishes: "Wishes", run: "Run", results: "Results", arguments: Namespace) -> None:
    from livegenre.sorting import Sorter

    sorter = Sorter(wishes, _tell_beside if arguments.json or arguments.csv else _tell)
    if arguments.dry_run:
        sorter.tell_plan(run.rows())
    else:
        if wishes.write_tags and (wishes.sorting is None or wishes.sorting.action == "move"):
            _ask(arguments)
        sorter.carry_out(run.rows(), results)


def _wishes(arguments: Namespace) -> "Wishes | None":
    """Return what is to be done with files; None: nothing.

    Raises
    ------
    UsageError
        If flags do not go together.
    """
    into = arguments.sort_into
    wanted = [into, arguments.write_tags, arguments.playlists]
    _check(arguments, into, any(wanted))
    if not any(wanted):
        return None
    from livegenre.sorting import Wishes
    from livegenre.sorting.plan import Sorting
    from livegenre.sorting.tags import check_library
    from livegenre.sorting.template import Template

    check_library("--sort-into" if into else "--write-tags" if wanted[1] else "--playlists")
    template = Template.parse(arguments.template)
    folder = Path(os.path.abspath(into)) if into else None
    if folder is not None and folder.exists() and not folder.is_dir():
        raise OutputError(f"--sort-into {into}: is no folder; choose another name")
    return Wishes(
        sorting=None if folder is None else Sorting(folder, arguments.action or "copy", template),
        min_posterior=arguments.min_posterior,
        write_tags=arguments.write_tags,
        playlists=None
        if arguments.playlists is None
        else Path(os.path.abspath(arguments.playlists)),
        journal=_journal(arguments, folder),
    )


def _check(arguments: Namespace, into: str | None, anything: bool) -> None:
    from livegenre.work.remote import is_url

    if into is None:
        for given, flag in (
            (arguments.action, f"--{arguments.action}"),
            (arguments.template != TEMPLATE, "--template"),
        ):
            if given:
                raise UsageError(f"{flag}: says how to sort; say where, by --sort-into DIR")
    if arguments.dry_run and not anything:
        raise UsageError("--dry-run: nothing would be done anyway; add --sort-into DIR")
    if anything and any(map(is_url, arguments.paths)):
        raise UsageError("files at URLs are told of, not sorted; leave out what is to be done")
    if arguments.write_tags and arguments.action == "link":
        raise UsageError("--write-tags: a link is no file of its own; --copy, or leave out --link")


def _journal(arguments: Namespace, folder: Path | None) -> Path:
    from livegenre.data_folder import data_folder

    if arguments.journal is not None:
        return Path(os.path.abspath(arguments.journal))
    place = folder or data_folder()
    if place is None:
        raise UsageError(
            "--write-tags: there is no home folder to keep a journal in; --journal FILE"
        )
    return place / f"livegenre-{datetime.now():%Y%m%d-%H%M%S}.jsonl"


def _database(arguments: Namespace) -> Path | None:
    from livegenre.data_folder import data_folder

    if arguments.no_db:
        return None
    if arguments.db is not None:
        return Path(arguments.db)
    folder = data_folder()
    return None if folder is None else folder / DATABASE


def _left_out(arguments: Namespace) -> list[str]:
    """Return the folders into which files are put: those in there are not to be sorted again."""
    return [folder for folder in (arguments.sort_into, arguments.playlists) if folder]


def _ask(arguments: Namespace) -> None:
    """See that files' own tags may be written.

    Raises
    ------
    UsageError
        If they may not, or nobody can be asked.
    """
    if arguments.yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--write-tags: changes your files; say that they may be, by --yes")
    print("Write the genre tag into these files themselves? [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("--write-tags: no file was changed")


@contextmanager
def _progress() -> "Iterator[BarProgress | NoProgress]":
    """Show a bar if somebody watches."""
    from livegenre.collection.progress import BarProgress, NoProgress

    if not sys.stderr.isatty():
        yield NoProgress()
        return
    with BarProgress(sys.stderr) as bar:
        yield bar


def _tell(line: str) -> None:
    print(_visible(line))


def _tell_beside(line: str) -> None:
    print(_visible(line), file=sys.stderr)


def _visible(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)
