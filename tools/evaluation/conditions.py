"""What a microphone, a room, a line and other people do to music: seeded, each on its own.

Every condition keeps the length in seconds, and leaves the samples given to it alone.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from livegenre.arrays import FloatArray
from livegenre.errors import SourceError, UsageError

MU = 255
LINE_HZ = 8_000
TALK = "talk"


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples and their rate in Hz."""

    samples: FloatArray
    sample_rate: int


Condition = Callable[[Sound, np.random.Generator], Sound]


def rms(samples: NDArray[np.floating]) -> float:
    """Return the root mean square; never 0, so that it may divide."""
    return float(np.sqrt(np.mean(np.square(samples, dtype="f8")))) or 1e-12


def pink_noise(n: int, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """Return noise of RMS 1 whose power falls as 1/f from 20 Hz on."""
    frequency = np.fft.rfftfreq(n, 1 / sample_rate)
    amplitude = np.where(frequency >= 20, 1 / np.sqrt(np.maximum(frequency, 20)), 0.0)
    shaped = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * amplitude, n)
    return (shaped / rms(shaped)).astype(np.float32)


def add_noise(sound: Sound, rng: np.random.Generator, *, snr_db: float) -> Sound:
    """Add pink noise, ``snr_db`` below the music."""
    noise = pink_noise(len(sound.samples), sound.sample_rate, rng)
    return _mixed(sound, noise, snr_db)


def _mixed(sound: Sound, other: FloatArray, ratio_db: float) -> Sound:
    gain = rms(sound.samples) / rms(other) * 10 ** (-ratio_db / 20)
    return Sound(sound.samples + np.float32(gain) * other, sound.sample_rate)


def impulse_response(
    rt60_seconds: float, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return a diffuse room's: direct sound, and as much again in noise that decays.

    The noise falls by 60 dB in ``rt60_seconds`` (Schroeder, J. Acoust. Soc. Am. 37, 1965): it is
    what is heard at the room's critical distance.
    """
    time = np.arange(round(1.2 * rt60_seconds * sample_rate)) / sample_rate
    response = rng.standard_normal(len(time)) * 10 ** (-3 * time / rt60_seconds)
    response /= np.linalg.norm(response)
    response[0] = 1.0
    return response


def play_in_room(sound: Sound, rng: np.random.Generator, *, rt60_seconds: float) -> Sound:
    """Play through a loudspeaker of 200 to 6000 Hz in a room."""
    heard = _band(sound.samples, sound.sample_rate, 200, 6000)
    response = impulse_response(rt60_seconds, sound.sample_rate, rng)
    heard = fftconvolve(heard, response)[: len(sound.samples)]
    return Sound(_levelled(heard, sound), sound.sample_rate)


def _band(
    samples: FloatArray, sample_rate: int, low_hz: float, high_hz: float
) -> NDArray[np.float64]:
    edges = [low_hz, min(high_hz, 0.45 * sample_rate)]
    passed: NDArray[np.float64] = sosfilt(
        butter(4, edges, "bandpass", fs=sample_rate, output="sos"), samples
    )
    return passed


def _levelled(samples: NDArray[np.floating], like: Sound) -> FloatArray:
    return (samples * (rms(like.samples) / rms(samples))).astype(np.float32)


def amplify(sound: Sound, _: np.random.Generator, *, gain_db: float) -> Sound:
    """Amplify, and clip at full scale."""
    louder = np.clip(sound.samples * np.float32(10 ** (gain_db / 20)), -1, 1)
    return Sound(louder, sound.sample_rate)


def telephone(sound: Sound, _: np.random.Generator) -> Sound:
    """Send over a telephone line: 300 to 3400 Hz, 8 kHz, 8-bit mu-law (ITU-T G.711)."""
    passed = _band(sound.samples, sound.sample_rate, 300, 3400)
    line = np.clip(soxr.resample(passed, sound.sample_rate, LINE_HZ), -1, 1)
    pressed = np.sign(line) * np.log1p(MU * np.abs(line)) / np.log1p(MU)
    coded = np.round(pressed * 127) / 127
    decoded = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(MU)) / MU
    return Sound(decoded.astype(np.float32), LINE_HZ)


def code(sound: Sound, _: np.random.Generator) -> Sound:
    """Encode as AAC at 64 kbit/s and decode, by ffmpeg.

    Raises
    ------
    SourceError
        If ffmpeg cannot.
    """
    with tempfile.TemporaryDirectory() as name:
        plain, coded, decoded = (Path(name) / file for file in ("in.wav", "coded.m4a", "out.wav"))
        soundfile.write(plain, sound.samples, sound.sample_rate, subtype="FLOAT")
        _ffmpeg(plain, coded, "-c:a", "aac", "-b:a", "64k")
        _ffmpeg(coded, decoded, "-c:a", "pcm_f32le", "-ar", str(sound.sample_rate))
        samples, _rate = soundfile.read(decoded, dtype="float32")
    n = len(sound.samples)
    return Sound(np.pad(samples[:n], (0, max(0, n - len(samples)))), sound.sample_rate)


def _ffmpeg(source: Path, target: Path, *options: str) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(source), *options, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SourceError(f"codec_64k: ffmpeg: {said}")


def talk_over(sound: Sound, rng: np.random.Generator, *, voices: Sequence[Sound]) -> Sound:
    """Have one of these voices talk all the time, 5 dB below the music."""
    voice = voices[int(rng.integers(len(voices)))]
    speech = soxr.resample(voice.samples, voice.sample_rate, sound.sample_rate)
    return _mixed(sound, np.resize(speech, len(sound.samples)), 5.0)


CONDITIONS: Mapping[str, Condition] = {
    **{f"noise_{snr}db": partial(add_noise, snr_db=snr) for snr in (20, 10, 5)},
    **{f"room_{ms}ms": partial(play_in_room, rt60_seconds=ms / 1000) for ms in (300, 600, 1000)},
    **{f"gain_{gain:+d}db": partial(amplify, gain_db=gain) for gain in (-30, -20, 12)},
    "codec_64k": code,
    "telephone": telephone,
}
"""All but ``talk``, which needs voices."""


def chosen_conditions(text: str) -> tuple[str, ...]:
    """Read ``all``, ``none`` or names separated by commas.

    Raises
    ------
    UsageError
        If there is no such condition, or ffmpeg is needed and missing.
    """
    every = (*CONDITIONS, TALK)
    names = {"all": every, "none": ()}.get(text, tuple(dict.fromkeys(text.split(","))))
    if unknown := [name for name in names if name not in every]:
        raise UsageError(f"--conditions {unknown[0]!r}: is none of all, none, {', '.join(every)}")
    if "codec_64k" in names and shutil.which("ffmpeg") is None:
        raise UsageError("--conditions codec_64k: needs ffmpeg; install it, or name others")
    return names
