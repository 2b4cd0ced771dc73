"""What a picture is made of: panels, each a way to look at the sound, with words to go with it."""

from collections.abc import Callable
from dataclasses import dataclass

from livegenre.inspection.canvas import Canvas, Rows
from livegenre.inspection.findings import Findings


@dataclass(frozen=True, slots=True)
class Panel:
    """One way to look at a sound."""

    key: str
    """In names of files and places on the page."""
    title: str
    caption: str
    """What to look at, in plain words."""
    rows: Rows
    draw: Callable[[Canvas, Findings], None]
    settings: Callable[[Findings], str]
    """How it was computed: frame, hop, window, units."""
    reading: Callable[[Findings], str]
    """What it shows of this sound, for those who do not see it."""


def framing(findings: Findings) -> str:
    """Return how the sound was cut into frames, in words."""
    grid = findings.frames.grid
    frame_ms, hop_ms = (1000 * n / grid.sample_rate for n in (grid.n_fft, grid.hop_length))
    return (
        f"n_fft {grid.n_fft:,} ({frame_ms:.0f} ms), hop {grid.hop_length:,} ({hop_ms:.0f} ms), "
        f"at {grid.sample_rate:,} Hz"
    )


def spectra(findings: Findings) -> str:
    """Return how its spectra were computed, in words."""
    return f"{framing(findings)}, Hann window"


def pooled(findings: Findings, how: str = "the largest") -> str:
    """Return what a column of a picture stands for, where that is more than one frame."""
    n = findings.columns.length
    return f"; each column {how} of {n} frames" if n > 1 else ""


def averaged(findings: Findings) -> str:
    """Return what a point of a curve stands for, where that is more than one frame."""
    n = findings.columns.length
    return f"; each point the mean of {n} frames" if n > 1 else ""
