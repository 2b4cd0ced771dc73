"""Take pictures of the live screen: a real run on the demo, faster than real time.

Each size is a file SCREEN-WxH.svg, and .png for what shows no SVG.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import resvg_py

from livegenre.arguments import parse
from livegenre.arrays import FloatArray
from livegenre.assembly import DecisionOptions, load_ears
from livegenre.errors import LivegenreError
from livegenre.screen import Meter, SourceStatus
from livegenre.screen.frame import Frame, draw
from livegenre.screen.look import Look
from livegenre.screen.scene import Scene
from livegenre.screen.variant import Variant
from livegenre.sources import ReplayOptions, open_source
from livegenre.stage import fare, make_facts
from livegenre.stream import classify_stream
from livegenre.tap import Tap
from tools.svg import Theme, to_svg

FRAME_SECONDS = 0.1
LIGHT = Theme(text="#1e222b", ground="#ffffff")
ZOOM = 2.0
Size = tuple[int, int]


@dataclass(slots=True)
class Camera:
    """Watches a run at one size, as the live screen would."""

    size: Size
    scene: Scene
    meter: Meter
    frame: Frame | None = None

    def watch(self, block: FloatArray, seconds: float) -> None:
        """Take some sound, and the frame that then stands."""
        self.meter.push(block)
        self.frame = draw(self.scene.view(Look(), self.size, seconds), *self.size)


def take(
    sizes: Sequence[Size], *, file: str, seconds: float, model: str, variant: Variant
) -> list[Frame]:
    """Return what the screen shows at each size after so much sound."""
    arguments = parse(["replay", file, "--model", model])
    source = open_source(ReplayOptions(spec=file, speed=float("inf")))
    tap = Tap(source, limit_seconds=seconds)
    with tap:
        ears = load_ears(DecisionOptions.from_flags(arguments), model)
        facts = make_facts(arguments, tap, source, ears)

        def status() -> SourceStatus:
            return replace(fare(tap, source), speed=1.0)

        cameras = []
        for size in sizes:
            meter = Meter(tap.sample_rate)
            cameras.append(Camera(size, Scene(facts, meter, status, variant), meter))

        def watch(block: FloatArray) -> None:
            for camera in cameras:
                camera.watch(block, tap.seconds)

        tap.listen(watch)
        decisions = classify_stream(
            tap,
            ears.extractor,
            ears.classifier,
            ears.decider,
            block_seconds=FRAME_SECONDS,
        )
        for decision in decisions:
            for camera in cameras:
                camera.scene.add(decision)
    return [camera.frame for camera in cameras if camera.frame is not None]


def main(argv: Sequence[str] | None = None) -> int:
    """Take the pictures; return the exit status."""
    arguments = _parse(argv)
    variant = Variant(light=arguments.theme == "light")
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        frames = take(
            arguments.size,
            file=arguments.file,
            seconds=arguments.at,
            model=arguments.model,
            variant=variant,
        )
    except LivegenreError as error:
        print(f"screenshot: {error}", file=sys.stderr)
        return 1
    for (width, height), frame in zip(arguments.size, frames, strict=True):
        picture = to_svg(frame.rows, LIGHT if variant.light else Theme())
        path = arguments.out / f"screen-{width}x{height}.svg"
        path.write_text(picture, encoding="utf-8")
        path.with_suffix(".png").write_bytes(resvg_py.svg_to_bytes(picture, zoom=ZOOM))
        print(path, path.with_suffix(".png"))
    return 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, default=Path("pictures"), help="folder (default: pictures)")
    add("--size", type=_size, nargs="+", default=[(120, 40), (80, 24)], metavar="WxH")
    add("--at", type=float, default=46.3, metavar="SECONDS", help="of the sound (default 46.3)")
    add("--file", default="demo", help="what is heard (default: the demo)")
    add("--model", default="cnn", help="model (default: cnn)")
    add("--theme", choices=("dark", "light"), default="dark", help="ground of the terminal")
    return parser.parse_args(argv)


def _size(text: str) -> Size:
    found = re.fullmatch(r"([1-9]\d{0,2})x([1-9]\d{0,2})", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 120x40")
    return int(found[1]), int(found[2])


if __name__ == "__main__":
    sys.exit(main())
