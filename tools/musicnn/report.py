"""Prints what the heads of the convolutional model are worth on clips they never heard."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from livegenre.training.console import answers
from livegenre.training.measures import accuracy, calibration_error, recalls
from livegenre.training.validation import Judged
from tools.musicnn.heads import spread_other
from tools.musicnn.judging import HeldOut, as_judged
from tools.musicnn.material import Kind, Material
from tools.musicnn.moved import PRICE
from tools.musicnn.trainer import Trained, Trainer


def report(trainer: Trainer, held_out: HeldOut, trained: Trained) -> None:
    """Print all measures, from those of the whole to those of single kinds of sound."""
    material = trainer.material
    judged = as_judged(material, spread_other(held_out.logits, trained.temperature))
    _say(f"{trained.card.accuracy}")
    _say(f"calibration error {100 * calibration_error(judged, 1.0):.1f} points")
    _say(f"temperature {trained.temperature:.2f}; {trained.card.training_data}")
    shares = zip(judged.rows.labels, recalls(judged), strict=True)
    _say(", ".join(f"{label} {100 * share:.0f} %" for label, share in shares))
    for name in dict.fromkeys(material.group[material.kind == Kind.GENRE]):
        _say(f"{name}: {_part(judged, material.group == name)}")
    for kind in PRICE:
        _report_moved(trainer, held_out, kind)
    _report_not_music(material, held_out, trained)
    _report_outside(material, held_out, trained)


def _part(judged: Judged, clips: NDArray[np.bool_]) -> str:
    measured = accuracy(judged.of_rows(clips[judged.rows.track]), "held out")
    return f"{measured}; mean over genres {100 * measured.macro:.1f} %"


def _report_moved(trainer: Trainer, held_out: HeldOut, kind: str) -> None:
    """Compare the mean over genres of clips as they are and degraded, in the same windows."""
    genre = {
        track.id: number
        for track, number, sort in zip(
            trainer.material.tracks, trainer.material.genre, trainer.material.kind, strict=True
        )
        if sort == Kind.GENRE
    }
    chosen = [n for n, p in enumerate(trainer.moved) if p.kind == kind and p.track in genre]
    genres = np.array([genre[trainer.moved[n].track] for n in chosen])
    clean, degraded = (_macro(held_out.moved_right[:, chosen, form], genres) for form in (0, 1))
    _say(f"in a {kind}: mean over genres {100 * clean:.1f} -> {100 * degraded:.1f} %")


def _macro(right: NDArray[np.bool_], genres: NDArray[np.int64]) -> float:
    return float(np.mean([right[:, genres == genre].mean() for genre in np.unique(genres)]))


def _report_not_music(material: Material, held_out: HeldOut, trained: Trained) -> None:
    threshold = trained.card.not_music_threshold or 1.0
    called = held_out.not_music >= threshold
    _say(f"not music from {threshold:.3f} on; of windows of sources never heard:")
    named = _named(held_out, trained) & ~called
    for label in sorted({track.genre for track in material.tracks}):
        rows = _rows(material, [track.genre == label for track in material.tracks])
        _say(
            f"  {label:<12}{100 * called[:, rows].mean():5.1f} % called not music,"
            f"{100 * named[:, rows].mean():5.1f} % called a genre"
        )


def _report_outside(material: Material, held_out: HeldOut, trained: Trained) -> None:
    rows = _rows(material, material.kind == Kind.OUTSIDE)
    if rows.any():
        share = _named(held_out, trained)[:, rows].mean()
        _say(f"music of other genres: {100 * share:.0f} % of windows are called one of these")


def _named(held_out: HeldOut, trained: Trained) -> NDArray[np.bool_]:
    posteriors = np.exp(spread_other(held_out.logits, trained.temperature))
    return np.asarray(posteriors.max(axis=2) >= trained.card.unsure_threshold)


def _rows(material: Material, clips: Sequence[bool] | NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(clips, np.bool_)[material.clip]


def _say(text: str) -> None:
    answers.print(text, markup=False)
