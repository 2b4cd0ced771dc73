"""Teach the musicnn networks to say of noisy sound, and in rooms, what they say of the clean.

Reads the command line, prints and exits; how it is done is in ``tools.musicnn.distil``.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from livegenre.training.console import answers, messages, progress
from livegenre.training.recordings import read_manifest
from tools.build_backbone import CACHE
from tools.musicnn.distil.front import FrontEnd, VggFrontEnd
from tools.musicnn.distil.items import SHARD, read_sound, shards
from tools.musicnn.distil.student import Schedule, distil
from tools.musicnn.distil.tensors import read_tensors, tensors_of, with_tensors
from tools.musicnn.material import read_not_music
from tools.musicnn.vgg import Vgg, fold_vgg
from tools.musicnn.weights import Backbone, fold
from tools.musicnn.wheel import BACKBONES, Wheel, download

EXAMPLES = """\
example:
  python tools/distil_backbone.py --manifest gtzan/manifest.csv --manifest elsewhere/manifest.csv \\
      --not-music notmusic/manifest.csv --out distilled.npz

No label is used, but that of speech, which babble is made of. Needs PyTorch, and ffmpeg for the
codecs.
"""

VGG = "vgg"


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or wheel refused, 130 interrupted."""
    args = _parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"distil_backbone: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        messages.print("interrupted; what was finished is kept, the same command goes on")
        return 130
    return 0


def run(args: argparse.Namespace) -> None:
    """Make items, distil network after network, write."""
    wheel = Wheel(args.wheel or download(CACHE))
    schedule = Schedule(args.epochs, args.batch, args.rate, args.seed)
    backbones = {name: fold(wheel.tensors(name)) for name in BACKBONES}
    front = FrontEnd(backbones)
    items = make_items(front, args)
    tensors: dict[str, FloatArray] = {}
    for name, backbone in backbones.items():
        own = items[:, :, front.slices[name]]
        tensors |= distilled(name, backbone, own, schedule, args.cache)
    vgg = fold_vgg(wheel.tensors(VGG))
    items = make_items(VggFrontEnd(vgg), args)
    tensors |= distilled(VGG, vgg, items, schedule, args.cache)
    np.savez(args.out, allow_pickle=False, **tensors)
    answers.print(f"wrote {args.out} ({args.out.stat().st_size:,} bytes)", markup=False)


def make_items(front: FrontEnd | VggFrontEnd, args: argparse.Namespace) -> NDArray[np.float16]:
    """Return windows, clean and degraded, as the front end gives them."""
    music = [recording for path in args.manifest for recording in read_manifest(path)]
    sound = read_sound(music, read_not_music(args.not_music))
    n_shards = -(-args.items // SHARD)
    made = []
    with progress("degrading", n_shards) as advance:
        for shard in shards(sound, front, args.cache, n_shards, args.seed):
            made.append(shard)
            advance()
    return np.concatenate(made)


def distilled(
    name: str,
    teacher: Backbone | Vgg,
    items: NDArray[np.float16],
    schedule: Schedule,
    cache: Path,
) -> Mapping[str, FloatArray]:
    """Return the tensors of a network's student, which is trained unless it is in the cache."""
    digest = hashlib.sha256(repr(schedule).encode() + items.tobytes()).hexdigest()[:32]
    kept = cache / f"{name}-{digest}.npz"
    if kept.exists():
        return tensors_of(name, with_tensors(name, teacher, read_tensors(kept)))
    with progress(f"distilling {name}", schedule.steps(len(items))) as advance:
        student = distil(teacher, items, schedule, advance)
    unfinished = kept.with_suffix(".unfinished.npz")
    np.savez(unfinished, allow_pickle=False, **tensors_of(name, student))
    unfinished.replace(kept)
    return tensors_of(name, student)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="distil_backbone",
        description="Teach the musicnn networks to mind noise and rooms less.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--manifest", type=Path, action="append", required=True, metavar="CSV", help="music")
    add("--not-music", type=Path, required=True, metavar="CSV", help="speech, effects, noise")
    add("--out", type=Path, required=True, metavar="NPZ", help="file to write")
    add("--wheel", type=Path, help="musicnn's; by default downloaded")
    add("--cache", type=Path, default=CACHE / "distilled", metavar="DIR")
    add("--items", type=int, default=3_000, metavar="N", help="windows (%(default)s)")
    add("--epochs", type=float, default=16, metavar="N", help="(%(default)s)")
    add("--batch", type=int, default=32, metavar="N", help="windows a step (%(default)s)")
    add("--rate", type=float, default=5e-4, metavar="X", help="of learning (%(default)s)")
    add("--seed", type=int, default=0, metavar="N")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
