"""The ratios that are kept, and what has become worse since.

A ratio with the clock tells of the machine, too: it is compared in units of a yardstick, a fixed
piece of work that is timed in each run.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from livegenre.errors import LivegenreError
from tools.benchmark.measuring import Row, Watch

KEPT = Path(__file__).parent / "ratios.json"
TOLERANCE = 0.25
"""Share of a ratio that may be lost."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """What a run came to."""

    yardstick_ms: float
    ratios: dict[str, float]

    @classmethod
    def of(cls, rows: Sequence[Row], yardstick_ms: float) -> "Ratios":
        """Return the ratios of a run."""
        return cls(yardstick_ms, {row.name: round(row.ratio, 4) for row in rows})

    @classmethod
    def read(cls, path: Path) -> "Ratios":
        """Read what was kept.

        Raises
        ------
        LivegenreError
            If there is nothing, or something else.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return cls(float(values["yardstick_ms"]), dict(values["ratios"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LivegenreError(f"{path}: no ratios of another run; give --update") from error

    def write(self, path: Path) -> None:
        """Keep these ratios, and of what was not measured now those that were kept before."""
        before = Ratios.read(path).ratios if path.exists() else {}
        values = {
            "yardstick_ms": round(self.yardstick_ms, 3),
            "ratios": {**before, **self.ratios},
        }
        path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def yardstick_ms(n_rounds: int = 9) -> float:
    """Return ms of CPU that a fixed mixture of Python, transforms and products takes."""
    random = np.random.default_rng(0)
    frames, matrix = random.normal(size=(64, 2048)), random.normal(size=(256, 256))

    def work() -> float:
        watch = Watch()
        np.fft.rfft(frames)
        for _ in range(4):
            matrix @ matrix
        sum(number * number for number in range(20_000))
        return watch.cost(1).amount

    return median(work() for _ in range(n_rounds))


def worse(rows: Sequence[Row], kept: Ratios, now_ms: float) -> Iterator[str]:
    """Yield a line for each row whose ratio has become worse by more than is tolerated."""
    for row in rows:
        if row.name not in kept.ratios:
            yield f"{row.name}: no ratio is kept; give --update"
            continue
        wanted = kept.ratios[row.name]
        if row.by_clock:
            wanted *= kept.yardstick_ms / now_ms
        if row.ratio < wanted * (1.0 - TOLERANCE):
            change = 100.0 * (1.0 - row.ratio / wanted)
            yield f"{row.name}: {row.ratio:.3g} in place of {wanted:.3g}, {change:.0f} % worse"
