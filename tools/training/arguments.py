"""The command line of ``export_onnx``: its options, its help, and the feature specification."""

import argparse
from pathlib import Path

from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec
from livegenre.training.estimators import ESTIMATORS

EXAMPLES = """\
examples:
  python tools/export_onnx.py --manifest music/manifest.csv --compare
      which estimator is best on artists that it never heard?
  python tools/export_onnx.py --manifest music/manifest.csv --out models/mine.onnx
      train on your own music; then: livegenre listen --model models/mine.onnx
  python tools/export_onnx.py --manifest music/manifest.csv --out models/mine.onnx \
      --add-corrections ~/.local/share/livegenre/corrections.jsonl
      learn from what you corrected too; prints accuracy before and after on the same held-out clips
  python tools/export_onnx.py --table features_30_sec.csv --estimator mlp
      train on a table in the published GTZAN layout alone

A manifest is a CSV file with the columns path (relative to it) and genre. Where known, add artist
(without it, artists leak from training into judgement), split (test: never trained on; the finished
model is judged by it) and id (the same for recordings and table rows of one track).

Corrections are those of models made here; of cnn and tags, tools/train_cnn.py takes them. Those of
sound that is in the manifest too are left out wherever its artist is held out. Where you played a
recording of the manifest through the air that cannot be told, and accuracy is overstated.
"""
SAMPLE_RATE, N_FFT, HOP_LENGTH, N_MELS = 22_050, 2048, 512, 128


def parse(argv: list[str] | None) -> tuple[argparse.Namespace, FeatureSpec]:
    """Read the command line; exit with status 2 and one line where it makes no sense."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.manifest is None and args.table is None:
        parser.error("nothing to train on: give --manifest, --table or both")
    if not args.compare and args.out is None:
        parser.error("nowhere to write: give --out MODEL.onnx, or --compare")
    if args.out is not None and not args.out.parent.is_dir():
        parser.error(f"--out {args.out}: there is no folder {args.out.parent}")
    try:
        spec = _feature_spec(args.window, args.step, args.min_window)
    except (ValueError, OverflowError) as error:
        parser.error(f"--window, --step, --min-window: {error}")
    return args, spec


def _feature_spec(window: float, step: float, min_window: float) -> FeatureSpec:
    """Turn seconds into frames of the classic features, which the extractor then accepts or not."""
    frames_a_second = SAMPLE_RATE / HOP_LENGTH
    spec = FeatureSpec(
        extractor="statistics",
        sample_rate=SAMPLE_RATE,
        n_fft=N_FFT,
        hop_length=HOP_LENGTH,
        n_mels=N_MELS,
        window_frames=1 + round(window * frames_a_second),
        min_frames=1 + round(min_window * frames_a_second),
        step_frames=round(step * frames_a_second),
    )
    create_extractor(spec)
    return spec


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="export_onnx",
        description="Train a genre classifier and export it as one ONNX file with its card.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data = parser.add_argument_group("data: one or both")
    data.add_argument("--manifest", type=Path, metavar="CSV", help="recordings: path, genre, ...")
    data.add_argument("--table", type=Path, metavar="CSV", help="features, as published with GTZAN")
    data.add_argument(
        "--add-corrections",
        type=Path,
        metavar="FILE",
        help="train on what was corrected while listening, too; never judge by it",
    )
    data.add_argument("--cache", type=Path, metavar="DIR", default=Path(".cache/features"))
    data.add_argument("--window", type=float, metavar="S", default=3.0, help="full window (3)")
    data.add_argument("--step", type=float, metavar="S", default=0.5, help="between windows (0.5)")
    data.add_argument("--min-window", type=float, metavar="S", default=1.0, help="first answer (1)")

    model = parser.add_argument_group("model")
    model.add_argument("--estimator", choices=ESTIMATORS, default="logreg")
    model.add_argument("--out", type=Path, metavar="ONNX", help="file to write")
    model.add_argument("--name", help="in the card (the file's name)")
    model.add_argument("--version", default="1", help="in the card (1)")
    model.add_argument("--licence", default="not stated", help="of the weights, in the card")
    model.add_argument("--description", default="", help="of the data, in the card")

    _add_judging(parser.add_argument_group("judging"))
    return parser


def _add_judging(judging: argparse._ArgumentGroup) -> None:
    judging.add_argument("--compare", action="store_true", help="judge all estimators; no export")
    judging.add_argument("--folds", type=_IntegerFrom(2), metavar="N", default=5, help="(5)")
    judging.add_argument("--repeats", type=_IntegerFrom(1), metavar="N", default=3, help="(3)")
    judging.add_argument("--seed", type=_IntegerFrom(0), metavar="N", default=0, help="(0)")
    judging.add_argument(
        "--precision",
        type=_share,
        metavar="SHARE",
        default=0.7,
        help="name a genre where this share of the named are right, else be unsure (0.7)",
    )


class _IntegerFrom:
    """Reads an integer that is not below a lowest one."""

    def __init__(self, lowest: int) -> None:
        self._lowest = lowest

    def __call__(self, text: str) -> int:
        number = int(text) if text.isdecimal() else -1
        if number < self._lowest:
            raise argparse.ArgumentTypeError(f"{text!r} is no integer from {self._lowest} on")
        return number


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0 and up to 1")
    return number
