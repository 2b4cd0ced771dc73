"""The flags of commands for many files."""

import argparse

from livegenre.argument_types import share, whole

CLASSIFY = """\
Hear files, and folders with all that is in them, and tell the genre of each.

  livegenre classify Music                            a table
  livegenre classify Music --csv > music.csv          for other programs (--json)
  livegenre classify Music --sort-into Sorted --dry-run       what would go where
  livegenre classify Music --sort-into Sorted --link  and do it, by links (--copy, --move)
  livegenre classify Music --playlists Playlists      a playlist for each genre
  livegenre classify Music --write-tags               the genre, into the files' own tags

What was heard is remembered, by content: a second run hears only what is new, and a run that
was interrupted goes on. Nothing is ever overwritten, and sorting can be undone.
"""

SORT = """\
Take back what 'livegenre classify' did with --sort-into or --write-tags.

  livegenre sort --undo livegenre-20260131-201500.jsonl
  livegenre sort --undo livegenre-20260131-201500.jsonl --dry-run      what would be done

Files that were changed since stay as they are.
"""
TEMPLATE = "{genre}/{artist} - {title}{ext}"


def add_classify(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``classify``."""
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="file or folder, or a URL, as of an object store")
    _add_hearing(parser.add_argument_group("how it is heard"))
    _add_report(parser.add_argument_group("how it is told"))
    _add_sorting(parser.add_argument_group("what is done with the files"))


def add_sort(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``sort``."""
    add = parser.add_argument
    add("--undo", required=True, metavar="JOURNAL", help="what the run has told that it wrote")
    add("--dry-run", action="store_true", help="tell what would be done, and do nothing")


def _add_hearing(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    models = "cnn (default), tags, classic, or the path of an .onnx file"
    add("--model", default="cnn", metavar="NAME", help=models)
    add(
        "--jobs",
        type=whole(1, 1024),
        metavar="N",
        help="processes at once (default: one for each core)",
    )
    add(
        "--scheduler",
        metavar="ADDRESS",
        help="hear on the workers of a Dask cluster, such as tcp://nas.local:8786, which must "
        "see files by the same paths; 'local' starts one",
    )
    one_of = group.add_mutually_exclusive_group().add_argument
    one_of("--db", metavar="FILE", help="where results are kept (default: in your data folder)")
    one_of("--no-db", action="store_true", help="keep nothing, and hear everything anew")


def _add_report(group: argparse._ArgumentGroup) -> None:
    one_of = group.add_mutually_exclusive_group().add_argument
    one_of("--json", action="store_true", help="one JSON array, in place of the table")
    one_of("--csv", action="store_true", help="comma-separated values, in place of the table")
    group.add_argument(
        "--min-posterior",
        type=share,
        metavar="P",
        help="what has less is unsure, 0 to 1 (default: each model's own thresholds)",
    )


def _add_sorting(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--sort-into", metavar="DIR", help="put files into folders by genre; unsure/ is one")
    one_of = group.add_mutually_exclusive_group().add_argument
    for action, words in (
        ("copy", "leave the originals as they are (default)"),
        ("move", "leave nothing behind"),
        ("link", "make symbolic links"),
    ):
        one_of(f"--{action}", dest="action", action="store_const", const=action, help=words)
    add(
        "--template",
        default=TEMPLATE,
        help=f"where in DIR, default '{TEMPLATE}'; also {{albumartist}}, {{album}}, {{year}}, "
        "{track}, {name} of the file, {posterior}",
    )
    add("--write-tags", action="store_true", help="write the genre tag: of copies, if any are made")
    add("--yes", action="store_true", help="do not ask before files' own tags are written")
    add("--playlists", metavar="DIR", help="write a playlist (.m3u8) for each genre")
    add("--dry-run", action="store_true", help="tell what would be done with files, and do nothing")
    add(
        "--journal",
        metavar="FILE",
        help="where to write down what is done (default: a new file in DIR or your data folder)",
    )
