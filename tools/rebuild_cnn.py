"""Put the heads of a convolutional model on its networks as they are built now.

For when the graph changes and what was trained does not. Reads the command line, prints and exits.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from livegenre.classifier import Classifier
from livegenre.errors import LivegenreError
from livegenre.features import create_extractor
from livegenre.training.console import answers, messages
from livegenre.training.installation import install
from tools.benchmark.material import Material
from tools.build_backbone import CACHE, build_backbones
from tools.musicnn.embedder import Embedder
from tools.musicnn.model import build_cnn, heads_of
from tools.musicnn.spec import SPEC
from tools.musicnn.trainer import golden
from tools.musicnn.wheel import Wheel, download

EXAMPLES = """\
example:
  python tools/rebuild_cnn.py models/cnn.onnx --distilled distilled.npz --out models/cnn.onnx

Layers of distil_backbone.py must be those that the model was trained on.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 model or wheel refused."""
    args = _parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"rebuild_cnn: {error}", style="red", markup=False)
        return 1
    return 0


def run(args: argparse.Namespace) -> None:
    """Build, prove, write, and tell how far the answers moved."""
    before = Classifier.load(args.cnn)
    heads = heads_of(onnx.load(args.cnn))
    wheel = Wheel(args.wheel or download(CACHE))
    backbones = build_backbones(wheel, distilled=args.distilled, thinned=True)
    card = replace(before.card, features=SPEC, golden=golden(Embedder(backbones), heads, 1.0))
    install(build_cnn(backbones, heads, 1.0, card), args.out)
    moved = differences(before, Classifier.load(args.out))
    answers.print(f"wrote {args.out} ({args.out.stat().st_size:,} bytes)", markup=False)
    answers.print(
        f"posteriors of {len(moved)} windows of the demo differ by {np.median(moved):.4f} "
        f"(median), {moved.max():.4f} (most)"
    )


def differences(
    before: Classifier, after: Classifier
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return the largest difference of a posterior in each full window of the demo."""
    spec = after.card.features
    windows = create_extractor(spec).push(Material().samples(spec.sample_rate))
    full = [window.features[None] for window in windows if window.n_frames == spec.window_frames]
    return np.array(
        [np.abs(before.judge(w).posterior - after.judge(w).posterior).max() for w in full]
    )


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="rebuild_cnn",
        description="Put the heads of a convolutional model on its networks as they are built now.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("cnn", type=Path, metavar="ONNX", help="whose heads and card are taken")
    add("--out", type=Path, required=True, metavar="ONNX", help="file to write")
    add("--wheel", type=Path, help="musicnn's; by default downloaded")
    add("--distilled", type=Path, metavar="NPZ", help="layers of distil_backbone.py")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
