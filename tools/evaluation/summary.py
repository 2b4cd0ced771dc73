"""Joins the scores into what is written as JSON, and says which parts of a run they come from."""

from collections.abc import Sequence

from tools.evaluation.answers import Heard, clip_answers, window_answers
from tools.evaluation.scores import (
    Json,
    abstention,
    accuracy,
    accuracy_at,
    calibration,
    confusion,
    per_genre,
    risk_coverage,
    states,
    states_by_label,
    step_cost_ms,
    times,
)
from tools.evaluation.store import digest_of
from tools.evaluation.subject import Subject


def describe_model(subject: Subject, name: str) -> Json:
    """Say which model it was, by its files' digests, and what it may have heard before."""
    card = subject.card
    warning = (
        "Each clip was heard by the model of the fold that never heard its artist"
        if subject.by_folds
        else f"Clips that the model was trained on flatter it; its card says: {card.training_data}"
    )
    return {
        "name": name,
        "version": card.version,
        "labels": list(card.labels),
        "sha256": {file.name: digest_of(file) for file in subject.files},
        "by_folds": subject.by_folds,
        "trained_on_warning": warning,
    }


def score_music(known: Sequence[Heard], labels: Sequence[str]) -> Json:
    """Score clips of genres that the model can answer."""
    clips, windows = clip_answers(known, labels), window_answers(known, labels)
    return {
        "n_clips": len(known),
        "clip": accuracy(clips, len(known)),
        "window": accuracy(windows, len(known)),
        "per_genre": per_genre(clips, labels),
        "confusion": confusion(clips, labels),
        "calibration": calibration(windows),
        "abstention": {**abstention(known), "risk_coverage": risk_coverage(clips)},
        **times(known),
        **accuracy_at(known, labels),
        "step_cost_ms": step_cost_ms(known),
    }


def score_outside(outside: Sequence[Heard]) -> Json:
    """Say how often music of genres that the model cannot answer ends with a name."""
    return {
        **states(outside),
        "clip_named": abstention(outside)["clip"]["coverage"],
        "by_genre": states_by_label(outside),
    }


def score_not_music(music: Sequence[Heard], other: Sequence[Heard]) -> Json:
    """Score how well music and all else are told apart."""
    by_genre = states_by_label(music)
    return {
        **states(other),
        "by_label": states_by_label(other),
        "music_rejected": states(music)["called_not_music"],
        "music_rejected_by_genre": {
            genre: found["called_not_music"] for genre, found in by_genre.items()
        },
    }


def score_condition(known: Sequence[Heard], labels: Sequence[str], unspoilt: float) -> Json:
    """Score clips under a condition; ``loss`` is of macro accuracy, against ``unspoilt``."""
    found = accuracy(clip_answers(known, labels), len(known))
    named = abstention(known)
    return {
        **found,
        "loss": None if found["macro"] is None else unspoilt - found["macro"],
        "precision": named["precision"],
        "coverage": named["coverage"],
        "music_rejected": states(known)["called_not_music"],
    }
