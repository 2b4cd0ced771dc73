"""Measure what a frame of the live screen costs, against Rich's own ways to bring it up.

One session, the demo's sound with made-up decisions, is shown by each side in turn, at ten
frames a second of its time and as fast as the computer goes. Process CPU time is counted, from
the snapshot to the bytes written, making sound and decisions left out; the first frames too.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from livegenre.screen.frame import draw
from livegenre.screen.look import Look
from livegenre.screen.scene import Scene
from tools.benchmark.material import DEMO
from tools.benchmark.screen_session import FRAMES_PER_SECOND, session
from tools.benchmark.screen_sides import SIDES, Show

N_FIRST = 5
"""Frames that fill caches and paint everything; they are told apart."""
SIZES = ((120, 40), (80, 24))
Costs = NDArray[np.float64]
"""Of each frame: drawing and painting in ms of CPU, and bytes [shape=(n, 3)]."""


@dataclass(frozen=True, slots=True)
class Row:
    """What frames of one size cost one way."""

    name: str
    size: str
    median_ms: float
    p95_ms: float
    mean_ms: float
    painting_ms: float
    """Of the mean, what it takes to bring up a frame that has been drawn."""
    core: float
    """Share of a core at ten frames a second, in percent."""
    kib_per_second: float
    ratio: float
    """How many times as much CPU as the painter takes, mean over mean."""


def cost(show: Show, scenes: Iterator[Scene], size: tuple[int, int]) -> Costs:
    """Return CPU milliseconds for drawing and for bringing up each frame, and its bytes."""
    costs = []
    for number, scene in enumerate(scenes):
        began = time.process_time_ns()
        frame = draw(scene.view(Look(), size, number / FRAMES_PER_SECOND), *size)
        drawn = time.process_time_ns()
        n_bytes = show(frame)
        ended = time.process_time_ns()
        costs.append(((drawn - began) / 1e6, (ended - drawn) / 1e6, n_bytes))
    return np.array(costs[N_FIRST:])


def measure(path: Path, n_frames: int, n_rounds: int) -> Iterator[Row]:
    """Yield what each side costs at each size, rounds of all sides in turn."""
    samples, sample_rate = sf.read(path, dtype="float32", always_2d=True)
    for size in SIZES:
        found: dict[str, list[Costs]] = {name: [] for name in SIDES}
        for number in range(n_rounds):
            first = number % len(SIDES)  # each side finds the caches as another one left them
            for name, side in [*SIDES.items()][first:] + [*SIDES.items()][:first]:
                scenes = session(samples.mean(axis=1), sample_rate, n_frames)
                found[name].append(cost(side(size), scenes, size))
        costs = {name: np.concatenate(rounds) for name, rounds in found.items()}
        for name in costs:
            yield _row(name, size, costs[name], costs["painter"])


def _row(name: str, size: tuple[int, int], costs: Costs, painter_costs: Costs) -> Row:
    drawing, painting, n_bytes = costs.T
    ms = drawing + painting
    return Row(
        name=name,
        size="{}x{}".format(*size),
        median_ms=float(np.median(ms)),
        p95_ms=float(np.percentile(ms, 95)),
        mean_ms=float(np.mean(ms)),
        painting_ms=float(np.mean(painting)),
        core=float(np.mean(ms)) * FRAMES_PER_SECOND / 10,
        kib_per_second=float(np.mean(n_bytes)) * FRAMES_PER_SECOND / 1024,
        ratio=float(np.mean(ms) / np.mean(painter_costs[:, :2].sum(axis=1))),
    )


def table(rows: list[Row]) -> Table:
    """Return the rows as a table for people."""
    heads = ("median ms", "p95", "mean", "painting", "% of core", "KiB/s", "ratio")
    result = Table("", "size", *heads)
    for row in rows:
        name, size, *figures = asdict(row).values()
        result.add_row(name, size, *(f"{figure:.3g}" for figure in figures))
    return result


def main() -> int:
    """Measure, print a table, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=DEMO, help="music, the demo by default")
    parser.add_argument("--frames", type=int, default=600, help="frames a round")
    parser.add_argument("--rounds", type=int, default=4, help="rounds of all sides")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    arguments = parser.parse_args()
    if not arguments.audio.is_file():
        parser.error(f"{arguments.audio} is no file; name some music with --audio")
    rows = list(measure(arguments.audio, arguments.frames, arguments.rounds))
    Console().print(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
