"""Hears a recording once, for all time: what is found is kept on disk by what the file holds.

Runs in worker processes.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.classifier import model_path
from livegenre.errors import FileError, SourceError
from livegenre.features.base import FeatureSpec
from livegenre.training.backbone import embedder
from livegenre.training.likeness import SAMPLE_RATE, take_print
from livegenre.training.sound import read_sound, spread_windows

BACKBONE = "cnn"
EDITION = b"1"
"""To be raised where the same sound would give other numbers."""
STATISTICS = FeatureSpec(
    extractor="statistics",
    sample_rate=22_050,
    n_fft=2048,
    hop_length=512,
    n_mels=128,
    window_frames=130,
    min_frames=44,
    step_frames=22,
)
"""What the estimators of the literature hear."""
Arrays: TypeAlias = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to hear."""

    path: Path
    cache: Path
    wants_more: bool
    """Whether estimators that do not stand on the networks are to be trained, too."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a recording."""

    digest: str
    """Of its file."""
    rows: FloatArray
    """Embeddings of windows [shape=(n_windows, n_features)]."""
    print: FloatArray
    """By ``take_print``."""
    more: Mapping[str, FloatArray]
    """``statistics`` [shape=(n_windows, 52)] and ``patches`` [shape=(n_windows, n_frames,
    n_mels)], where they were wanted."""
    is_new: bool
    """Whether any of it had to be heard now."""
    trouble: str
    """Why this could not be kept; empty where it was."""


def hear(job: Job) -> Heard:
    """Hear a recording, or remember what was heard of it.

    Raises
    ------
    SourceError
        If it cannot be read, is silent, or shorter than a window.
    """
    try:
        with job.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{job.path}: {error.strerror}; check its permissions") from error
    networks = embedder(model_path(BACKBONE))
    parts: list[tuple[bytes, Callable[[Path], Arrays]]] = [(b"rows" + networks.key, _rows)]
    if job.wants_more:
        parts.append((b"more", _more))
    found: Arrays = {}
    trouble, is_new = "", False
    for key, extract in parts:
        name = hashlib.sha256(EDITION + key + digest.encode()).hexdigest()
        kept = job.cache / f"{name}.npz"
        arrays = _read(kept)
        if not arrays:
            is_new, arrays = True, extract(job.path)
            trouble = _keep(kept, arrays) or trouble
        found |= arrays
    rows, print_ = (found.pop(name).astype(np.float32) for name in ("rows", "print"))
    more = {name: np.asarray(array, np.float32) for name, array in found.items()}
    return Heard(digest, rows, print_, more, is_new, trouble)


def about(path: Path, error: str) -> str:
    """Return an error that names the file, as not all do: what ended its process, for one."""
    return error if str(path) in error else f"{path}: {error}"


def _rows(path: Path) -> Arrays:
    networks = embedder(model_path(BACKBONE))
    rates = dict.fromkeys((networks.spec.sample_rate, SAMPLE_RATE))
    by_rate = dict(zip(rates, read_sound(path, *rates), strict=True))
    patches = _windows(path, by_rate[networks.spec.sample_rate], networks.spec)
    return {"rows": networks(patches), "print": take_print(by_rate[SAMPLE_RATE])}


def _more(path: Path) -> Arrays:
    spec = embedder(model_path(BACKBONE)).spec
    for_patches, for_statistics = read_sound(path, spec.sample_rate, STATISTICS.sample_rate)
    patches = _windows(path, for_patches, spec)
    # A short one is repeated, so that all are of one length.
    frames = np.arange(spec.window_frames) % patches.shape[1]
    return {
        "patches": patches[:, frames].astype(np.float16),
        "statistics": _windows(path, for_statistics, STATISTICS),
    }


def _windows(path: Path, samples: FloatArray, spec: FeatureSpec) -> FloatArray:
    try:
        found = spread_windows(samples, spec)
    except FileError as error:
        raise FileError(f"{path}: {error}") from error
    if not found:
        raise FileError(f"{path}: is silent")
    return np.stack(found)


def _read(kept: Path) -> Arrays:
    """Return what is kept; nothing if it is not there, or was cut off by a full disk."""
    try:
        with kept.open("rb") as file, np.load(file) as arrays:
            return dict(arrays)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return {}


def _keep(kept: Path, arrays: Arrays) -> str:
    """Keep what was heard; return what hinders it."""
    unfinished = kept.with_suffix(f".{os.getpid()}.part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # its types do not know keywords
        unfinished.replace(kept)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        return f"{kept.parent}: {error.strerror}"
    return ""
