"""Random noise and rooms to train against; of other kinds than those that models are measured in.

Levels, colours, bands, echoes and decays are drawn anew for each clip.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from livegenre.arrays import FloatArray

Samples = NDArray[np.float64]
MADE_SECONDS = 4.0
MADE_RATE = 16_000


def coloured(n: int, sample_rate: int, exponent: float, rng: np.random.Generator) -> Samples:
    """Return noise of RMS 1 whose power falls as 1 / frequency ** exponent from 20 Hz on."""
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / sample_rate), 20.0)
    shaped = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * frequency ** (-exponent / 2), n)
    return unit(shaped)


def in_noise(samples: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """Add noise of a random colour, 6 to 18 dB below the music."""
    noise = coloured(len(samples), sample_rate, rng.uniform(0, 2), rng)
    noise *= _rms(samples) * 10 ** (-rng.uniform(6, 18) / 20)
    return (samples + noise).astype(np.float32)


def in_room(samples: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """Play through a small loudspeaker, of a random band, in a random room.

    The room is a direct sound, some early echoes, and noise that decays faster the higher it is.
    """
    edges = [rng.uniform(80, 350), min(rng.uniform(3_500, 8_000), 0.45 * sample_rate)]
    order = int(rng.integers(1, 5))
    played = sosfilt(butter(order, edges, "bandpass", fs=sample_rate, output="sos"), samples)
    response = _room(sample_rate, rng)
    heard = fftconvolve(played, response)[: len(samples)]
    return np.asarray(heard * (_rms(samples) / _rms(heard)), np.float32)


def _room(sample_rate: int, rng: np.random.Generator) -> Samples:
    rt60_seconds = rng.uniform(0.2, 1.0)
    time = np.arange(round(rt60_seconds * sample_rate)) / sample_rate
    tail = rng.standard_normal(len(time))
    dull = lfilter([1.0], [1.0, -rng.uniform(0, 0.6)], tail)
    early = 10 ** (-3 * time / rt60_seconds)
    fade = np.minimum(time / 0.08, 1.0)
    decaying = unit((1 - fade) * tail * early + fade * dull * early)
    response = decaying / np.sqrt(len(time)) * 10 ** (-rng.uniform(-5, 5) / 20)
    for echo in rng.integers(1, max(2, round(0.03 * sample_rate)), 6):
        response[echo] += rng.uniform(-0.4, 0.4)
    response[0] += 1.0
    return np.asarray(response)


DEGRADATIONS: Mapping[str, Callable[[FloatArray, int, np.random.Generator], FloatArray]] = {
    "noise": in_noise,
    "room": in_room,
}


def made_noise(rng: np.random.Generator) -> FloatArray:
    """Make a few seconds, at 16 kHz, of what machines and rooms sound like."""
    n = round(MADE_SECONDS * MADE_RATE)
    noise = coloured(n, MADE_RATE, rng.uniform(-0.5, 2.5), rng)
    makers = (_as_it_is, _band, _fan, _hum, _swelling, _clicks, _tone)
    maker = makers[int(rng.integers(len(makers)))]
    level = 10 ** (-rng.uniform(10, 55) / 20)
    return (level * unit(maker(noise, rng))).astype(np.float32)


def babble(voices: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """Make a few seconds, at 16 kHz, of many voices at once, some higher and some lower.

    Parameters
    ----------
    voices : sequence of ndarray [shape=(n,)]
        At 16 kHz; one at least.
    """
    n = round(MADE_SECONDS * MADE_RATE)
    crowd = np.zeros(n)
    for _ in range(int(rng.integers(2, 13))):
        voice = voices[int(rng.integers(len(voices)))]
        begin, pace = rng.integers(len(voice)), np.exp(rng.uniform(-0.2, 0.2))
        turned = np.interp(
            begin + pace * np.arange(n), np.arange(len(voice)), voice, period=len(voice)
        )
        crowd += 10 ** (rng.uniform(-6, 0) / 20) * unit(turned)
    return (10 ** (-rng.uniform(10, 40) / 20) * unit(crowd)).astype(np.float32)


def _as_it_is(noise: Samples, _: np.random.Generator) -> Samples:
    return noise


def _band(noise: Samples, rng: np.random.Generator) -> Samples:
    edges = [rng.uniform(30, 1_000), rng.uniform(1_200, 7_000)]
    return np.asarray(sosfilt(butter(2, edges, "bandpass", fs=MADE_RATE, output="sos"), noise))


def _fan(noise: Samples, rng: np.random.Generator) -> Samples:
    blades = 1 + 0.1 * np.sin(2 * np.pi * rng.uniform(0.5, 12) * _time(noise))
    return unit(_band(noise, rng)) * blades + rng.uniform(0, 0.3) * unit(_hum(noise, rng))


def _hum(noise: Samples, rng: np.random.Generator) -> Samples:
    mains_hz = rng.choice([50.0, 60.0, 100.0, 120.0])
    partials = [
        rng.uniform(0, 1) / k * np.sin(2 * np.pi * mains_hz * k * _time(noise) + rng.uniform(0, 6))
        for k in range(1, 12)
    ]
    return unit(np.sum(partials, axis=0)) + 10 ** rng.uniform(-2.5, -0.5) * noise


def _swelling(noise: Samples, rng: np.random.Generator) -> Samples:
    drift = lfilter([1.0], [1.0, -0.9995], rng.standard_normal(len(noise)))
    return np.asarray(noise * np.exp(0.02 * drift))


def _clicks(noise: Samples, rng: np.random.Generator) -> Samples:
    struck = rng.random(len(noise)) < rng.uniform(2, 60) / MADE_RATE
    return np.asarray(unit(_band(struck * noise, rng)) + 10 ** rng.uniform(-3, -1) * noise)


def _tone(noise: Samples, rng: np.random.Generator) -> Samples:
    return np.sin(2 * np.pi * rng.uniform(80, 6_000) * _time(noise)) + (
        10 ** rng.uniform(-3, -1) * noise
    )


def _time(samples: Samples) -> Samples:
    return np.arange(len(samples)) / MADE_RATE


def _rms(samples: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype="f8")))) or 1e-12


def unit(samples: Samples) -> Samples:
    """Return the samples at RMS 1."""
    return samples / _rms(samples)
