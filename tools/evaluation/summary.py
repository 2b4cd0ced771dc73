"""Joins the scores into what is written as JSON, and says which parts of a run they come from."""

from collections.abc import Sequence

from livegenre.card import ModelCard
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


def describe_model(card: ModelCard) -> Json:
    """Say which model it was, and what it may have heard before."""
    return {
        "model": {"name": card.name, "version": card.version, "labels": list(card.labels)},
        "trained_on_warning": (
            f"clips that the model was trained on flatter it; its card says: {card.training_data}"
        ),
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
    rejected = states(music)["called_not_music"]
    found = {**states(other), "by_label": states_by_label(other)} if other else {}
    return {**found, "music_rejected": rejected}


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
