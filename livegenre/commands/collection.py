"""The command for many files: ``classify``."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from livegenre.commands.sorting import do_with, make_wishes
from livegenre.errors import LivegenreError

if TYPE_CHECKING:
    from livegenre.collection.progress import BarProgress, NoProgress
    from livegenre.collection.run import Run

DATABASE = "collection.sqlite"


def classify(arguments: Namespace) -> None:
    """Hear files, tell what they are, and do with them what was asked."""
    from livegenre.collection.hearing import model_digest
    from livegenre.collection.results import Results
    from livegenre.collection.run import Run
    from livegenre.interruption import signals_raised

    wishes = make_wishes(arguments)
    with ExitStack() as stack:
        stack.enter_context(signals_raised())
        model = model_digest(arguments.model)
        results = stack.enter_context(closing(Results(_database(arguments), model)))
        with _progress() as progress:
            run = Run(arguments.model, results, progress)
            run.look(arguments.paths, _left_out(arguments))
            if not run.n_found:
                raise LivegenreError(f"{arguments.paths[0]}: no sound files are there; name others")
            _hear(run, arguments)
        n_tracks = _report(run, arguments)
        if wishes is not None:
            do_with(wishes, run, results, arguments)
    if not n_tracks:
        raise LivegenreError("no file could be heard; see above")


def _hear(run: "Run", arguments: Namespace) -> None:
    from livegenre.work import open_workers

    if not run.new():
        return
    try:
        with open_workers(jobs=arguments.jobs, scheduler=arguments.scheduler) as workers:
            run.hear(workers)
    except KeyboardInterrupt:
        if not arguments.no_db:
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


@contextmanager
def _progress() -> "Iterator[BarProgress | NoProgress]":
    """Show a bar if somebody watches."""
    from livegenre.collection.progress import BarProgress, NoProgress

    if not sys.stderr.isatty():
        yield NoProgress()
        return
    with BarProgress(sys.stderr) as bar:
        yield bar
