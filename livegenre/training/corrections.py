"""What people corrected while they listened, made rows to train on: never rows to judge by."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.corrections import Correction, read_corrections
from livegenre.features.base import FeatureSpec
from livegenre.training.dataset import DataError, Rows, Track

PIECE_SECONDS = 30.0
"""Corrections to one label that are no farther apart are of one piece of music."""
SAME = 1e-3
"""Difference of two features, in their standard deviations, at which they are of one sound."""
TAKERS = {
    "statistics": "tools/export_onnx.py --add-corrections",
    "logmel": "tools/train_cnn.py --add-corrections",
}
"""What trains on the features of which extractor."""


def usable_corrections(
    path: Path, spec: FeatureSpec, labels: Sequence[str], say: Callable[[str], None]
) -> list[Correction]:
    """Read those corrections that fit what is trained, by session and time.

    Of a window that was corrected twice, the last word counts.

    Parameters
    ----------
    path : Path
    spec : FeatureSpec
        What is trained on; the step does not matter.
    labels : sequence of str
        What is told apart.
    say : callable
        Is told what is left out.

    Raises
    ------
    DataError
        If a label is unknown, or nothing fits.
    OutputError
        If the file cannot be read.
    """
    found: dict[tuple[str, float, bytes], Correction] = {}
    unfit: list[Correction] = []
    for line in read_corrections(path):
        if isinstance(line, str):
            say(line)
        elif replace(line.spec, step_frames=spec.step_frames) != spec:
            unfit.append(line)
        else:
            found[line.session, line.time, line.features.tobytes()] = line
    if unfit:
        say(f"{path}: left out {len(unfit)} corrections: {_misfit(unfit[-1], spec)}")
    if not found:
        raise DataError(f"{path}: no correction in it fits what is trained")
    if unknown := sorted({correction.label for correction in found.values()}.difference(labels)):
        raise DataError(f"{path}: label {unknown[0]!r} is none of {', '.join(labels)}")
    return sorted(found.values(), key=lambda correction: (correction.session, correction.time))


def _misfit(correction: Correction, spec: FeatureSpec) -> str:
    """Say whose features they are, and what takes them."""
    extractor = correction.spec.extractor
    of_model = f"features of model {correction.model}"
    if extractor != spec.extractor:
        return f"{of_model} ({extractor}); {TAKERS.get(extractor, 'nothing here')} takes them"
    theirs, ours = correction.spec.to_dict(), spec.to_dict()
    names = [name for name in ours if theirs[name] != ours[name] and name != "step_frames"]
    return f"{of_model} with {names[0]} {theirs[names[0]]}, not {ours[names[0]]}"


def correction_rows(corrections: Sequence[Correction], features: FloatArray) -> Rows:
    """Make rows of corrections; each session is an artist, each stretch with one label a track.

    Parameters
    ----------
    corrections : sequence of Correction
        By session and time.
    features : ndarray [shape=(n, n_features)], float32
        What is trained on, of each.
    """
    tracks: list[Track] = []
    last: Correction | None = None
    for correction in corrections:
        goes_on = (
            last is not None
            and (correction.session, correction.label) == (last.session, last.label)
            and correction.time - last.time <= PIECE_SECONDS
        )
        artist = f"corrections/{correction.session}"
        new = Track(f"{artist}/{correction.time:.2f}", correction.label, artist)
        tracks.append(tracks[-1] if goes_on else new)
        last = correction
    return Rows(features, tracks)


def claimed(rows: Rows, known: Rows) -> Rows:
    """Give corrections of sound that is in the data anyway to the artist that it is by.

    Otherwise models would be judged by what they were taught the answer of.
    """
    spread = np.maximum(known.features.std(axis=0), 1e-9)
    tracks = list(rows.tracks)
    owners: dict[str, str] = {}
    for number, features in enumerate(rows.features):
        distances = (np.abs(known.features - features) / spread).max(axis=1)
        if distances.min() <= SAME:
            owner = known.tracks[int(distances.argmin())]
            owners[tracks[number].id] = owner.artist or owner.id
    return replace(
        rows,
        tracks=[replace(track, artist=owners.get(track.id, track.artist)) for track in tracks],
    )


def may_teach(makers: NDArray[np.int64], clips: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell what may be trained on: some clips, and corrections that are by no one held out.

    Parameters
    ----------
    makers : ndarray [shape=(n_clips + n_corrected,)]
        Number of the artist of each clip and, behind them, of each corrected one.
    clips : ndarray [shape=(n_clips,)]
        Which clips may be heard.

    Returns
    -------
    ndarray [shape=(n_clips + n_corrected,)]
    """
    n_clips = len(clips)
    by_others = ~np.isin(makers[n_clips:], makers[:n_clips][~clips])
    return np.concatenate((clips, by_others))
