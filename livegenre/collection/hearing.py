"""One file heard from its first sample to its last, in whichever process that happens."""

import hashlib
import os
from dataclasses import dataclass
from functools import cache

from livegenre.assembly import DecisionOptions, make_decider
from livegenre.classifier import Classifier, model_path
from livegenre.collection.content import DIGEST_BYTES, digest_of, stamp_of
from livegenre.collection.summing import Summing
from livegenre.collection.track import Track
from livegenre.collection.windows import windows_apart
from livegenre.errors import FileError, ModelError
from livegenre.features import create_extractor
from livegenre.interruption import heed
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import check_fit
from livegenre.work.remote import is_url, local_copy, signature

METHOD = 1
"""To be raised when the same file and the same model come to give another track."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be heard, by which model; sent to whoever hears it."""

    path: str
    """Absolute, with bytes that are no text as ``os.fsdecode`` escapes them; or a URL."""
    model: str
    """Name of a bundled model, or absolute path of a file."""
    model_digest: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """A file that was heard."""

    track: Track
    digest: bytes
    """Of the file's content."""
    stamp: str
    """Of the file, as ``stamp_of`` gives it, or as its store does."""
    size: int
    """Of the file, in bytes."""


def model_digest(name: str) -> bytes:
    """Return the digest of a model's file and of how files are heard.

    Raises
    ------
    ModelError
        If there is no such model, or it cannot be read.
    """
    path = model_path(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"model {path}: {error.strerror}; check its permissions") from error
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES, salt=b"%d" % METHOD).digest()


def hear(task: Task) -> Heard:
    """Hear a file; called in any process.

    Raises
    ------
    LivegenreError
        If it cannot be heard, with the reason alone: the path is the caller's to name.
    """
    classifier = classifier_for(task.model, task.model_digest)
    try:
        stamp = signature(task.path) if is_url(task.path) else ""
        with local_copy(task.path) as place:
            path = os.fspath(place)
            status = os.stat(path)
            digest = digest_of(path)
            track = hear_track(path, classifier)
            if stamp_of(os.stat(path)) != stamp_of(status):
                raise FileError("was changed while it was heard; run again")
    except OSError as error:
        raise FileError(f"{error.strerror}; check that it is there and may be read") from None
    except FileError as error:
        raise FileError(_without_path(str(error), task.path)) from None
    return Heard(track, digest, stamp or stamp_of(status), status.st_size)


def hear_track(path: str, classifier: Classifier) -> Track:
    """Hear a file, a signal or ``demo``, block by block.

    Raises
    ------
    SourceError
        If it cannot be decoded, or is too short for a window.
    """
    summing = _make_summing(classifier)
    spec = classifier.card.features
    n_windows = 0
    with open_source(ReplayOptions(spec=path, speed=float("inf"))) as source:
        for begin, end, window in windows_apart(source, spec):
            heed()
            silent = summing.is_silent(window.level_dbfs)
            summing.add(begin, end, None if silent else classifier.judge(window.features[None]))
            n_windows += 1
    if not n_windows:
        raise FileError(f"is too short: the model needs {spec.min_seconds:.2f} s of sound")
    return summing.track()


@cache
def classifier_for(model: str, digest: bytes) -> Classifier:
    """Return a model, loaded once in each process.

    Raises
    ------
    ModelError
        If there is none here, or another one than that with the digest.
    """
    if model_digest(model) != digest:
        raise ModelError(
            f"model {model}: another one is here than where the run was started; install the "
            "same livegenre, and the same model, on every computer"
        )
    classifier = Classifier.load(model_path(model))
    check_fit(create_extractor(classifier.card.features), classifier)
    return classifier


def _make_summing(classifier: Classifier) -> Summing:
    alone = DecisionOptions(smoothing_seconds=0.0, hold_seconds=0.0)
    return Summing(
        classifier.card.multi_label,
        course=make_decider(DecisionOptions(), classifier),
        whole=make_decider(alone, classifier),
    )


def _without_path(message: str, path: str) -> str:
    for prefix in (path, os.path.basename(path)):
        message = message.removeprefix(f"{prefix}: ")
    return message
