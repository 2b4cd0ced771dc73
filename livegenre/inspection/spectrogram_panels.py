"""Panels whose colour is a level: spectrograms over three scales of frequency."""

from typing import Any

import librosa
import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.inspection.canvas import Canvas, Rows, hertz, hertz_axis
from livegenre.inspection.findings import Findings
from livegenre.inspection.frames import N_MELS, TOP_DB
from livegenre.inspection.panel import Panel, pooled, spectra
from livegenre.inspection.pooling import Rows as BinRows
from livegenre.inspection.style import loudness_map
from livegenre.screen.words import decibels

FLOOR = 1e-16
"""Power of -160 dBFS, below what any picture shows."""
LEAST_TOP_DBFS = -60.0
"""The scale of levels reaches up to here even where nothing is as loud."""
LOWEST_HZ = 20.0
"""Where a logarithmic axis begins."""
LOG_TICKS = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
MEL_TICKS = (0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000)


def spectrogram_dbfs(power: FloatArray) -> FloatArray:
    """Return levels in dB, 0 for a sine at full scale, not below -160."""
    return (10 * np.log10(np.maximum(power, FLOOR))).astype(np.float32)


def _show(
    canvas: Canvas,
    findings: Findings,
    levels: FloatArray,
    rows: NDArray[np.float64] | None = None,
) -> Any:
    top = max(LEAST_TOP_DBFS, 5 * np.ceil(float(levels.max()) / 5))
    scale = {"vmin": top - TOP_DB, "vmax": top, "cmap": loudness_map()}
    return canvas.show(levels, columns=findings.column_edges, rows=rows, **scale)


def _linear(canvas: Canvas, findings: Findings) -> None:
    rows = BinRows.linear(findings.frames.grid.frequencies)
    levels = spectrogram_dbfs(rows.largest(findings.frames.spectrogram))
    mesh = _show(canvas, findings, levels, rows.edges)
    hertz_axis(canvas.axes[0])
    canvas.axes[0].set_ylim(0, findings.frames.grid.sample_rate / 2)
    canvas.bar(mesh, "dBFS")


def _logarithmic(canvas: Canvas, findings: Findings) -> None:
    rows = BinRows.logarithmic(findings.frames.grid.frequencies)
    levels = spectrogram_dbfs(rows.largest(findings.frames.spectrogram))
    mesh = _show(canvas, findings, levels, rows.edges)
    axes, top = canvas.axes[0], findings.frames.grid.sample_rate / 2
    axes.set_yscale("log")
    axes.set_ylim(LOWEST_HZ, top)
    hertz_axis(axes, [hz for hz in LOG_TICKS if hz <= top])
    canvas.bar(mesh, "dBFS")


def _mel(canvas: Canvas, findings: Findings) -> None:
    frames = findings.frames
    levels = findings.columns.largest(mel_dbfs(findings))
    mesh = _show(canvas, findings, levels)
    top = frames.grid.sample_rate / 2
    ticks = [hz for hz in MEL_TICKS if hz <= top]
    canvas.axes[0].set_yticks(mel_places(ticks, top), [hertz(hz) for hz in ticks])
    canvas.axes[0].set_ylabel("Hz, by mels")
    canvas.bar(mesh, "dBFS")


def mel_dbfs(findings: Findings) -> FloatArray:
    """Return levels of the mel bands in dB, 0 for a sine at full scale, to 2 dB.

    Slaney's bands have an area of 1, so that wide ones, high up, weigh each bin less: that is
    undone. How many bins of the sine's peak fall into a band makes the 2 dB.
    """
    frames = findings.frames
    grid = frames.grid
    weights = librosa.filters.mel(sr=grid.sample_rate, n_fft=grid.n_fft, n_mels=N_MELS)
    full = (grid.n_fft / 4) ** 2 * weights.max(axis=1, keepdims=True)
    return spectrogram_dbfs(frames.mel / full)


def mel_places(hertz: list[int], top: float) -> NDArray[np.float64]:
    """Return where frequencies lie among the bands, whose centres lie half way up their rows."""
    mels = librosa.hz_to_mel(np.asarray(hertz, float)) / librosa.hz_to_mel(top)
    places: NDArray[np.float64] = mels * (N_MELS + 1) - 0.5
    return np.maximum(places, 0)


def _loudest(findings: Findings) -> str:
    spectrogram = findings.frames.spectrogram
    if not spectrogram.any():
        return "Digital silence."
    loudest, _ = np.unravel_index(spectrogram.argmax(), spectrogram.shape)
    hz = findings.frames.grid.frequencies[loudest]
    level = decibels(float(spectrogram_dbfs(spectrogram).max())).strip()
    return f"The loudest bin lies at {hz:,.0f} Hz, with {level} dBFS."


def _loudest_band(findings: Findings) -> str:
    levels, grid = mel_dbfs(findings), findings.frames.grid
    if not findings.frames.mel.any():
        return "Digital silence."
    centres = librosa.mel_frequencies(n_mels=N_MELS + 2, fmax=grid.sample_rate / 2)[1:-1]
    loudest, _ = np.unravel_index(levels.argmax(), levels.shape)
    return f"The loudest band lies around {centres[loudest]:,.0f} Hz."


IN_DB = "; power in dBFS (0 dB: a sine at full scale), 80 dB shown"
SPECTROGRAM_PANELS = (
    Panel(
        "spectrogram",
        "Spectrogram, linear frequency",
        "Every frequency has the same room. Flat lines are held notes, upright ones are drums and "
        "attacks; a sharp upper edge, often near 16 kHz, tells of lossy compression.",
        Rows((2.3,)),
        _linear,
        lambda findings: spectra(findings) + IN_DB + pooled(findings),
        _loudest,
    ),
    Panel(
        "spectrogram-log",
        "Spectrogram, logarithmic frequency",
        "Every octave has the same room, as on a piano: bass and melody come apart. Low down the "
        "bins of the spectrum are wider than a semitone, hence the thick steps.",
        Rows((2.3,)),
        _logarithmic,
        lambda findings: f"{spectra(findings)}{IN_DB}; from {LOWEST_HZ:.0f} Hz{pooled(findings)}",
        _loudest,
    ),
    Panel(
        "mel",
        "Mel spectrogram",
        "Frequencies as wide as the ear tells them apart. Most classifiers of music, livegenre's "
        "too, hear something like this.",
        Rows((2.0,)),
        _mel,
        lambda findings: (
            f"{spectra(findings)}; {N_MELS} mel bands (Slaney){IN_DB}{pooled(findings)}"
        ),
        _loudest_band,
    ),
)
