"""Sounds that are inspected by several tests."""

import math
from functools import cache
from typing import Any

from livegenre.assembly import DecisionOptions, load_ears
from livegenre.inspection.findings import Findings
from livegenre.inspection.hearing import Heard, Part, hear, limit_seconds
from livegenre.sources import ReplayOptions, open_source
from livegenre.tap import Tap


def heard(
    spec: str,
    *,
    start: float = 0.0,
    seconds: float | None = None,
    rate: int | None = None,
    model: str = "classic",
) -> Heard:
    """Hear a sound as the command does."""
    source = open_source(
        ReplayOptions(spec=spec, start_seconds=start, duration_seconds=seconds, speed=math.inf)
    )
    part = Part(
        start_seconds=start,
        asked_seconds=seconds,
        sample_rate=rate,
        channels=source.channels,
        sample_format=source.sample_format,
        total_seconds=source.end_seconds,
    )
    with Tap(source, limit_seconds=limit_seconds(seconds, source.sample_rate)) as tap:
        return hear(tap, load_ears(DecisionOptions(), model), part)


@cache
def found(spec: str, **options: Any) -> Findings:
    """Find out all about a sound, once."""
    return Findings.of(heard(spec, **options), lambda words: None)


def demo() -> Findings:
    """Eight seconds, metal and then strings, at the rate of librosa's defaults."""
    return found("demo", start=20.0, seconds=8.0, rate=22_050, model="cnn")
