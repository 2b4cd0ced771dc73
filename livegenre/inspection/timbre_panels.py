"""Panels whose colour is no level: the spectrum's shape in few numbers, and pitch classes."""

from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.inspection.canvas import Canvas, Rows
from livegenre.inspection.findings import Findings
from livegenre.inspection.frames import N_CHROMA, N_MELS, N_MFCC
from livegenre.inspection.panel import Panel, pooled, spectra
from livegenre.inspection.style import loudness_map, strength_map
from livegenre.screen.words import whole

LARGEST_DEVIATION = 3.0
"""Standard deviations at the ends of the scale."""
PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def _mfcc(canvas: Canvas, findings: Findings) -> None:
    values = _thinned(findings, findings.frames.mfcc)
    mesh = canvas.show(values, columns=findings.column_edges, cmap=loudness_map())
    _number_rows(canvas)
    canvas.bar(mesh, "value")


def _mfcc_scaled(canvas: Canvas, findings: Findings) -> None:
    values = _thinned(findings, findings.frames.mfcc_scaled)
    ends: dict[str, Any] = {"vmin": -LARGEST_DEVIATION, "vmax": LARGEST_DEVIATION, "cmap": "RdBu_r"}
    mesh = canvas.show(values, columns=findings.column_edges, **ends)
    _number_rows(canvas)
    canvas.bar(mesh, "deviations", extend="both")


def _chroma(canvas: Canvas, findings: Findings) -> None:
    values = findings.columns.largest(findings.frames.chroma)
    ends: dict[str, Any] = {"vmin": 0.0, "vmax": 1.0, "cmap": strength_map()}
    mesh = canvas.show(values, columns=findings.column_edges, **ends)
    canvas.axes[0].set_yticks(np.arange(N_CHROMA) + 0.5, PITCH_CLASSES, fontsize=7)
    canvas.axes[0].set_ylabel("pitch class")
    canvas.bar(mesh, "strength")


def _thinned(findings: Findings, values: FloatArray) -> FloatArray:
    """Return the values of the first frame of each column, for signs that a maximum would lose."""
    return values[:, findings.columns.starts]


def _number_rows(canvas: Canvas) -> None:
    numbers = np.arange(0, N_MFCC, 5)
    canvas.axes[0].set_yticks(numbers + 0.5, [str(number) for number in numbers])
    canvas.axes[0].set_ylabel("coefficient")


def _pitch(findings: Findings) -> str:
    heard = findings.frames.chroma[:, ~findings.is_still]
    if not heard.size:
        return "No pitch: digital silence."
    strongest = np.argsort(-heard.mean(axis=1))[:3]
    return f"Strongest on average: {', '.join(PITCH_CLASSES[index] for index in strongest)}."


def _spread(findings: Findings) -> str:
    first = findings.frames.mfcc[0]
    return f"Coefficient 0 goes from {whole(first.min())} to {whole(first.max())}."


def _tuned(findings: Findings) -> str:
    cents = 100 * findings.frames.tuning
    return (
        f"{spectra(findings)}; strongest class of a frame 1; bins tuned to A = "
        f"{440 * 2 ** (cents / 1200):.1f} Hz ({cents:+.0f} cents){pooled(findings)}"
    )


TIMBRE_PANELS = (
    Panel(
        "mfcc",
        "MFCCs",
        "The shape of the spectrum in 20 numbers. Coefficient 0 is loudness, and so much larger "
        "than the others that it hides them; scaled, below, they all show.",
        Rows((1.6,)),
        _mfcc,
        lambda findings: (
            f"{spectra(findings)}; DCT-II of {N_MELS} mels in dB{pooled(findings, 'the first')}"
        ),
        _spread,
    ),
    Panel(
        "mfcc-scaled",
        "MFCCs, scaled",
        "The same, each coefficient less its mean and over its standard deviation: what is usual "
        "is white. Stripes upright are changes of timbre, as from verse to refrain.",
        Rows((1.6,)),
        _mfcc_scaled,
        lambda findings: f"each standardised over what is shown{pooled(findings, 'the first')}",
        lambda findings: "Each coefficient has mean 0 and deviation 1.",
    ),
    Panel(
        "chroma",
        "Chroma",
        "The twelve pitch classes, all octaves together: chords are several bright rows, a melody "
        "wanders. Each moment is scaled to its strongest class, noise and fading too.",
        Rows((1.9,)),
        _chroma,
        _tuned,
        _pitch,
    ),
)
