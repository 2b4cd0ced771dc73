"""How is measured: two sides of a pair in turn, so that a busy machine slows both; medians."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

from livegenre.errors import LivegenreError
from tools.benchmark.material import Material


class Missing(LivegenreError):
    """What a measurement needs is not there; says what, and how to get it."""


class Unequal(LivegenreError):
    """Subject and peer do not give the same answers, so that they cannot be compared."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a unit of work took: a step, a second of sound, a run."""

    amount: float
    """What is compared, in the measurement's unit: of most, ms of CPU on all threads."""
    wall_ms: float
    """Time that went by."""


Side: TypeAlias = Callable[[], Cost]
"""Does a round of work and returns what a unit of it took."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ways to do the same work, each called once a round."""

    subject: Side
    peer: Side


Preparation: TypeAlias = Callable[[Material], Pair]
"""Makes all ready that is not to be measured; raises ``Missing`` where it cannot."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the table before it is measured."""

    name: str
    peer: str
    """What the peer is, in words."""
    prepare: Preparation
    unit: str = "ms"
    """Of the amounts."""
    most_rounds: int = 1_000
    """For what takes long, and by its length is steady."""
    warm: bool = True
    """Whether there is a round before those that count: caches and lazy imports."""
    by_clock: bool = False
    """Whether the peer is a time of the clock's, so that the ratio tells of the machine too."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: medians over the rounds."""

    name: str
    subject_ms: float
    """In milliseconds of CPU, unless ``unit`` says otherwise."""
    peer_ms: float
    ratio: float
    """Peer over subject: how many times cheaper the subject is."""
    spread: tuple[float, float]
    """Least and greatest ratio of a round."""
    subject_wall_ms: float
    peer_wall_ms: float
    n_rounds: int
    unit: str
    peer: str
    by_clock: bool


def measure(measurement: Measurement, material: Material, n_rounds: int) -> Row:
    """Alternate the two sides of a measurement.

    Raises
    ------
    Missing
        If it cannot be had here.
    """
    pair = measurement.prepare(material)
    if measurement.warm:
        pair.subject(), pair.peer()
    n_rounds = min(n_rounds, measurement.most_rounds)
    rounds = [(pair.subject(), pair.peer()) for _ in range(n_rounds)]
    ratios = [theirs.amount / ours.amount for ours, theirs in rounds]
    return Row(
        name=measurement.name,
        subject_ms=median(ours.amount for ours, _ in rounds),
        peer_ms=median(theirs.amount for _, theirs in rounds),
        ratio=median(ratios),
        spread=(min(ratios), max(ratios)),
        subject_wall_ms=median(ours.wall_ms for ours, _ in rounds),
        peer_wall_ms=median(theirs.wall_ms for _, theirs in rounds),
        n_rounds=n_rounds,
        unit=measurement.unit,
        peer=measurement.peer,
        by_clock=measurement.by_clock,
    )


class Watch:
    """Notes the time of both clocks when it is made, and tells what has gone by since."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def cost(self, n_units: float) -> Cost:
        """Return ms of CPU and of wall for each of this many units of work."""
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        return Cost(1000.0 * cpu / n_units, 1000.0 * wall / n_units)


def the_clock(ms: float) -> Side:
    """Return the peer that is time itself."""
    return lambda: Cost(ms, ms)
