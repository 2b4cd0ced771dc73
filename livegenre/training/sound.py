"""Takes a few stretches out of a recording: enough to know it by, in a moment."""

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec
from livegenre.resample import Resampler
from livegenre.sources import ReplayOptions, open_source

MOST_SECONDS = 600.0
"""Of a longer recording, what comes later is not heard."""
N_WINDOWS = 10
"""Of a recording, evenly spread; neighbours overlap by half at most."""
SILENCE_DBFS = -60.0
"""Windows below are left out, as the live stream judges none of them."""


def read_sound(path: Path, *rates: int) -> list[FloatArray]:
    """Return a recording, mixed to one channel, at some sample rates [shape=(n_samples,)].

    Raises
    ------
    SourceError
        If it cannot be read.
    """
    # By its absolute path, so that no name is taken for a signal's.
    options = ReplayOptions(
        spec=os.path.abspath(path), speed=math.inf, duration_seconds=MOST_SECONDS
    )
    with open_source(options) as source:
        resamplers = [Resampler(source.sample_rate, rate) for rate in rates]
        parts: list[list[FloatArray]] = [[] for _ in rates]
        while (block := source.read(source.sample_rate)) is not None:
            for resampler, part in zip(resamplers, parts, strict=True):
                part.append(resampler.push(block))
    for resampler, part in zip(resamplers, parts, strict=True):
        part.append(resampler.flush())
    return [np.concatenate(part) for part in parts]


def spread_windows(samples: FloatArray, spec: FeatureSpec) -> list[FloatArray]:
    """Return the features of windows spread over a recording; one that is short gives one window.

    Parameters
    ----------
    samples : ndarray [shape=(n_samples,)], float32
        At the specification's rate.
    spec : FeatureSpec

    Returns
    -------
    list of ndarray
        As the extractor makes them, all of one shape; none if the recording is silent.

    Raises
    ------
    FileError
        If it is shorter than the shortest window.
    """
    spare = len(samples) - _length(spec)
    # Early windows are of no use but to a recording that has no others.
    step = spec.step_frames if spare < 0 else max(1, spec.window_frames - spec.min_frames)
    extractor = create_extractor(replace(spec, step_frames=step))
    found = []
    for stretch in _stretches(samples, spec):
        extractor.reset()
        made = list(extractor.push(stretch))
        if not made:
            raise FileError(f"is shorter than the shortest window of {spec.min_seconds:.1f} s")
        if made[-1].level_dbfs >= SILENCE_DBFS:
            found.append(made[-1].features)
    return found


def _stretches(samples: FloatArray, spec: FeatureSpec) -> Iterator[FloatArray]:
    length = _length(spec)
    spare = max(0, len(samples) - length)
    n = min(N_WINDOWS, 1 + 2 * spare // length)
    for number in range(n):
        start = round((number + 0.5) / n * spare)
        yield samples[start : start + length]


def _length(spec: FeatureSpec) -> int:
    """Return the samples of a full window."""
    return (spec.window_frames - 1) * spec.hop_length + spec.n_fft
