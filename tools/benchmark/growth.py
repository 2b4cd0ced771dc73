"""How the cost grows: with shorter steps, longer windows, and streams side by side."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace

from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, RuntimeException

from livegenre.decision import Decision
from tools.benchmark.convolutional import N_WINDOWS, whole_windows
from tools.benchmark.live import Ears, full_windows
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Missing, Pair, Side, Watch

N_TURNS = 3
"""Steps of each stream in a round."""


def another_step(step_seconds: float) -> Callable[[Material], Pair]:
    """Compare a step of another length with one of half a second."""

    def prepare(material: Material) -> Pair:
        subject = Ears.load(material, step_seconds=step_seconds)
        return Pair(subject.steps(material), Ears.load(material).steps(material))

    return prepare


def another_window(seconds: float) -> Callable[[Material], Pair]:
    """Compare a step of a longer window with one of the model's own."""

    def prepare(material: Material) -> Pair:
        usual = Ears.load(material)
        longer = replace(usual, spec=full_windows(usual.spec, window_seconds=seconds))
        try:
            subject = longer.steps(material, N_WINDOWS)
            subject()
        except (Fail, InvalidArgument, RuntimeException) as error:
            raise Missing(f"{material.model} takes no window of {seconds:g} s") from error
        return Pair(subject, usual.steps(material, N_WINDOWS))

    return prepare


def streams(n_streams: int) -> Callable[[Material], Pair]:
    """Compare a step of one of many streams, which share a model, with one of a stream alone."""

    def prepare(material: Material) -> Pair:
        ears = Ears.load(material)
        return Pair(_side_by_side(ears, material, n_streams), _side_by_side(ears, material, 1))

    return prepare


def _side_by_side(ears: Ears, material: Material, n_streams: int) -> Side:
    samples = ears.music(material, N_TURNS)

    def side() -> Cost:
        listeners = [ears.listen(samples) for _ in range(n_streams)]
        _turn(listeners)  # fills the windows
        watch = Watch()
        for _ in range(N_TURNS):
            _turn(listeners)
        return watch.cost(N_TURNS * n_streams)

    return side


def _turn(listeners: list[Iterator[Decision]]) -> None:
    for listener in listeners:
        next(listener)


def allocations(material: Material) -> Pair:
    """Compare what Python allocates at most in a step with the same of a whole window, in kB."""
    ears = Ears.load(material)
    samples = ears.music(material)
    judge = whole_windows(ears, samples)

    def step() -> Cost:
        listener = ears.listen(samples)
        next(listener)
        return Cost(_most_allocated(lambda: next(listener)), 0.0)

    return Pair(step, lambda: Cost(_most_allocated(judge), 0.0))


def _most_allocated(work: Callable[[], object]) -> float:
    """Return by how many kB memory grew at most meanwhile."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (peak - before) / 1024
