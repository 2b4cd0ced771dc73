"""The panel of the tempo: where notes begin, where beats are heard, and what else they could be."""

import numpy as np
from numpy.typing import NDArray

from livegenre.inspection.canvas import Canvas, Rows, legend
from livegenre.inspection.findings import Findings
from livegenre.inspection.panel import Panel, framing, pooled
from livegenre.inspection.rhythm import FASTEST_BPM, SLOWEST_BPM, WINDOW_SECONDS
from livegenre.inspection.style import BLUE, ORANGE, strength_map

TICKS = (30, 60, 120, 240)
MOST_BEATS = 400
"""Of a picture; more would be one orange field."""
MOST_LEAST = 0.8
"""Where colours begin at most, however alike all is."""
NO_TEMPO = "no beat to be found: too short, too steady or too even"


def _rhythm(canvas: Canvas, findings: Findings) -> None:
    _onsets(canvas, findings)
    _tempogram(canvas, findings)
    if findings.rhythm.tempo is None:
        canvas.say(0, NO_TEMPO)


def _onsets(canvas: Canvas, findings: Findings) -> None:
    axes, rhythm = canvas.axes[0], findings.rhythm
    onset = findings.columns.largest(rhythm.onset)
    canvas.draw(findings.column_times, onset, BLUE, "onset strength")
    if 0 < len(rhythm.beats) <= MOST_BEATS:
        beats = findings.heard.start_seconds + rhythm.beats
        lines = axes.get_xaxis_transform()
        axes.vlines(beats, 0, 1, ORANGE, alpha=0.6, linewidth=0.8, transform=lines, label="beats")
    axes.set(ylim=(0, 1.08 * max(float(onset.max()), 0.1)), ylabel="dB")
    legend(axes, canvas.layout)


def _tempogram(canvas: Canvas, findings: Findings) -> None:
    axes, rhythm = canvas.axes[1], findings.rhythm
    mesh = canvas.show(
        rhythm.tempogram[::-1],
        columns=findings.column_edges,
        rows=_edges(rhythm.tempi[::-1]),
        row=1,
        cmap=strength_map(),
        vmin=float(np.clip(rhythm.tempogram.min(), 0, MOST_LEAST)),
        vmax=1.0,
    )
    axes.set(yscale="log", ylim=(SLOWEST_BPM, FASTEST_BPM), ylabel="beats/min")
    axes.set_yticks(TICKS, [str(tick) for tick in TICKS])
    axes.minorticks_off()
    canvas.bar(mesh, "likeness", row=1)
    if rhythm.tempo is None:
        return
    axes.axhline(rhythm.tempo, color=ORANGE, linewidth=1.4)
    for other in rhythm.others:
        axes.axhline(other, color=ORANGE, linewidth=1.1, linestyle=(0, (4, 3)))


def _edges(tempi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges of rows whose centres are tempi, half way in the time of a beat."""
    beats = 1 / tempi
    inner = 2 / (beats[1:] + beats[:-1])
    return np.concatenate([[tempi[0]], inner, [tempi[-1]]])


def tempo_words(findings: Findings) -> str:
    """Return the tempo, and what it may be as well."""
    rhythm = findings.rhythm
    if rhythm.tempo is None:
        return f"None: {NO_TEMPO}"
    others = " or ".join(f"{other:.0f}" for other in rhythm.others)
    return f"{rhythm.tempo:.1f} beats a minute (or {others}: halves and doubles sound alike)"


def _beats(findings: Findings) -> str:
    return f"{tempo_words(findings)}; {len(findings.rhythm.beats)} beats."


RHYTHM_PANEL = Panel(
    "tempo",
    "Tempo",
    "Above, how strongly notes begin, with the beats that were found. Below, after which time that "
    "repeats itself: the line is the tempo, the dashed ones are half and twice as fast, which no "
    "program can rule out.",
    Rows((1.0, 1.6)),
    _rhythm,
    lambda findings: (
        f"{framing(findings)}; onset strength: mean rise of the mel spectrogram in dB; tempogram: "
        f"its autocorrelation over {WINDOW_SECONDS:.0f} s{pooled(findings)}"
    ),
    _beats,
)
