"""Music that is computed, of synthesisers and drum machines, to teach that such sound is music too.

Tempo, scale, timbres, patterns and levels are drawn anew for each piece; nothing is recorded.
"""

from collections.abc import Sequence

import numpy as np
from scipy.signal import butter, sosfilt

from livegenre.arrays import FloatArray
from tools.musicnn.degraded import MADE_RATE, MADE_SECONDS, Samples, unit

N_SAMPLES = round(MADE_SECONDS * MADE_RATE)
SCALES = ((0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 5, 7, 9, 11), (0, 3, 5, 7, 10), (0, 2, 3, 5, 7, 9, 10))
"""Semitones above the root: minor, major, pentatonic, dorian."""
STEPS_A_BEAT = 4


def made_music(rng: np.random.Generator) -> FloatArray:
    """Make a few seconds, at 16 kHz, of electronic or ambient music."""
    root = rng.uniform(45, 60)
    scale = np.array(SCALES[int(rng.integers(len(SCALES)))])
    with_beat = rng.random() < 0.65
    parts = [_pad(root, scale, rng)] if not with_beat or rng.random() < 0.5 else []
    if with_beat:
        step_seconds = 60 / rng.uniform(80, 175) / STEPS_A_BEAT
        parts += [_drums(step_seconds, rng), _line(root - 24, scale, step_seconds, rng)]
    if with_beat and rng.random() < 0.7:
        parts.append(_line(root + 12, scale, step_seconds, rng))
    mixed = sum(10 ** (-rng.uniform(0, 12) / 20) * unit(part) for part in parts)
    wet = unit(_echo(np.asarray(mixed), rng))
    return np.asarray(10 ** (-rng.uniform(8, 30) / 20) * wet, np.float32)


def _pad(root: float, scale: Samples, rng: np.random.Generator) -> Samples:
    """Hold a chord of detuned voices whose brightness drifts."""
    degrees = rng.choice(scale, int(rng.integers(1, 5))) + 12 * rng.integers(-1, 2)
    time = np.arange(N_SAMPLES) / MADE_RATE
    voices = [
        _voice(_hertz(root + degree + rng.uniform(-0.15, 0.15)) * time, rng)
        for degree in np.repeat(degrees, 2)
    ]
    swell = 1 + rng.uniform(0, 0.9) * np.sin(
        2 * np.pi * (rng.uniform(0.05, 2) * time + rng.random())
    )
    return _low_pass(np.sum(voices, axis=0) * swell, rng.uniform(300, 5_000))


def _line(root: float, scale: Samples, step_seconds: float, rng: np.random.Generator) -> Samples:
    """Repeat a pattern of short notes, each like the others in timbre."""
    pattern = [
        None if rng.random() < 0.3 else float(rng.choice(scale) + 12 * rng.integers(0, 2))
        for _ in range(int(rng.choice([4, 8, 16])))
    ]
    time = np.arange(round(step_seconds * MADE_RATE)) / MADE_RATE
    fade = np.exp(-time / (step_seconds * rng.uniform(0.2, 2)))
    timbre_seed = int(rng.integers(2**31))
    notes = [
        np.zeros(len(time))
        if semitones is None
        else fade * _voice(_hertz(root + semitones) * time, np.random.default_rng(timbre_seed))
        for semitones in pattern
    ]
    return _low_pass(_repeated(notes), rng.uniform(400, 6_000))


def _drums(step_seconds: float, rng: np.random.Generator) -> Samples:
    """Beat a kick, a snare and a hat, each at steps of its own."""
    n = round(step_seconds * MADE_RATE)
    time = np.arange(n) / MADE_RATE
    sweep = rng.uniform(40, 60) * time + rng.uniform(1, 5) * (1 - np.exp(-time / 0.03))
    kick = np.sin(2 * np.pi * sweep) * np.exp(-time / rng.uniform(0.05, 0.25))
    noise = rng.standard_normal(n)
    snare = 0.5 * noise * np.exp(-time / rng.uniform(0.03, 0.15))
    hat = 0.3 * np.diff(noise, prepend=0) * np.exp(-time / rng.uniform(0.01, 0.06))
    four_to_the_floor = rng.random() < 0.6
    steps = []
    for step in range(4 * STEPS_A_BEAT):
        beaten = np.zeros(n)
        if step % 4 == 0 if four_to_the_floor else rng.random() < 0.25:
            beaten += kick
        if step % 8 == 4:
            beaten += snare
        if rng.random() < 0.5 or step % 4 == 2:
            beaten += hat
        steps.append(beaten)
    return _repeated(steps)


def _voice(cycles: Samples, rng: np.random.Generator) -> Samples:
    """Sound a saw, a pulse, a modulated sine, or a few partials, along a phase in cycles."""
    kind, phase = int(rng.integers(4)), cycles + rng.random()
    if kind == 0:
        return 2 * (phase % 1) - 1
    if kind == 1:
        return np.where(phase % 1 < rng.uniform(0.1, 0.5), 1.0, -1.0)
    if kind == 2:
        modulator = np.sin(2 * np.pi * phase * rng.choice([0.5, 1, 2, 3, 3.5]))
        return np.asarray(np.sin(2 * np.pi * phase + rng.uniform(0.5, 5) * modulator))
    partials = [rng.random() / k * np.sin(2 * np.pi * k * phase) for k in range(1, 7)]
    return np.asarray(np.sum(partials, axis=0))


def _repeated(notes: Sequence[Samples]) -> Samples:
    pattern = np.concatenate(notes)
    return np.tile(pattern, -(-N_SAMPLES // len(pattern)))[:N_SAMPLES]


def _echo(samples: Samples, rng: np.random.Generator) -> Samples:
    echoed, delay = samples.copy(), round(rng.uniform(0.1, 0.5) * MADE_RATE)
    gain = rng.uniform(0, 0.5)
    for n in range(1, 4):
        echoed[n * delay :] += gain**n * samples[: len(samples) - n * delay]
    return echoed


def _low_pass(samples: Samples, cutoff_hz: float) -> Samples:
    return np.asarray(sosfilt(butter(2, cutoff_hz, fs=MADE_RATE, output="sos"), samples))


def _hertz(semitones: float) -> float:
    """Return the frequency of a MIDI note."""
    return 440.0 * 2 ** ((float(semitones) - 69) / 12)
