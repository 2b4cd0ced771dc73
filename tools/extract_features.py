"""Turn a folder of genre folders into a table of features, as the field trains on.

Reads the command line, shows progress, prints and exits; the rest is in ``tools.extraction``.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from livegenre.argument_types import positive, whole
from livegenre.errors import LivegenreError
from livegenre.training.console import answers, messages, progress, warn
from livegenre.training.dataset import DataError
from livegenre.training.finding import find_recordings
from livegenre.training.hearing import about
from livegenre.training.recordings import Recording
from livegenre.work import open_workers
from tools.extraction.closeness import compare
from tools.extraction.features import LAYOUTS, Job, Layout, Row, extract
from tools.extraction.table import Cells, Unfinished, check_ending, read_table, write_table

EXAMPLES = """\
examples:
  python tools/extract_features.py ~/Music/genres -o table.csv
  python tools/extract_features.py genres --layout gtzan --segment 3 -o features_3_sec.csv
      the published columns, a row for every 3 s
  python tools/extract_features.py gtzan --layout gtzan -o mine.csv --against features_30_sec.csv
      how close is it to the published table, feature by feature?

Interrupted, the same command goes on; recordings that the table has already are not read again.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 music or table refused, 130 stopped."""
    args = _parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"extract_features: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        messages.print("interrupted; the same command goes on from there")
        return 130
    return 0


def run(args: argparse.Namespace) -> None:
    """Extract what is not there yet, write the table, and compare it if asked."""
    check_ending(args.out)
    layout = LAYOUTS[args.layout]
    if args.padding:
        layout = replace(layout, padding=args.padding)
    columns = ("filename", "length", *layout.features, "label")
    recordings = _named(args)
    there = read_table(args.out, columns)
    unfinished = Unfinished(args.out.with_name(f"{args.out.name}.unfinished"), columns)
    rows = {row["filename"]: row for row in (*there, *unfinished.rows)}
    done = False
    try:
        _extract_all(_missing(recordings, rows, args.segment), layout, args, unfinished)
        rows |= {row["filename"]: row for row in unfinished.rows}
        if not rows:
            raise DataError(f"none of {len(recordings)} recordings could be used")
        write_table(args.out, columns, [rows[name] for name in sorted(rows)])
        done = True
    finally:
        unfinished.close(done=done)
    answers.print(f"wrote {args.out}: {len(rows)} rows, {len(columns)} columns", markup=False)
    if args.against:
        _print_closeness(list(rows.values()), args.against, layout)


def _named(args: argparse.Namespace) -> dict[str, Recording]:
    """Return recordings by the name that the table gives them."""
    recordings = find_recordings(args.music, warn).recordings
    base = args.music if args.music.is_dir() else args.music.parent
    paths = [recording.path for recording in recordings]
    if args.layout == "gtzan":
        names = [path.name for path in paths]
        if twice := [name for name, n in Counter(names).items() if n > 1]:
            raise DataError(f"{twice[0]}: two files have that name; --layout plain tells folders")
    else:
        names = [os.path.relpath(path, base) for path in paths]
    # Of names that are no UTF-8, what is not shows as \xNN.
    readable = (os.fsencode(name).decode("utf-8", "backslashreplace") for name in names)
    return dict(zip(readable, recordings, strict=True))


def _missing(
    recordings: dict[str, Recording], rows: dict[str, Cells], segment: float | None
) -> dict[str, Recording]:
    """Return the recordings that have no row yet."""
    return {
        name: recording
        for name, recording in recordings.items()
        if (name if segment is None else _part(name, 0)) not in rows
    }


def _part(name: str, number: int) -> str:
    """Return what a part is called in the published tables: blues.00000.3.wav."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{number}{dot}{ending}"


def _extract_all(
    recordings: dict[str, Recording],
    layout: Layout,
    args: argparse.Namespace,
    unfinished: Unfinished,
) -> None:
    names = {recording.path: name for name, recording in recordings.items()}
    labels = {recording.path: recording.track.genre for recording in recordings.values()}
    jobs = [Job(path, layout, args.segment) for path in names]
    with (
        open_workers(jobs=args.jobs, scheduler=args.scheduler) as workers,
        progress("extracting", len(jobs)) as advance,
    ):
        for done in workers.run(extract, jobs):
            advance()
            if done.result is None:
                warn(f"left out: {about(done.item.path, str(done.error))}")
                continue
            path = done.item.path
            unfinished.append(
                [
                    _cells(names[path] if args.segment is None else _part(names[path], number), row)
                    | dict(zip(layout.features, map(repr, row.values), strict=True))
                    | {"label": labels[path]}
                    for number, row in enumerate(done.result)
                ]
            )


def _cells(name: str, row: Row) -> Cells:
    return {"filename": name, "length": str(row.n_samples)}


def _print_closeness(rows: Sequence[Cells], other: Path, layout: Layout) -> None:
    n, found = compare(rows, other, layout.features)
    table = Table(
        title=f"difference of {n} recordings in both tables; frames padded: {layout.padding}"
    )
    table.box = SIMPLE_HEAD
    table.add_column("feature", no_wrap=True)
    for heading in ("median", "relative", "largest relative", "in spreads"):
        table.add_column(heading, justify="right")
    for each in found:
        values = (
            each.median_absolute,
            each.median_relative,
            each.largest_relative,
            each.largest_in_spreads,
        )
        table.add_row(each.feature, *(f"{value:.1e}" for value in values))
    answers.print(table)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="extract_features",
        description="Turn a folder of genre folders, or a manifest, into a table of features.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("music", type=Path, metavar="DIR", help="folder of genre folders, or a manifest (.csv)")
    add("-o", "--out", type=Path, required=True, metavar="FILE", help="table: .csv or .parquet")
    add(
        "--layout",
        choices=LAYOUTS,
        default="plain",
        help="plain: librosa's own padding; gtzan: the published columns, as computed then (plain)",
    )
    add("--padding", choices=("constant", "reflect"), help="of frames (default: the layout's)")
    add("--segment", type=positive, metavar="SECONDS", help="a row for each such part")
    add("--against", type=Path, metavar="CSV", help="tell how close it is to another table")
    add("--jobs", type=whole(1), metavar="N", help="processes (default: one a core)")
    add("--scheduler", metavar="WHERE", help="a Dask cluster: local, or tcp://HOST:PORT")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
