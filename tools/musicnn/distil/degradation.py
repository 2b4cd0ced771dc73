"""Degrades sound at random, for a student to learn from: level, tone, room, noise, codec, line.

Wider than, and of other kinds than, the conditions that models are measured in.
"""

import subprocess
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from livegenre.arrays import FloatArray
from livegenre.errors import SourceError
from tools.musicnn.distil.rooms import SAMPLE_RATE, Samples, room_response

CHANCES = (
    ("clip", 0.12),
    ("tone", 0.25),
    ("band", 0.45),
    ("room", 0.65),
    ("noise", 0.50),
    ("codec", 0.10),
    ("line", 0.05),
)
"""In the order in which they happen to the sound."""
USUAL = ("band", "room", "noise")
BABBLE = 0.25
"""Share of noise that is people talking."""
CODECS = (("mp3", "libmp3lame", 32, 96), ("ogg", "libvorbis", 40, 80), ("ogg", "libopus", 16, 64))
"""Container, encoder, least and most kbit/s."""


def degrade(
    sound: FloatArray, voices: Sequence[FloatArray], rng: np.random.Generator
) -> FloatArray:
    """Return a degraded copy of a sound, as long and as loud.

    Parameters
    ----------
    sound : ndarray [shape=(n,)]
        At 16 kHz.
    voices : sequence of ndarray
        Speech to make babble of; there may be none.
    rng : numpy.random.Generator

    Raises
    ------
    SourceError
        If ffmpeg, which does the codecs, cannot.
    """
    chosen = [kind for kind, chance in CHANCES if rng.random() < chance]
    chosen = chosen or [str(rng.choice(USUAL))]
    samples = sound.astype(np.float64)
    for kind in chosen:
        if kind == "noise":
            samples = samples + _noise(samples, voices, rng)
        else:
            samples = _MAKERS[kind](samples, rng)
    return (samples * (_rms(sound) / _rms(samples))).astype(np.float32)


def _clip(samples: Samples, rng: np.random.Generator) -> Samples:
    peak = np.abs(samples).max() + 1e-9
    return np.clip(samples * 10 ** (rng.uniform(3, 14) / 20), -peak, peak)


def _tone(samples: Samples, rng: np.random.Generator) -> Samples:
    """Tilt the spectrum, and raise or lower some bells of it."""
    octave = _octaves(len(samples))
    gain_db = rng.uniform(-2.5, 2.5) * (octave - 10) + _bells(octave, rng, 6.0)
    return _filtered(samples, np.clip(gain_db, -18, 12))


def _band(samples: Samples, rng: np.random.Generator) -> Samples:
    """Let through what a small loudspeaker or microphone does."""
    for kind, low_hz, high_hz in (("highpass", 80, 400), ("lowpass", 3_000, 7_800)):
        if rng.random() < 0.8:
            edge = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz)))
            order = int(rng.integers(1, 5))
            samples = sosfilt(butter(order, edge, kind, fs=SAMPLE_RATE, output="sos"), samples)
    return samples


def _room(samples: Samples, rng: np.random.Generator) -> Samples:
    return np.asarray(fftconvolve(samples, room_response(rng))[: len(samples)])


def _noise(samples: Samples, voices: Sequence[FloatArray], rng: np.random.Generator) -> Samples:
    """Return noise 3 to 25 dB below the samples: babble, or of a random colour, steady or not."""
    if voices and rng.random() < BABBLE:
        noise = _babble(len(samples), voices, rng)
    else:
        octave = _octaves(len(samples))
        slope = -3.01 * rng.uniform(-0.2, 2.2) * octave
        noise = _filtered(rng.standard_normal(len(samples)), slope + _bells(octave, rng, 8.0))
        if rng.random() < 0.2:
            nodes = 10 ** (rng.uniform(-5, 5, 12) / 20)
            noise = noise * np.interp(np.linspace(0, 11, len(noise)), np.arange(12), nodes)
    return noise * (_rms(samples) / _rms(noise) * 10 ** (-rng.uniform(3, 25) / 20))


def _babble(n: int, voices: Sequence[FloatArray], rng: np.random.Generator) -> Samples:
    babble = np.zeros(n)
    for _ in range(int(rng.integers(3, 9))):
        voice = voices[int(rng.integers(len(voices)))]
        turned = np.resize(np.roll(voice, int(rng.integers(len(voice)))), n)
        babble += turned / _rms(turned) * 10 ** (rng.uniform(-4, 4) / 20)
    return babble


def _codec(samples: Samples, rng: np.random.Generator) -> Samples:
    """Encode and decode."""
    container, encoder, least, most = CODECS[int(rng.integers(len(CODECS)))]
    rate = f"{rng.integers(least, most + 1)}k"
    peak = max(1.0, np.abs(samples).max() / 0.95)
    raw = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "1"]
    plain = (samples / peak).astype("<f4").tobytes()
    coded = _ffmpeg([*raw, "-i", "-", "-c:a", encoder, "-b:a", rate, "-f", container, "-"], plain)
    decoded = np.frombuffer(_ffmpeg(["-f", container, "-i", "-", *raw, "-"], coded), "<f4")
    missing = max(0, len(samples) - len(decoded))
    return np.pad(peak * decoded[: len(samples)].astype("f8"), (0, missing))


def _ffmpeg(options: Sequence[str], given: bytes) -> bytes:
    command = ["ffmpeg", "-v", "error", *options]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise SourceError(f"ffmpeg: {said[-1]}; it needs libmp3lame, libvorbis and libopus")
    return done.stdout


def _line(samples: Samples, rng: np.random.Generator) -> Samples:
    """Send over a telephone line with mu-law of some 100 steps."""
    edges = [rng.uniform(200, 400), rng.uniform(2_800, 3_800)]
    order = int(rng.integers(2, 5))
    passed = sosfilt(butter(order, edges, "bandpass", fs=SAMPLE_RATE, output="sos"), samples)
    peak, n_steps = np.abs(passed).max() + 1e-9, int(rng.integers(60, 160))
    pressed = np.sign(passed) * np.log1p(255 * np.abs(passed) / peak) / np.log(256)
    coded = np.round(pressed * n_steps) / n_steps
    return np.asarray(peak * np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255)


_MAKERS = {
    "clip": _clip,
    "tone": _tone,
    "band": _band,
    "room": _room,
    "codec": _codec,
    "line": _line,
}


def _octaves(n: int) -> Samples:
    """Return the binary logarithm of each bin's frequency in Hz."""
    return np.asarray(np.log2(np.maximum(np.fft.rfftfreq(n, 1 / SAMPLE_RATE), 30.0)))


def _bells(octave: Samples, rng: np.random.Generator, most_db: float) -> Samples:
    gain_db = np.zeros_like(octave)
    for _ in range(int(rng.integers(0, 4))):
        offset = (octave - rng.uniform(6, 13)) / rng.uniform(0.2, 1.2)
        gain_db += rng.uniform(-most_db, most_db) * np.exp(-0.5 * offset**2)
    return gain_db


def _filtered(samples: Samples, gain_db: Samples) -> Samples:
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * 10 ** (gain_db / 20), len(samples)))


def _rms(samples: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype="f8")))) + 1e-9
