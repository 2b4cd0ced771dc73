"""PulseAudio's sources, which ALSA hides behind one device ``pulse``; PipeWire answers the same."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

PULSE_DEVICE = "pulse"
"""ALSA's device for the source that the environment variable PULSE_SOURCE names."""
_ANSWER_SECONDS, _GLANCE_SECONDS = 2.0, 0.3
_SPECIFICATION = re.compile(r"(\d+)ch (\d+)Hz")
_NO_TEXT = "(null)"
"""What pactl 16 makes of a description that is not ASCII."""

_environment = threading.Lock()


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A microphone, a line-in or an output's monitor, as the sound server sees it."""

    name: str
    """The server's own name for it, which no other has."""
    description: str
    """What a person calls it."""
    n_channels: int
    sample_rate: int
    """Its own rate, in Hz."""
    is_default: bool
    """Whether ``pulse`` means it as long as no other is named."""
    is_monitor: bool
    """Whether it hears what is played through an output."""
    is_system: bool
    """Whether that is the default output."""


def list_sources() -> list[PulseSource]:
    """Ask ``pactl`` for the sources; none where it is missing or does not answer within 2 s."""
    listed = _ask("list", "sources")
    server = _ask("info") if listed else None
    if not listed or not server:
        return []
    default = os.environ.get("PULSE_SOURCE") or server.get("default_source_name")
    sources = (_parse(source, default, server.get("default_sink_name")) for source in listed)
    return [source for source in sources if source is not None]


@contextmanager
def recording_from(source: str) -> Iterator[None]:
    """Have streams that are opened meanwhile through ``pulse`` record the source of this name.

    libpulse looks at PULSE_SOURCE when a stream is opened, and never again.
    """
    with _environment:
        before = os.environ.get("PULSE_SOURCE")
        os.environ["PULSE_SOURCE"] = source
        try:
            yield
        finally:
            if before is None:
                del os.environ["PULSE_SOURCE"]
            else:
                os.environ["PULSE_SOURCE"] = before


def list_recorded() -> set[int]:
    """Ask ``pactl`` for the sources that this process records from, by the server's numbers.

    None where it does not answer within 0.3 s: whoever asks has more to watch.
    """
    streams = _ask("list", "source-outputs", within=_GLANCE_SECONDS) or []
    own = str(os.getpid())
    return {
        stream["source"]
        for stream in streams
        if stream["properties"].get("application.process.id") == own
    }


def _ask(*question: str, within: float | None = None) -> Any:
    try:
        answer = subprocess.run(
            ["pactl", "-f", "json", *question],
            env={**os.environ, "LC_ALL": "C"},  # elsewhere its decimals have commas
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=within or _ANSWER_SECONDS,
        )
        return json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _parse(
    source: Mapping[str, Any], default_source: str | None, default_sink: str | None
) -> PulseSource | None:
    specification = _SPECIFICATION.search(source["sample_specification"])
    if specification is None:
        return None
    name, sink = source["name"], source["monitor_source"]
    description = source["description"]
    return PulseSource(
        name=name,
        description=name if description == _NO_TEXT else description,
        n_channels=int(specification[1]),
        sample_rate=int(specification[2]),
        is_default=name == default_source,
        is_monitor=bool(sink),
        is_system=bool(sink) and sink == default_sink,
    )
