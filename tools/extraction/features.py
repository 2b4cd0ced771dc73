"""The features of the published GTZAN tables, by librosa 0.11. Runs in worker processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import librosa
import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.features.statistics import N_MFCC
from livegenre.training.sound import read_sound

SAMPLE_RATE = 22_050
SHORTEST_SECONDS = 0.5
"""Of which features make sense."""
FRAME_FEATURES = (
    "chroma_stft",
    "rms",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
)
PARTS = ("harmony", "perceptr")
"""The published names of what is harmonic and what is percussive in the samples."""
MFCCS = tuple(f"mfcc{number}" for number in range(1, N_MFCC + 1))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table has, and by what convention."""

    features: tuple[str, ...]
    """In order."""
    padding: str
    """What librosa's frames hear beyond both ends: ``constant`` (zeros) or ``reflect``."""


def _mean_and_var(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{statistic}" for name in names for statistic in ("mean", "var"))


LAYOUTS = {
    "plain": Layout(_mean_and_var(*FRAME_FEATURES, *MFCCS), "constant"),
    "gtzan": Layout(
        (*_mean_and_var(*FRAME_FEATURES, *PARTS), "tempo", *_mean_and_var(*MFCCS)), "reflect"
    ),
}
"""``plain``: librosa 0.11's own padding, and what livegenre's classic model hears; ``gtzan``: the
57 published columns, as they were computed."""


@dataclass(frozen=True, slots=True)
class Job:
    """A recording whose features are wanted."""

    path: Path
    layout: Layout
    segment_seconds: float | None
    """Length of the parts that a row each is for; None is one row for the whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """Features of a recording or a part of it."""

    n_samples: int
    values: tuple[float, ...]
    """In the layout's order."""


def extract(job: Job) -> list[Row]:
    """Compute the rows of a recording; what is left behind its last whole part is left out.

    Raises
    ------
    SourceError
        If it cannot be read, or is too short.
    """
    (samples,) = read_sound(job.path, SAMPLE_RATE)
    length = len(samples)
    if job.segment_seconds is not None:
        length = round(job.segment_seconds * SAMPLE_RATE)
    if len(samples) < max(length, SHORTEST_SECONDS * SAMPLE_RATE):
        seconds = len(samples) / SAMPLE_RATE
        raise FileError(f"{job.path}: its {seconds:.1f} s are too short")
    return [
        Row(length, _values(samples[start : start + length], job.layout))
        for start in range(0, len(samples) - length + 1, length)
    ]


def _values(samples: FloatArray, layout: Layout) -> tuple[float, ...]:
    found: dict[str, float] = {}
    for name, values in _series(samples, layout):
        found[f"{name}_mean"], found[f"{name}_var"] = float(values.mean()), float(values.var())
    if "tempo" in layout.features:
        tempo, _ = librosa.beat.beat_track(y=samples, sr=SAMPLE_RATE)
        found["tempo"] = float(np.atleast_1d(tempo)[0])
    return tuple(found[name] for name in layout.features)


def _series(samples: FloatArray, layout: Layout) -> Iterator[tuple[str, Any]]:
    """Yield what means and variances are taken of."""
    feature: Any = librosa.feature
    padding = layout.padding
    of_sound = {"y": samples, "sr": SAMPLE_RATE, "pad_mode": padding}
    yield "chroma_stft", feature.chroma_stft(**of_sound)
    yield "rms", feature.rms(y=samples, pad_mode=padding)
    yield "spectral_centroid", feature.spectral_centroid(**of_sound)
    yield "spectral_bandwidth", feature.spectral_bandwidth(**of_sound)
    yield "rolloff", feature.spectral_rolloff(**of_sound)
    # Its frames repeat the first and the last sample, whatever the others do.
    yield "zero_crossing_rate", feature.zero_crossing_rate(samples)
    yield from zip(MFCCS, feature.mfcc(**of_sound, n_mfcc=N_MFCC), strict=True)
    if "tempo" in layout.features:
        yield from zip(PARTS, _harmonic_and_percussive(samples, padding), strict=True)


def _harmonic_and_percussive(samples: FloatArray, padding: Any) -> Iterator[FloatArray]:
    """Yield both parts, as librosa gave them when the tables were made.

    What lies behind the last whole hop was left silent then; ``librosa.effects.hpss`` of today
    gives it too, which moves the variances by up to a thousandth.
    """
    spectra = librosa.stft(samples, pad_mode=padding)
    for part in librosa.decompose.hpss(spectra):
        yield librosa.util.fix_length(librosa.istft(part), size=len(samples))
