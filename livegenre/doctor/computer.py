"""The computer without its ears: Python, libraries, and what a step of a model costs here."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from statistics import median

import numpy as np

from livegenre.classifier import Classifier, model_path
from livegenre.decision import Decider
from livegenre.doctor.cures import cure
from livegenre.doctor.findings import Finding, failure, judged
from livegenre.errors import ModelError
from livegenre.features import create_extractor
from livegenre.stream import classify_stream
from livegenre.verify import Recording

OLDEST_PYTHON = (3, 11)
SAMPLE_RATE = 48_000
"""Of the noise that a model is timed with, in Hz; most devices have it."""
N_STEPS = 12
SLOW = 0.5
_REQUIREMENT = re.compile(r"([\w-]+)>=([\d.]+)$")


def judge_python() -> Finding:
    """Judge the interpreter's version."""
    return judged(
        "Python",
        sys.version_info < OLDEST_PYTHON,
        value=".".join(map(str, sys.version_info[:3])),
        meaning=f"livegenre needs {'.'.join(map(str, OLDEST_PYTHON))} or newer.",
        cure=cure("python"),
        state="bad",
    )


def judge_libraries() -> Finding:
    """Judge the libraries that livegenre itself says it needs."""
    found, wrong = [], []
    for name, least in _required():
        try:
            has = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        found.append(f"{name} {has}")
        if _numbers(has) < _numbers(least):
            wrong.append(f"{name} is older than {least}")
    return judged(
        "libraries",
        bool(wrong),
        value=len(found),
        unit="found",
        meaning=f"{', '.join(wrong or found)}.",
        cure=cure("libraries"),
        state="bad",
    )


def judge_model(name_or_path: str) -> Iterator[Finding]:
    """Load a model and time its steps, on one thread, from samples to posterior."""
    try:
        classifier = Classifier.load(model_path(name_or_path))
        step_seconds, costs = _time_steps(classifier)
    except (ModelError, ValueError) as error:
        yield failure("model", ModelError(str(error)), cure("model"))
        return
    yield Finding(
        name="model",
        state="ok",
        value=classifier.card.name,
        meaning=f"It loads and answers: {len(classifier.card.labels)} labels.",
    )
    cost = median(costs)
    yield Finding(
        name="step cost",
        state="ok",
        value=round(1000 * cost, 2),
        unit="ms",
        meaning=f"Median of {len(costs)} steps on one thread, with features; one comes every "
        f"{step_seconds:.2f} s.",
    )
    yield _judge_speed(cost / step_seconds)


def _judge_speed(real_time_factor: float) -> Finding:
    return judged(
        "speed",
        real_time_factor > SLOW,
        value=float(f"{real_time_factor:.2g}"),
        unit="of real time",
        meaning="What computing takes of the time that sound takes: below 1 it keeps up.",
        cure=cure("speed"),
        state="bad" if real_time_factor >= 1 else "warning",
    )


def _time_steps(classifier: Classifier) -> tuple[float, list[float]]:
    """Return the time between steps and what some full windows cost, both in seconds."""
    spec = classifier.card.features
    seconds = spec.window_seconds + (N_STEPS + 1) * spec.step_seconds
    noise = np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE)) * 0.1
    decisions = classify_stream(
        Recording(noise.astype(np.float32), SAMPLE_RATE, "noise"),
        create_extractor(spec),
        classifier,
        Decider(classifier.card.labels, unsure_threshold=classifier.card.unsure_threshold),
    )
    costs = [decision.compute_seconds for decision in decisions if not decision.early]
    return spec.step_seconds, costs[1:]


def _required() -> Iterator[tuple[str, str]]:
    for requirement in requires("livegenre") or []:
        if found := _REQUIREMENT.match(requirement):
            yield found[1], found[2]


def _numbers(version_text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version_text)[:3])
