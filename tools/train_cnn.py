"""Train the heads of the convolutional model, judge them by artist, and write the model.

Reads the command line, prints and exits; how it is done is in ``tools.musicnn``.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from livegenre.errors import LivegenreError
from livegenre.training.console import answers, messages, progress, report_corrections
from livegenre.training.validation import Plan
from tools.build_backbone import CACHE
from tools.musicnn.judging import HeldOut, clips_right, judge
from tools.musicnn.material import Material
from tools.musicnn.report import report
from tools.musicnn.trainer import Trainer

EXAMPLES = """\
example:
  python tools/train_cnn.py --manifest gtzan/manifest.csv --manifest elsewhere/manifest.csv \\
      --not-music notmusic/manifest.csv --out models/cnn.onnx

The genres are those of the first manifest; recordings of others are music all the same. A manifest
of what is not music has the columns path, label and source.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or wheel refused, 130 interrupted."""
    args = _parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"train_cnn: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        messages.print("interrupted; what was embedded is kept, the same command goes on")
        return 130
    return 0


def run(args: argparse.Namespace) -> None:
    """Embed, judge, train, write."""
    trainer = Trainer.load(args)
    plan = Plan(args.folds, args.repeats, args.seed)
    held_out = judge_all(trainer, trainer.with_corrections, plan)
    trained = trainer.train(np.ones(len(trainer.material.tracks), np.bool_), held_out, plan)
    trainer.write(trained, args.out)
    report(trainer, held_out, trained)
    if args.add_corrections is not None:
        before = judge_all(trainer, trainer.material, plan)
        report_corrections(
            len(trainer.with_corrections.clip) - len(trainer.material.clip),
            clips_right(trainer.material, before, plan),
            clips_right(trainer.material, held_out, plan),
        )
    answers.print(f"wrote {args.out} ({args.out.stat().st_size:,} bytes)", markup=False)
    if args.fold_models:
        write_folds(trainer, held_out, plan, args.fold_models)


def judge_all(trainer: Trainer, lesson: Material, plan: Plan) -> HeldOut:
    """Judge heads that learn from all that may teach them, with corrections or without."""
    with progress("judging", plan.n_folds * plan.n_repeats) as advance:
        return judge(trainer.material, trainer.moved, plan, advance, with_corrections=lesson)


def write_folds(trainer: Trainer, held_out: HeldOut, plan: Plan, folder: Path) -> None:
    """Write a model for each fold of the first repeat, and which clips it has not heard."""
    folder.mkdir(parents=True, exist_ok=True)
    fold = held_out.fold[0]
    for number in range(plan.n_folds):
        trainer.write(trainer.train(fold != number, held_out, plan), folder / f"fold-{number}.onnx")
    with (folder / "folds.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("fold", "set", "id", "artist"))
        for track, number in zip(trainer.material.tracks, fold, strict=True):
            name, _, identity = track.id.partition("/")
            table.writerow((number, name, identity, track.artist.partition("/")[2]))
    answers.print(
        f"wrote {plan.n_folds} models, each of the other folds, and folds.csv to {folder}"
    )


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="train_cnn",
        description="Train, judge and write the convolutional model.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--manifest", type=Path, action="append", required=True, metavar="CSV", help="music")
    add("--not-music", type=Path, required=True, metavar="CSV", help="speech, effects, noise")
    add(
        "--add-corrections",
        type=Path,
        metavar="FILE",
        help="train on what was corrected while listening to cnn or tags, too; never judge by it, "
        "and print the share of clips right before and after",
    )
    add("--out", type=Path, required=True, metavar="ONNX", help="file to write")
    add("--fold-models", type=Path, metavar="DIR", help="write the models of the first folds too")
    add("--wheel", type=Path, help="musicnn's; by default downloaded")
    add("--distilled", type=Path, metavar="NPZ", help="layers of distil_backbone.py")
    add("--cache", type=Path, default=CACHE / "embedded", metavar="DIR")
    add("--lost-music", type=float, default=0.015, metavar="SHARE", help="of music (%(default)s)")
    add("--precision", type=float, default=0.9, metavar="SHARE", help="of names (%(default)s)")
    add("--folds", type=int, default=5, metavar="N")
    add("--repeats", type=int, default=3, metavar="N")
    add("--seed", type=int, default=0, metavar="N")
    add("--version", default="1", help="in the card")
    add("--licence", default="not stated", help="in the card")
    add("--description", default="music", help="of the data, in the card")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
