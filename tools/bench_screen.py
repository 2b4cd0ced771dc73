"""Measure what a frame of the live screen costs, against Rich's own ways to bring it up.

One session, the demo's sound with made-up decisions, is shown by each side in turn, at ten
frames a second of its time and as fast as the computer goes. Process CPU time is counted, from
the snapshot to the bytes written, making sound and decisions left out; the first frames too.
"""

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, cast

import numpy as np
import soundfile as sf
from numpy.typing import NDArray
from rich.console import Console
from rich.live import Live
from rich.segment import Segment
from rich.table import Table

import livegenre
from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen import Facts, Meter, SourceStatus
from livegenre.screen.frame import Frame, draw
from livegenre.screen.look import Look
from livegenre.screen.painter import Painter
from livegenre.screen.scene import Scene
from livegenre.screen.variant import Variant

DEMO = Path(livegenre.__file__).parent / "demo" / "demo.ogg"
FRAMES_PER_SECOND = 10
FRAMES_PER_STEP = 5
N_FIRST = 5
"""Frames that fill caches and paint everything; they are told apart."""
GENRES = ("blues", "classical", "country", "disco", "hiphop")
LABELS = (*GENRES, "jazz", "metal", "pop", "reggae", "rock")
FACTS = Facts(
    model="cnn",
    labels=LABELS,
    multi_label=False,
    thresholds=dict.fromkeys(LABELS, 0.6),
    silence_dbfs=-60.0,
    accuracy="81.8 % [77.7-85.2] of 399 clips",
    source="demo.ogg",
    sample_rate=44_100,
    duration_seconds=70.0,
    first_seconds=1.0,
    window_seconds=3.0,
    step_seconds=FRAMES_PER_STEP / FRAMES_PER_SECOND,
    replay=True,
)
SIZES = ((120, 40), (80, 24))
Show = Callable[[Frame], int]
"""Brings up a frame and returns how many bytes that took."""
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


class Nowhere(io.TextIOBase):
    """Counts what is written to it in bytes, and forgets it."""

    def __init__(self) -> None:
        self.n_bytes = 0

    def write(self, text: str) -> int:
        """Take some text as a terminal's stream would."""
        self.n_bytes += len(text.encode())
        return len(text)


def painter(size: tuple[int, int], *, scroll_ops: bool = True) -> Show:
    """Return what paints frames as the live screen does."""
    own = Painter(_console(size, Nowhere()), scroll_ops=scroll_ops)
    nowhere = open(os.devnull, "wb", buffering=0)  # noqa: SIM115 written to for the tool's life

    def show(frame: Frame) -> int:
        return nowhere.write(own.paint(frame))

    return show


def rich_live(size: tuple[int, int]) -> Show:
    """Return what hands frames to ``rich.live``, which draws all of each."""
    nowhere = Nowhere()
    live = Live(console=_console(size, nowhere), screen=True, auto_refresh=False)
    live.start()

    def show(frame: Frame) -> int:
        before = nowhere.n_bytes
        live.update(frame, refresh=True)
        return nowhere.n_bytes - before

    return show


def rich_lines(size: tuple[int, int]) -> Show:
    """Return what has Rich write each row that differs, whole."""
    nowhere = Nowhere()
    console = _console(size, nowhere)
    console.set_alt_screen(True)
    shown: list[list[Segment]] = []

    def show(frame: Frame) -> int:
        before = nowhere.n_bytes
        with console:
            for y, row in enumerate(frame.rows):
                if y >= len(shown) or row != shown[y]:
                    console.update_screen_lines([row], 0, y)
        shown[:] = frame.rows
        return nowhere.n_bytes - before

    return show


def _console(size: tuple[int, int], nowhere: Nowhere) -> Console:
    width, height = size
    return Console(
        file=cast(IO[str], nowhere),
        force_terminal=True,
        color_system="truecolor",
        width=width,
        height=height,
        _environ={},
    )


SIDES: dict[str, Callable[[tuple[int, int]], Show]] = {
    "painter": painter,
    "painter, no scroll ops": partial(painter, scroll_ops=False),
    "Rich, whole rows": rich_lines,
    "Rich Live": rich_live,
}


def session(samples: FloatArray, sample_rate: int, n_frames: int) -> Iterator[Scene]:
    """Yield a session as it stands at each frame."""
    meter = Meter(sample_rate)
    sound = np.resize(samples, n_frames * sample_rate // FRAMES_PER_SECOND)
    blocks = np.array_split(sound, n_frames)
    facts = replace(FACTS, sample_rate=sample_rate)
    heard = 0

    def status() -> SourceStatus:
        return SourceStatus(seconds=heard / FRAMES_PER_SECOND)

    scene = Scene(facts, meter, status, Variant())
    chance = np.random.default_rng(0)
    for heard, block in enumerate(blocks, start=1):
        meter.push(block)
        if heard % FRAMES_PER_STEP == 0:
            scene.add(_decision(heard / FRAMES_PER_SECOND, chance))
        yield scene


def _decision(time_seconds: float, chance: np.random.Generator) -> Decision:
    """Make up an answer: another genre every eight seconds."""
    turn = int(time_seconds // 8)
    label = LABELS[turn * 3 % len(LABELS)]
    shares = chance.dirichlet(np.full(len(LABELS), 0.5)) * 0.3
    posterior = dict(zip(LABELS, shares.tolist(), strict=True))
    posterior[label] += 0.7
    return Decision(
        time=time_seconds,
        state="genre",
        label=label,
        since=8.0 * turn,
        posterior=posterior,
        raw_posterior=posterior,
        early=time_seconds < FACTS.window_seconds,
        level_dbfs=-14.0,
        lost=0,
        not_music=0.0,
        tags={},
        compute_seconds=0.004,
    )


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
