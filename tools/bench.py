"""Measure what a step costs, against what everybody else does in its place.

Rounds of subject and peer alternate in one process on one thread, and process CPU time is
counted: on a busy machine only the ratio of the two means anything.
"""

# ruff: noqa: E402 -- the thread counts must be set before NumPy is imported

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import librosa
import numpy as np
import soundfile as sf
import soxr
from rich.console import Console
from rich.table import Table

import livegenre
from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier, model_path
from livegenre.errors import ModelError
from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec

DEMO = Path(livegenre.__file__).parent / "demo" / "demo.ogg"
CLASSIC = FeatureSpec(
    extractor="statistics",
    sample_rate=22050,
    n_fft=2048,
    hop_length=512,
    n_mels=128,
    window_frames=130,
    min_frames=130,
    step_frames=22,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: CPU milliseconds a step, medians over the rounds."""

    name: str
    subject_ms: float
    peer_ms: float
    ratio: float
    """Peer over subject: how many times cheaper the subject is."""
    spread: tuple[float, float]
    """Least and greatest ratio of a round."""


def compare(
    name: str, subject: Callable[[], float], peer: Callable[[], float], n_rounds: int
) -> Row:
    """Alternate two measurements, each of which returns seconds a step."""
    subject(), peer()  # caches and lazy imports are not what a step costs
    rounds = [(subject() * 1000.0, peer() * 1000.0) for _ in range(n_rounds)]
    ratios = [theirs / ours for ours, theirs in rounds]
    return Row(
        name,
        median(ours for ours, _ in rounds),
        median(theirs for _, theirs in rounds),
        median(ratios),
        (min(ratios), max(ratios)),
    )


def step(
    spec: FeatureSpec,
    samples: FloatArray,
    their_features: Callable[[FloatArray], FloatArray],
    judge: Callable[[FloatArray], object],
) -> tuple[Callable[[], float], Callable[[], float]]:
    """Return a step on a stream, and the same from whole windows by other means.

    Parameters
    ----------
    spec : FeatureSpec
        What is extracted.
    samples : ndarray [shape=(n,)], float32
        Music at the specification's rate.
    their_features : callable
        Makes the features of a window's samples.
    judge : callable
        Takes a window's features, on either side.
    """
    n_step = spec.step_frames * spec.hop_length
    n_window = (spec.window_frames - 1) * spec.hop_length
    ends = range(n_window, len(samples) + 1, n_step)
    extractor = create_extractor(spec)

    def subject() -> float:
        extractor.reset()
        list(extractor.push(samples[: ends[0]]))
        started = time.process_time()
        for end in ends[1:]:
            for window in extractor.push(samples[end - n_step : end]):
                judge(window.features)
        return (time.process_time() - started) / (len(ends) - 1)

    # A handful of windows spread over the music tells librosa's cost well enough.
    peer_ends = ends[1 :: max(1, len(ends) // 8)]

    def peer() -> float:
        started = time.process_time()
        for end in peer_ends:
            judge(their_features(samples[end - n_window : end]))
        return (time.process_time() - started) / len(peer_ends)

    return subject, peer


def model_step(
    classifier: Classifier, path: Path
) -> tuple[Callable[[], float], Callable[[], float]]:
    """Return a step of a model, and the same model on librosa's features of whole windows."""
    spec = classifier.card.features
    theirs = tutorial_features if spec.extractor == "statistics" else log_mel
    return step(
        spec,
        load(path, spec.sample_rate),
        partial(theirs, spec=spec),
        lambda features: classifier.judge(features[None]),
    )


def log_mel(samples: FloatArray, spec: FeatureSpec) -> FloatArray:
    """Return the compressed mel spectrogram of a window, all of its frames at once."""
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=spec.sample_rate,
        n_fft=spec.n_fft,
        hop_length=spec.hop_length,
        n_mels=spec.n_mels,
    )
    return np.log10(1 + 1e4 * power).T.astype(np.float32)


def tutorial_features(samples: FloatArray, spec: FeatureSpec) -> FloatArray:
    """Return the classic features the way tutorials compute them, one call after the other."""
    feature, sample_rate = librosa.feature, spec.sample_rate
    frame_features = [
        feature.chroma_stft(y=samples, sr=sample_rate),
        feature.rms(y=samples),
        feature.spectral_centroid(y=samples, sr=sample_rate),
        feature.spectral_bandwidth(y=samples, sr=sample_rate),
        feature.spectral_rolloff(y=samples, sr=sample_rate),
        feature.zero_crossing_rate(samples),
        *feature.mfcc(y=samples, sr=sample_rate, n_mfcc=20),
    ]
    statistics = [(np.mean(values), np.var(values)) for values in frame_features]
    return np.array(statistics, np.float32).reshape(-1)


def load(path: Path, sample_rate: int) -> FloatArray:
    """Read a file as mono sound at a rate."""
    samples, file_rate = sf.read(path, dtype="float32", always_2d=True)
    resampled: FloatArray = soxr.resample(samples.mean(axis=1), file_rate, sample_rate)
    return resampled


def measure(path: Path, n_rounds: int, model: Classifier | None) -> Iterator[Row]:
    """Yield every comparison as soon as it is done."""
    music, theirs = load(path, CLASSIC.sample_rate), partial(tutorial_features, spec=CLASSIC)
    yield compare("classic-step", *step(CLASSIC, music, theirs, lambda features: None), n_rounds)
    if model is not None:
        yield compare(f"{model.card.name} model", *model_step(model, path), n_rounds)


def table(rows: list[Row]) -> Table:
    """Return the rows as a table for people."""
    result = Table("", "livegenre ms", "peer ms", "ratio", "least", "greatest")
    for row in rows:
        figures = (row.subject_ms, row.peer_ms, row.ratio, *row.spread)
        result.add_row(row.name, *(f"{figure:.3g}" for figure in figures))
    return result


def main() -> int:
    """Measure, print a table, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=DEMO, help="music, the demo by default")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of both sides")
    parser.add_argument("--model", help="measure this model's whole step too")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    arguments = parser.parse_args()
    if not arguments.audio.is_file():
        parser.error(f"{arguments.audio} is no file; name some music with --audio")
    try:
        model = Classifier.load(model_path(arguments.model)) if arguments.model else None
    except ModelError as error:
        parser.error(str(error))
    rows = list(measure(arguments.audio, arguments.rounds, model))
    Console().print(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
