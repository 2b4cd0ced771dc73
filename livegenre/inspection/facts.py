"""A sound in a few lines: what stands in the table above its pictures."""

from collections.abc import Sequence

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.inspection.curve_panels import dbfs
from livegenre.inspection.findings import Findings
from livegenre.inspection.genre_panel import answer_words, mean_posterior, strongest
from livegenre.inspection.hearing import Heard
from livegenre.inspection.rhythm_panel import tempo_words
from livegenre.screen.words import clock_tenths, counted, decibels, percent, printable, rate

N_STRONGEST = 3


def facts(findings: Findings) -> Sequence[tuple[str, str]]:
    """Return what is asked first of a sound, and the answers."""
    heard, frames = findings.heard, findings.frames
    loudest = float(np.abs(heard.samples).max(initial=0.0))
    energy = float(np.sqrt(np.mean(np.square(heard.samples, dtype=np.float64))))
    told = [
        ("Answer, of the time", answer_words(findings) or "too short for one"),
        ("Mean posterior", _posteriors(findings)),
        ("Model", ": ".join(filter(None, (heard.answers.model, heard.answers.accuracy)))),
        ("Shown", part_words(heard)),
        ("Sound", _sound(heard)),
        ("Tempo", tempo_words(findings)),
        ("Tuning", _tuning(findings)),
        ("Level", f"{_decibels(energy)} dBFS RMS, peak {_decibels(loudest)} dBFS"),
        ("Clipping", _clipping(heard)),
        ("Centroid", _spread(findings, frames.centroid, "Hz")),
        ("Roll-off, 85 %", _spread(findings, frames.rolloff, "Hz")),
        ("Bandwidth, p = 2", _spread(findings, frames.bandwidth[0], "Hz")),
        ("Zero crossings", _spread(findings, frames.crossing_rate, "a second")),
    ]
    return [(name, words) for name, words in told if words]


def part_words(heard: Heard) -> str:
    """Return which part of the sound was inspected."""
    if heard.is_whole:
        return f"all of it, {clock_tenths(heard.seconds)}"
    words = f"{clock_tenths(heard.start_seconds)} to {clock_tenths(heard.end_seconds)}"
    return f"{words}; it goes on" if heard.cut else words


def _sound(heard: Heard) -> str:
    own = rate(heard.own_rate)
    changed = heard.own_rate != heard.sample_rate
    rates = f"{own}, converted to {rate(heard.sample_rate)}" if changed else own
    return ", ".join(filter(None, (rates, heard.channels, heard.sample_format)))


def _posteriors(findings: Findings) -> str:
    answers = findings.heard.answers
    means = mean_posterior(answers)
    named = strongest(answers)[:N_STRONGEST]
    return ", ".join(f"{printable(n)} {percent(means[n])} %" for n in named if means[n])


def _tuning(findings: Findings) -> str:
    if not findings.frames.spectrogram.any():
        return ""
    cents = 100 * findings.frames.tuning
    return f"A = {440 * 2 ** (cents / 1200):.1f} Hz ({cents:+.0f} cents)"


def _clipping(heard: Heard) -> str:
    if not heard.n_clipped:
        return "none"
    return f"{counted(heard.n_clipped, 'sample')} at full scale"


def _spread(findings: Findings, values: FloatArray, unit: str) -> str:
    heard = values[~findings.is_still]
    if not heard.size:
        return ""
    low, middle, high = np.percentile(heard, (10, 50, 90))
    return f"median {middle:,.0f} {unit}, mostly {low:,.0f} to {high:,.0f}"


def _decibels(amplitude: float) -> str:
    return decibels(float(dbfs(np.array([amplitude], np.float32))[0])).strip()
