"""Panels of curves: the waveform, and what is said of every frame in one number."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform

from livegenre.arrays import FloatArray
from livegenre.inspection.canvas import Canvas, Rows, hertz_axis, legend
from livegenre.inspection.findings import Findings
from livegenre.inspection.frames import POWERS
from livegenre.inspection.panel import Panel, averaged, framing, spectra
from livegenre.inspection.pooling import envelope
from livegenre.inspection.style import BLUE, DIM, GREEN, INK, ORANGE, PURPLE, WAVE
from livegenre.screen.words import counted, decibels

LOWEST_DBFS, HIGHEST_DBFS = -80.0, 3.0
BEHIND = 0.45
"""How much of a waveform is seen behind curves."""


def _waveform(canvas: Canvas, findings: Findings) -> None:
    axes = canvas.axes[0]
    low, high = _draw_wave(axes, findings, 1.0)
    largest = max(float(np.abs(low).max()), float(np.abs(high).max()))
    most = 1.05 if largest <= 1 else 1.05 * largest
    axes.set(ylim=(-most, most), ylabel="amplitude")
    axes.grid(axis="y")
    for full in (-1, 1):
        axes.axhline(full, color=ORANGE, linewidth=0.6, linestyle=(0, (4, 3)))


def _draw_wave(axes: Axes, findings: Findings, alpha: float) -> tuple[FloatArray, FloatArray]:
    low, high, starts = envelope(findings.heard.samples)
    times = findings.heard.start_seconds + starts / findings.heard.sample_rate
    axes.fill_between(times, low, high, color=WAVE, linewidth=0.5, alpha=alpha, label="_wave")
    return low, high


def _wave_behind(axes: Axes, findings: Findings) -> None:
    """Draw the waveform as a background, as high as the axes, with no scale of its own."""
    behind = axes.twinx()
    behind.set_zorder(axes.get_zorder() - 1)
    low, high = _draw_wave(behind, findings, BEHIND)
    most = max(float(np.abs(low).max()), float(np.abs(high).max()), 1e-6)
    behind.set(ylim=(-1.05 * most, 1.05 * most), yticks=[])
    behind.spines[:].set_visible(False)


def _curve(canvas: Canvas, findings: Findings, values: FloatArray, colour: str, label: str) -> None:
    """Draw a curve, with a gap where digital silence has no such value."""
    shown = findings.columns.mean(np.where(findings.is_still, np.nan, values))
    canvas.draw(findings.column_times, shown, colour, label)


def _centre(canvas: Canvas, findings: Findings) -> None:
    frames = findings.frames
    _wave_behind(canvas.axes[0], findings)
    _curve(canvas, findings, frames.rolloff, ORANGE, "roll-off, 85 %")
    _curve(canvas, findings, frames.centroid, BLUE, "centroid")
    _finish_hertz(canvas, max(frames.rolloff.max(), frames.centroid.max()))


def _bandwidth(canvas: Canvas, findings: Findings) -> None:
    widths = findings.frames.bandwidth
    _wave_behind(canvas.axes[0], findings)
    for power, width, colour in zip(POWERS, widths, (BLUE, GREEN, PURPLE), strict=True):
        _curve(canvas, findings, width, colour, f"p = {power}")
    _finish_hertz(canvas, widths.max())


def _finish_hertz(canvas: Canvas, largest: float) -> None:
    axes = canvas.axes[0]
    hertz_axis(axes)
    axes.set_ylim(0, 1.08 * max(float(largest), 1.0))
    axes.grid(axis="y")
    legend(axes, canvas.layout)


def _crossings(canvas: Canvas, findings: Findings) -> None:
    axes, near = canvas.axes
    rate = findings.frames.crossing_rate
    canvas.draw(findings.column_times, findings.columns.mean(rate), BLUE)
    axes.set(ylim=(0, 1.08 * max(float(rate.max()), 1.0)), ylabel="crossings/s")
    axes.grid(axis="y")
    begin, end = _zoomed(findings)
    axes.axvline((begin + end) / 2, color=ORANGE, linewidth=1.2)
    axes.text((begin + end) / 2, 1, " below", color=ORANGE, fontsize=7.5, transform=_above(axes))
    _draw_zoom(near, canvas.layout.line, findings)


def _above(axes: Axes) -> Transform:
    """Return places whose x is time and whose y is 1 at the upper edge."""
    return axes.get_xaxis_transform() + ScaledTranslation(0, 0.04, axes.figure.dpi_scale_trans)


def _draw_zoom(axes: Axes, width: float, findings: Findings) -> None:
    zoom, rate = findings.zoom, findings.heard.sample_rate
    begin, end = _zoomed(findings)
    most = 1.15 * float(np.abs(zoom.samples).max()) or 1.0
    axes.axhline(0, color=DIM, linewidth=0.8)
    times = 1000 * np.arange(len(zoom.samples)) / rate
    axes.plot(times, zoom.samples, color=INK, linewidth=width)
    places = 1000 * zoom.crossings / rate
    axes.plot(places, np.zeros(len(places)), "o", color=ORANGE, markersize=1.5 + 2 * width)
    axes.set(xlim=(0, 1000 * (end - begin)), ylim=(-most, most), ylabel="amplitude")
    axes.set_xlabel(f"ms from {begin:.3f} s on: {counted(len(places), 'crossing')}", labelpad=2)


def _zoomed(findings: Findings) -> tuple[float, float]:
    """Return where the stretch that is zoomed into begins and ends, in seconds of the sound."""
    zoom, rate = findings.zoom, findings.heard.sample_rate
    begin = findings.heard.start_seconds + zoom.first / rate
    return begin, begin + max(len(zoom.samples) - 1, 1) / rate


def _level(canvas: Canvas, findings: Findings) -> None:
    axes = canvas.axes[0]
    power = findings.columns.mean(findings.frames.rms**2)
    levels, times = np.maximum(dbfs(np.sqrt(power)), LOWEST_DBFS), findings.column_times
    axes.fill_between(times, LOWEST_DBFS, levels, color=BLUE, alpha=0.25, linewidth=0)
    canvas.draw(times, levels, BLUE)
    axes.set(ylim=(LOWEST_DBFS, max(HIGHEST_DBFS, float(levels.max()))), ylabel="dBFS")
    axes.set_yticks([-80, -60, -40, -20, 0])
    axes.grid(axis="y")


def dbfs(amplitude: FloatArray) -> FloatArray:
    """Return an amplitude in dB below full scale, not below -120."""
    return (20 * np.log10(np.maximum(amplitude, 1e-6))).astype(np.float32)


def _median(findings: Findings, values: FloatArray) -> float:
    heard = values[..., ~findings.is_still]
    return float(np.median(heard)) if heard.size else 0.0


def _peak(findings: Findings) -> str:
    peak = float(np.abs(findings.heard.samples).max())
    return f"The largest sample is {peak:.3g} of full scale."


def _colour_of_sound(findings: Findings) -> str:
    frames = findings.frames
    centre, edge = (_median(findings, each) for each in (frames.centroid, frames.rolloff))
    return f"Medians: centroid {centre:,.0f} Hz, roll-off {edge:,.0f} Hz."


def _widths(findings: Findings) -> str:
    widths = [f"{_median(findings, width):,.0f} Hz" for width in findings.frames.bandwidth]
    return f"Medians for p = 2, 3, 4: {', '.join(widths)}."


def _usual_crossings(findings: Findings) -> str:
    return f"Median: {_median(findings, findings.frames.crossing_rate):,.0f} crossings a second."


def _usual_level(findings: Findings) -> str:
    levels = dbfs(findings.frames.rms)
    usual, loudest = (decibels(float(each)).strip() for each in (np.median(levels), levels.max()))
    return f"Median {usual} dBFS, loudest {loudest} dBFS."


def _samples(findings: Findings) -> str:
    heard = findings.heard
    clipped = f"; {counted(heard.n_clipped, 'sample')} at full scale" if heard.n_clipped else ""
    return f"{heard.channels}, {heard.sample_rate:,} Hz; 1 is full scale{clipped}"


WAVE_PANEL = Panel(
    "waveform",
    "Waveform",
    "How loud, when: the smallest and largest sample of each moment. Music that touches the dashed "
    "lines for long is clipped or squeezed by a limiter.",
    Rows((1.3,)),
    _waveform,
    _samples,
    _peak,
)
CURVE_PANELS = (
    Panel(
        "centroid",
        "Spectral centroid and roll-off",
        "The centroid is the spectrum's centre of gravity: bright sound lies high, dull sound low. "
        "Below the roll-off lie 85 % of the spectrum. The waveform is behind them.",
        Rows((1.7,)),
        _centre,
        lambda findings: f"{spectra(findings)}; of magnitudes{averaged(findings)}",
        _colour_of_sound,
    ),
    Panel(
        "bandwidth",
        "Spectral bandwidth",
        "How far the spectrum reaches from its centroid. A larger p weighs what is far away more: "
        "hiss and cymbals pull the upper curves apart from the lowest.",
        Rows((1.7,)),
        _bandwidth,
        lambda findings: f"{spectra(findings)}; (mean |f - centroid|^p)^(1/p){averaged(findings)}",
        _widths,
    ),
    Panel(
        "crossings",
        "Zero crossings",
        "How often the wave changes sign: twice a period in a pure tone, far more often in hiss, "
        "consonants and cymbals. The zoomed view marks each crossing with a dot.",
        Rows((1.2, 1.2), apart=True),
        _crossings,
        lambda findings: framing(findings) + averaged(findings),
        _usual_crossings,
    ),
    Panel(
        "rms",
        "RMS",
        "Loudness of every moment as energy: how much it moves tells dynamic music from dense. "
        "livegenre calls less than -60 dBFS silence.",
        Rows((1.3,)),
        _level,
        lambda findings: f"{framing(findings)}; dBFS (full-scale sine: -3.0){averaged(findings)}",
        _usual_level,
    ),
)
