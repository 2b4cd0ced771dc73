"""Draws windows of sound at random, each clean and degraded, as the front end gives them.

Also of sound played faster or slower, and of two recordings at once: there is no label to hurt.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import SourceError
from livegenre.training.recordings import Recording
from tools.musicnn.distil import degradation, rooms
from tools.musicnn.distil.degradation import degrade
from tools.musicnn.distil.front import FrontEnd, VggFrontEnd
from tools.musicnn.distil.rooms import SAMPLE_RATE
from tools.musicnn.golden import HOP_LENGTH, N_FFT, N_FRAMES, log_mel

N_SAMPLES = N_FFT + (N_FRAMES - 1) * HOP_LENGTH
LEAD = SAMPLE_RATE * 12 // 10
"""Samples before the window, which a room or a codec carries into it."""
N_COPIES = 2
SHARD = 250
NOT_MUSIC = 0.17
"""Share of items that are no music."""
VARIED_SPEED, TWO_AT_ONCE = 0.5, 0.2
MOST_SPEED = 0.2
"""Logarithm of how much faster or slower."""
SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Sound:
    """Recordings at 16 kHz."""

    samples: Sequence[FloatArray]
    is_music: NDArray[np.bool_]
    label: Sequence[str]

    @property
    def chance(self) -> NDArray[np.float64]:
        """Chance of each to be drawn; it grows with the square root of the length."""
        chance = np.sqrt([len(samples) for samples in self.samples])
        for kind, share in ((True, 1 - NOT_MUSIC), (False, NOT_MUSIC)):
            of_kind = self.is_music == kind
            chance[of_kind] *= share / max(chance[of_kind].sum(), 1e-9)
        return np.asarray(chance / chance.sum())

    @property
    def voices(self) -> list[FloatArray]:
        """What babble is made of."""
        return [
            samples
            for samples, label in zip(self.samples, self.label, strict=True)
            if label == SPEECH
        ]


def read_sound(music: Sequence[Recording], other: Sequence[Recording]) -> Sound:
    """Read all recordings.

    Raises
    ------
    SourceError
        If one cannot be read.
    """
    every = [*music, *other]
    return Sound(
        [_read(recording.path) for recording in every],
        np.arange(len(every)) < len(music),
        [recording.track.genre for recording in every],
    )


def _read(path: Path) -> FloatArray:
    try:
        sound, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from error
    samples: FloatArray = soxr.resample(sound.mean(axis=1), sample_rate, SAMPLE_RATE)
    return samples


def shards(
    sound: Sound, front: FrontEnd | VggFrontEnd, cache: Path, n_shards: int, seed: int
) -> Iterator[NDArray[np.float16]]:
    """Make items shard by shard, or read those that are in the cache.

    Yields
    ------
    ndarray [shape=(250, 3, n_channels, n_frames, ...)]
        Channels of a clean window, then of degraded copies of it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    identity = _key(sound, front, seed)
    for number in range(n_shards):
        path = cache / f"{identity}-{number}.npy"
        if not path.exists():
            rng = np.random.default_rng([seed, number])
            unfinished = path.with_suffix(f".{os.getpid()}.npy")
            np.save(unfinished, np.stack([item(sound, front, rng) for _ in range(SHARD)]))
            unfinished.replace(path)
        yield np.load(path)


def item(
    sound: Sound, front: FrontEnd | VggFrontEnd, rng: np.random.Generator
) -> NDArray[np.float16]:
    """Return the channels of one window, clean and degraded."""
    samples = _segment(sound, rng)
    start = max(0, len(samples) - N_SAMPLES)
    heard = [samples, *(degrade(samples, sound.voices, rng) for _ in range(N_COPIES))]
    return np.stack([front(log_mel(each[start:])) for each in heard]).astype(np.float16)


def _segment(sound: Sound, rng: np.random.Generator) -> FloatArray:
    """Return a window and what comes before it; shorter where the recording is."""
    n = N_SAMPLES + LEAD
    speed = np.exp(rng.uniform(-MOST_SPEED, MOST_SPEED)) if rng.random() < VARIED_SPEED else 1.0
    number = int(rng.choice(len(sound.samples), p=sound.chance))
    samples = _cut(sound.samples[number], int(n * speed) + 2, rng)
    samples = soxr.resample(samples, SAMPLE_RATE * speed, SAMPLE_RATE, "MQ")[:n]
    if rng.random() < TWO_AT_ONCE:
        second = int(rng.choice(np.flatnonzero(sound.is_music)))
        other = np.resize(_cut(sound.samples[second], n, rng), len(samples))
        gain = np.std(samples) / (np.std(other) + 1e-9) * 10 ** (rng.uniform(-10, 3) / 20)
        samples = samples + gain * other
    # Digital silence stays silent whatever is done to it; this is 100 dB below full scale.
    return np.asarray(samples + 1e-5 * rng.standard_normal(len(samples)), np.float32)


def _cut(samples: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
    start = int(rng.integers(0, max(0, len(samples) - n) + 1))
    return samples[start : start + n]


def _key(sound: Sound, front: FrontEnd | VggFrontEnd, seed: int) -> str:
    """Return a name for all that items depend on."""
    digest = hashlib.sha256(front.key + str(seed).encode())
    for code in (__file__, degradation.__file__, rooms.__file__):
        digest.update(Path(code).read_bytes())
    for samples, label in zip(sound.samples, sound.label, strict=True):
        digest.update(label.encode() + samples.tobytes())
    return digest.hexdigest()[:32]
