"""What ``classify`` does with files when it has heard them, and ``sort``, which undoes it."""

import os
import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from livegenre.collection_arguments import TEMPLATE
from livegenre.errors import OutputError, UsageError
from livegenre.visible import visible

if TYPE_CHECKING:
    from livegenre.collection.results import Results
    from livegenre.collection.run import Run
    from livegenre.sorting import Wishes


def sort(arguments: Namespace) -> None:
    """Take back what a journal says was done."""
    from livegenre.interruption import signals_raised
    from livegenre.sorting import undo

    with signals_raised():
        undo(Path(arguments.undo), dry_run=arguments.dry_run, tell=_tell)


def make_wishes(arguments: Namespace) -> "Wishes | None":
    """Return what is to be done with files; None: nothing.

    Raises
    ------
    UsageError
        If flags do not go together.
    """
    into, lists = arguments.sort_into, arguments.playlists
    flags = {"--sort-into": into, "--write-tags": arguments.write_tags, "--playlists": lists}
    asked = [flag for flag, value in flags.items() if value]
    _check(arguments, into, bool(asked))
    if not asked:
        return None
    from livegenre.sorting import Wishes
    from livegenre.sorting.plan import Sorting
    from livegenre.sorting.tags import check_library
    from livegenre.sorting.template import Template

    check_library(asked[0])
    template = Template.parse(arguments.template)
    folder = Path(os.path.abspath(into)) if into else None
    if folder is not None and folder.exists() and not folder.is_dir():
        raise OutputError(f"--sort-into {into}: is no folder; choose another name")
    return Wishes(
        sorting=None if folder is None else Sorting(folder, arguments.action or "copy", template),
        min_posterior=arguments.min_posterior,
        write_tags=arguments.write_tags,
        playlists=Path(os.path.abspath(lists)) if lists else None,
        journal=_journal(arguments, folder),
    )


def do_with(wishes: "Wishes", run: "Run", results: "Results", arguments: Namespace) -> None:
    """Do with files what was wished, or tell what that would be."""
    from livegenre.sorting import Sorter

    sorter = Sorter(wishes, _tell_beside if arguments.json or arguments.csv else _tell)
    if arguments.dry_run:
        sorter.tell_plan(run.rows())
    else:
        if _changes_files(arguments):
            _ask()
        sorter.carry_out(run.rows(), results)


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
    if _changes_files(arguments) and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--write-tags: changes your files; say that they may be, by --yes")


def _changes_files(arguments: Namespace) -> bool:
    """Tell whether files' own tags are to be written and nobody has said yes to that yet."""
    own = not arguments.sort_into or arguments.action == "move"
    return arguments.write_tags and own and not (arguments.yes or arguments.dry_run)


def _journal(arguments: Namespace, folder: Path | None) -> Path:
    from livegenre.data_folder import data_folder

    if arguments.journal is not None:
        return Path(os.path.abspath(arguments.journal))
    place = folder or data_folder() or Path.cwd()
    return place / f"livegenre-{datetime.now():%Y%m%d-%H%M%S}.jsonl"


def _ask() -> None:
    """Ask on the terminal whether files' own tags may be written.

    Raises
    ------
    UsageError
        If they may not.
    """
    print("Write the genre tag into these files themselves? [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("--write-tags: no file was changed")


def _tell(line: str) -> None:
    print(visible(line))


def _tell_beside(line: str) -> None:
    print(visible(line), file=sys.stderr)
