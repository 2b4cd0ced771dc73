"""Impulse responses of random rooms, near and far, bare and furnished."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
Samples = NDArray[np.float64]


def room_response(rng: np.random.Generator) -> Samples:
    """Return a direct sound of 1 and what follows it, 6 dB stronger to 9 dB weaker.

    The tail decays by 60 dB in 0.15 to 1.2 s: at all frequencies alike, or in three bands each in
    its own time, or so and behind early echoes.
    """
    rt60_seconds = np.exp(rng.uniform(np.log(0.15), np.log(1.2)))
    time = np.arange(int(1.1 * SAMPLE_RATE * rt60_seconds)) / SAMPLE_RATE
    kind = int(rng.integers(3))
    noise = rng.standard_normal(len(time))
    tail = (
        _decay(noise, time, rt60_seconds) if not kind else _by_band(noise, time, rt60_seconds, rng)
    )
    if kind == 2:
        early = _echoes(time, rt60_seconds, rng)
        tail = rng.uniform(0.3, 1) * _unit(tail) + _unit(early)
    delay = int(rng.integers(0, SAMPLE_RATE * 15 // 1000)) * int(rng.integers(2))
    response = np.concatenate([np.zeros(delay), tail])
    response *= 10 ** (-rng.uniform(-6, 9) / 20) / np.linalg.norm(response)
    response[0] = 1.0
    return response


def _decay(noise: Samples, time: Samples, rt60_seconds: float) -> Samples:
    return np.asarray(noise * 10 ** (-3 * time / rt60_seconds))


def _by_band(
    noise: Samples, time: Samples, rt60_seconds: float, rng: np.random.Generator
) -> Samples:
    frequency = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(noise)
    edges = (0.0, rng.uniform(250, 900), rng.uniform(1_500, 4_500), np.inf)
    factors = (rng.uniform(0.8, 1.5), 1.0, rng.uniform(0.4, 1.05))
    tail = np.zeros_like(noise)
    for low_hz, high_hz, factor in zip(edges[:-1], edges[1:], factors, strict=True):
        inside = (frequency >= low_hz) & (frequency < high_hz)
        part = np.fft.irfft(spectrum * inside, len(noise))
        tail += rng.uniform(0.7, 1.4) * _decay(part, time, rt60_seconds * factor)
    return tail


def _echoes(time: Samples, rt60_seconds: float, rng: np.random.Generator) -> Samples:
    n = int(rng.integers(5, 40))
    at = rng.integers(20, min(len(time), SAMPLE_RATE * 80 // 1000), n)
    echoes = np.zeros_like(time)
    strength = rng.choice([-1, 1], n, p=[0.3, 0.7]) * rng.uniform(0.2, 1, n)
    echoes[at] = _decay(strength, time[at], rt60_seconds)
    return echoes


def _unit(samples: Samples) -> Samples:
    return np.asarray(samples / np.linalg.norm(samples))
