"""Measure what livegenre costs, against what others do in its place, and against the limit.

Each subject and its peer alternate in one process on one thread, so that a busy machine slows both:
only their ratio means anything. Some peers are packages of the extra ``bench``, and musicnn's own
graphs need TensorFlow; what is missing is left out, and named.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

import tools.benchmark  # noqa: F401 -- before all that imports NumPy: it sets the threads
from livegenre.classifier import Classifier, model_path
from livegenre.errors import LivegenreError, UsageError
from tools.benchmark.catalogue import chosen
from tools.benchmark.material import DEMO, Material
from tools.benchmark.measuring import Measurement, Missing, Row, measure
from tools.benchmark.regression import KEPT, Ratios, worse, yardstick_ms

EXAMPLES = """\
examples:
  python tools/bench.py --json found.json
  python tools/bench.py --only classic-step,cnn-step --rounds 3
  python tools/bench.py --check             against the ratios kept; exit code 1 if one is worse
  python tools/bench.py --check --update    keep the ratios of this run in their place
"""
DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130
answers = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def main(argv: list[str] | None = None) -> int:
    """Run the program; return 0: done, 1: worse or refused, 2: wrong usage, 130: interrupted."""
    args = _parse(argv)
    try:
        return _run(args)
    except LivegenreError as error:
        _say(f"bench: {error}")
        return USAGE if isinstance(error, UsageError) else REFUSED


def _run(args: argparse.Namespace) -> int:
    measurements, material = chosen(args.only), _material(args)
    kept = Ratios.read(KEPT) if args.check and not args.update else None
    yardstick = yardstick_ms()
    rows: list[Row] = []
    code = DONE
    try:
        for row in _measured(measurements, material, args.rounds):
            rows.append(row)
    except KeyboardInterrupt:
        _say("bench: interrupted; this is what there is")
        code = INTERRUPTED
    answers.print(table(rows))
    if args.json:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    if args.update:
        Ratios.of(rows, yardstick).write(KEPT)
    elif kept is not None:
        for line in worse(rows, kept, yardstick):
            _say(f"bench: {line}")
            code = code or REFUSED
    return code


def _material(args: argparse.Namespace) -> Material:
    """Return what is worked on, once it is known to be there."""
    if not args.audio.is_file():
        raise UsageError(f"{args.audio} is no file; name some music with --audio")
    if args.json and not args.json.parent.is_dir():
        raise UsageError(f"{args.json.parent} is no folder to write into; choose another --json")
    Classifier.load(model_path(args.model))
    return Material(args.audio, args.model)


def _measured(
    measurements: Sequence[Measurement], material: Material, n_rounds: int
) -> Iterator[Row]:
    """Yield every comparison as soon as it is done; say on stderr how far it is."""
    for number, measurement in enumerate(measurements, start=1):
        place = f"{number}/{len(measurements)} {measurement.name}"
        try:
            row = measure(measurement, material, n_rounds)
        except Missing as missing:
            _say(f"{place}: left out: {missing}")
            continue
        _say(f"{place}: {row.ratio:.3g}")
        yield row


def table(rows: Sequence[Row]) -> Table:
    """Return the rows as a table for people."""
    result = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for head in ("", "livegenre", "peer", "of", "ratio", "spread", "of a core"):
        result.add_column(head, no_wrap=True)
    result.add_column("peer is")
    for row in rows:
        least, greatest = row.spread
        result.add_row(
            row.name,
            f"{row.subject_ms:.3g}",
            f"{row.peer_ms:.3g}",
            row.unit,
            f"{row.ratio:.3g}",
            f"{least:.3g} - {greatest:.3g}",
            f"{100 / row.ratio:.2g} %" if row.by_clock else "",
            row.peer,
        )
    return result


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--audio", type=Path, default=DEMO, help="music, the demo by default")
    add("--model", default="cnn", help="the convolutional model, cnn by default")
    add("--only", metavar="NAME,...", help="measure these rows alone")
    add("--rounds", type=_rounds, default=5, help="rounds of both sides (default 5)")
    add("--json", type=Path, metavar="OUT", help="write the rows to this file")
    add("--check", action="store_true", help="exit with 1 if a ratio is worse than the one kept")
    add("--update", action="store_true", help="keep the ratios of this run")
    return parser.parse_args(argv)


def _rounds(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds, 1 or more")
    return int(text)


def _say(line: str) -> None:
    messages.print(line, markup=False)


if __name__ == "__main__":
    sys.exit(main())
