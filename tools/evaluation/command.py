"""The command line of ``tools/evaluate.py``: what may be asked for, checked, and said again."""

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from livegenre.errors import OutputError, UsageError
from livegenre.work import check_scheduler
from tools.build_backbone import CACHE
from tools.evaluation.conditions import CONDITIONS, TALK
from tools.evaluation.scores import Json

EXAMPLES = """\
examples:
  python tools/evaluate.py --model cnn --manifest music/manifest.csv \\
      --notmusic other/manifest.csv --conditions all --json cnn.json --report cnn.html
  python tools/evaluate.py --folds folds --manifest music/manifest.csv --json cnn.json
      each clip heard by the model that never heard its artist (tools/train_cnn.py --fold-models)

A manifest of music is a CSV file with the columns path (relative to it) and genre, optionally id
and artist; one of what is not music has path and label. Conditions degrade the music whose genre
the model knows; talk takes its voices from the rows labelled speech. Pairs are of 10 s each.

The baseline is musicnn's published recipe, trained on what --baseline-train names, without the
artists that are measured, or by folds on what is measured. An interrupted run goes on from its
cache when the same command is given again.
"""


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line; exits with 2 if it makes no sense."""
    parser = _parser()
    args = parser.parse_args(argv)
    n_most = 1 if args.limit is None else args.limit
    if min(args.seed, args.changes) < 0 or min(args.jobs, n_most) < 1:
        parser.error("--seed and --changes must be 0 or more, --jobs and --limit 1 or more")
    try:
        check_scheduler(args.scheduler)
    except UsageError as error:
        parser.error(str(error))
    return args


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="evaluate",
        description="Measure a model on labelled music, as a user would hear it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument("--model", metavar="NAME|PATH", help="bundled model, or an ONNX file")
    subject.add_argument("--folds", type=Path, metavar="DIR", help="fold-*.onnx and folds.csv")
    many: dict[str, Any] = {"type": Path, "action": "append", "metavar": "CSV"}
    add("--manifest", **many, required=True, help="music; may be repeated")
    add("--notmusic", **many, default=[], help="speech, effects, noise; may be repeated")
    add("--baseline-train", **many, default=[], help="music for the baseline; may be repeated")
    names = f"{', '.join(CONDITIONS)}, {TALK}"
    add("--conditions", default="none", metavar="all|none|NAME,NAME", help=names)
    add("--changes", type=int, default=0, metavar="N", help="most pairs, one after another (0)")
    add("--seed", type=int, default=0, metavar="N", help="of degradations and draws (0)")
    add("--limit", type=int, metavar="N", help="most clips of all manifests, drawn at random")
    add("--jobs", type=int, default=1, metavar="N", help="processes; the answers are the same (1)")
    add("--scheduler", metavar="local|tcp://HOST:PORT", help="Dask cluster that hears instead")
    add("--cache", type=Path, default=CACHE / "evaluated", metavar="DIR", help="what was heard")
    add("--wheel", type=Path, help="musicnn's, for the baseline; by default downloaded")
    add("--name", help="of the model, in page and card; by default as its own card has it")
    add("--json", type=Path, required=True, metavar="JSON", help="file to write")
    add("--report", type=Path, metavar="HTML", help="page to write, for people")
    add("--card", type=Path, metavar="MD", help="page whose measured section to write")
    return parser


def require_writable(paths: Iterable[Path | None]) -> None:
    """See that files can be written, before hours are spent on what is to stand in them.

    Raises
    ------
    OutputError
        If one cannot.
    """
    for path in filter(None, paths):
        existed = path.exists()
        try:
            path.open("a").close()
        except OSError as error:
            raise OutputError(f"{path}: {error.strerror}; choose another place for it") from error
        if not existed:
            path.unlink()


def require_folder(path: Path) -> None:
    """Make a folder, if need be.

    Raises
    ------
    OutputError
        If that cannot be.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"--cache {path}: {error.strerror}; choose another place") from error


def describe_run(args: argparse.Namespace) -> Json:
    """Say what was asked for, without the places where this machine has it."""
    return {
        "manifests": [_folder(path) for path in args.manifest],
        "seed": args.seed,
        "command": _command(args),
    }


def _command(args: argparse.Namespace) -> str:
    words = ["python", "tools/evaluate.py"]
    words += ["--model", _name(args.model)] if args.folds is None else ["--folds", args.folds.name]
    for option, paths in (
        ("--manifest", args.manifest),
        ("--notmusic", args.notmusic),
        ("--baseline-train", args.baseline_train),
    ):
        words += [word for path in paths for word in (option, f"$DATA/{_folder(path)}/{path.name}")]
    words += ["--conditions", args.conditions] if args.conditions != "none" else []
    words += ["--changes", str(args.changes)] if args.changes else []
    words += ["--seed", str(args.seed)] if args.seed else []
    words += ["--limit", str(args.limit)] if args.limit else []
    words += ["--json", args.json.name]
    return " ".join(word if word.startswith("$DATA/") else shlex.quote(word) for word in words)


def _folder(path: Path) -> str:
    return path.absolute().parent.name


def _name(model: str) -> str:
    return Path(model).name if "/" in model else model
