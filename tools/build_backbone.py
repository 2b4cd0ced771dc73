"""Turn the published musicnn networks into ONNX, without TensorFlow.

Reads the command line, prints and exits; how it is done is in ``tools.musicnn``.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import onnx
from rich.console import Console

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from tools.musicnn.distil.tensors import read_tensors, with_tensors
from tools.musicnn.graph import build_model
from tools.musicnn.thin import thin
from tools.musicnn.vgg import Vgg, fold_vgg
from tools.musicnn.weights import Backbone, fold
from tools.musicnn.wheel import BACKBONES, NETWORKS, VERSION, Wheel, download

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache"
DEMO = ROOT / "livegenre" / "demo" / "demo.ogg"
EXAMPLES = """\
examples:
  python tools/build_backbone.py backbone.onnx
      all networks in one graph
  python tools/build_backbone.py --only msd msd.onnx
      the one that the Last.fm tags come from
  python tools/build_backbone.py --golden tests/golden/backbone.npz
      what TensorFlow, which must be installed, makes of the published graphs
"""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 wheel or checkpoint refused."""
    args = _parse(argv)
    try:
        wheel = Wheel(args.wheel or download(CACHE))
        if args.golden:
            from tools.musicnn.golden import write_golden

            write_golden(wheel, DEMO, args.golden)
        if args.out:
            names = [args.only] if args.only else list(NETWORKS)
            onnx.save(build_backbones(wheel, names, args.distilled), args.out)
    except (LivegenreError, OSError) as error:
        console.print(f"build_backbone: {error}", style="red", markup=False)
        return 1
    return 0


def build_backbones(
    wheel: Wheel,
    names: Sequence[str] = tuple(NETWORKS),
    distilled: Path | None = None,
    *,
    thinned: bool = False,
    direct: bool = False,
) -> onnx.ModelProto:
    """Return networks as one graph, with the notice, the source and the tags in its metadata.

    Parameters
    ----------
    wheel : Wheel
    names : sequence of str
    distilled : Path, optional
        Layers that take the place of the published ones; see ``distil_backbone.py``.
    thinned : bool
        Whether to leave out what is hardly heard; see ``thin``.
    direct : bool
        See ``build_model``.

    Raises
    ------
    CheckpointError
        If a checkpoint does not hold the tensors expected.
    """
    exchanged = read_tensors(distilled) if distilled else None
    networks = {name: _network(wheel, name, exchanged) for name in names}
    if thinned:
        networks = {
            name: thin(network) if isinstance(network, Backbone) else network
            for name, network in networks.items()
        }
    model = build_model(networks, direct=direct)
    tags = {f"{name}_tags": json.dumps(wheel.tags(name)) for name in names}
    about = {"licence": wheel.licence(), "source": f"musicnn {VERSION} by Jordi Pons"}
    onnx.helper.set_model_props(model, about | tags)
    return model


def _network(wheel: Wheel, name: str, exchanged: Mapping[str, FloatArray] | None) -> Backbone | Vgg:
    network = wheel_network(wheel, name)
    return network if exchanged is None else with_tensors(name, network, exchanged)


def wheel_network(wheel: Wheel, name: str) -> Backbone | Vgg:
    """Return a network as it was published."""
    tensors = wheel.tensors(name)
    return fold(tensors) if name in BACKBONES else fold_vgg(tensors)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Turn the published musicnn networks into ONNX, without TensorFlow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", nargs="?", type=Path, metavar="OUT.onnx", help="graph to write")
    parser.add_argument("--only", choices=NETWORKS, help="one network; by default, all")
    parser.add_argument(
        "--distilled", type=Path, metavar="NPZ", help="layers of distil_backbone.py"
    )
    parser.add_argument(
        "--wheel", type=Path, help=f"musicnn {VERSION}; by default, downloaded into {CACHE.name}/"
    )
    parser.add_argument(
        "--golden", type=Path, metavar="OUT.npz", help="write what TensorFlow computes"
    )
    args = parser.parse_args(argv)
    if not (args.out or args.golden):
        parser.error("nothing to write; name OUT.onnx or --golden OUT.npz")
    return args


if __name__ == "__main__":
    sys.exit(main())
