"""The state of a session in Prometheus' text format, version 0.0.4."""

from collections.abc import Iterator, Mapping
from typing import get_args

import livegenre
from livegenre.decision import State
from livegenre.outputs.web.picture import Picture

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DEVICE_STATES = ("live", "muted", "stalled", "reconnecting")


def metrics(picture: Picture, *, viewers: int, dropped: int) -> str:
    """Return all metrics of this moment.

    Parameters
    ----------
    picture : Picture
    viewers : int
        Pages that are connected.
    dropped : int
        Pages that were disconnected, being too slow or talking too much.
    """
    lines = [*_of_session(picture), *_of_sound(picture)]
    lines += _metric("viewers", "gauge", "Pages that are connected", {"": viewers})
    lines += _metric(
        "viewers_dropped_total", "counter", "Pages too slow or too talkative", {"": dropped}
    )
    return "\n".join(lines) + "\n"


def _of_session(picture: Picture) -> Iterator[str]:
    header, decision, device = picture.header, picture.decision, picture.device
    source = header.source if device is None else device.device
    about = {"version": livegenre.__version__, "model": header.model, "source": source}
    yield from _metric("info", "gauge", "What listens to what", {_labels(**about): 1})
    yield from _metric("decisions_total", "counter", "Decisions made", {"": picture.n_decisions})
    yield from _metric("changes_total", "counter", "Changes of the answer", {"": picture.n_changes})
    state = None if decision is None else decision.state
    yield from _one_of("state", "What kind of answer holds", get_args(State), state)
    posterior = {} if decision is None else decision.posterior
    by_label = {_labels(label=label): posterior.get(label, 0.0) for label in header.labels}
    yield from _metric("posterior", "gauge", "Smoothed posterior of a label", by_label)
    yield from _metric(
        "step_cpu_seconds",
        "summary",
        "CPU time of a step, from sound to posterior",
        {"_sum": picture.compute_seconds, "_count": picture.n_decisions},
    )


def _of_sound(picture: Picture) -> Iterator[str]:
    decision, device = picture.decision, picture.device
    seconds, lost = {"": picture.seconds}, {"": picture.lost}
    yield from _metric("sound_seconds_total", "counter", "Sound that went by", seconds)
    yield from _metric("lost_samples_total", "counter", "Samples lost", lost)
    if decision is not None:
        level = {"": decision.level_dbfs}
        yield from _metric("level_dbfs", "gauge", "RMS of the newest window", level)
    state = "live" if device is None else device.state
    yield from _one_of("device_state", "How the source fares", DEVICE_STATES, state)


def _one_of(name: str, about: str, all_of_them: tuple[str, ...], one: str | None) -> Iterator[str]:
    values = {_labels(state=each): int(each == one) for each in all_of_them}
    yield from _metric(name, "gauge", about, values)


def _metric(name: str, kind: str, about: str, values: Mapping[str, float]) -> Iterator[str]:
    """Yield a metric: its values by what follows its name."""
    yield f"# HELP livegenre_{name} {about}."
    yield f"# TYPE livegenre_{name} {kind}"
    for rest, value in values.items():
        yield f"livegenre_{name}{rest} {value:.10g}"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
