"""The model's card: what a model file says about itself, and the only home of its parameters."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from livegenre.errors import ModelError
from livegenre.features.base import FeatureSpec

CARD_KEY = "livegenre"
"""Key of the card, as JSON, in the ONNX file's ``metadata_props``."""
CARD_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A measured share of right answers, and what it was measured on."""

    value: float
    """Share of right answers, 0..1."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end of its 95 % interval."""
    n: int
    """Number of units judged, > 0."""
    unit: str
    """What was judged, in the plural: clips, windows."""
    macro: float
    """Mean over labels of the share of right answers, 0..1."""
    protocol: str
    """How training and test sound were kept apart."""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "macro"):
            check_number(f"accuracy.{name}", getattr(self, name), 0, 1)
        check_number("accuracy.n", self.n, 1, math.inf)
        check_texts(self, "unit", "protocol")

    def __str__(self) -> str:
        interval = f"[{100 * self.low:.1f}-{100 * self.high:.1f}]"
        return f"{100 * self.value:.1f} % {interval} of {self.n} {self.unit}, {self.protocol}"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is, hears, answers and is worth."""

    name: str
    version: str
    labels: tuple[str, ...]
    """One for each logit, in order; two at least."""
    features: FeatureSpec
    """What the extractor must compute."""
    temperature: float
    """Logits are divided by it before the softmax, > 0."""
    unsure_threshold: float
    """Smoothed posterior below which no genre is named, 0..1."""
    accuracy: Accuracy | None
    """None: not measured."""
    training_data: str
    licence: str
    library_versions: Mapping[str, str]
    golden: Mapping[str, tuple[float, ...]]
    """Test signal -> posterior of its first full window, where the model was exported."""
    not_music_threshold: float | None = None
    """Smoothed probability of not being music from which no genre is named, 0..1; None if the
    model cannot tell."""
    tags: tuple[str, ...] = ()
    """What else the model can say of the sound, one for each of its tag logits."""

    def __post_init__(self) -> None:
        check_texts(self, "name", "version", "training_data", "licence")
        if not all(isinstance(label, str) and label for label in self.labels):
            raise ValueError("labels: every one must be a text")
        if len(self.labels) < 2 or len(set(self.labels)) < len(self.labels):
            raise ValueError("labels: two or more different ones are needed")
        check_number("temperature", self.temperature, 1e-3, 1e3)
        check_number("unsure_threshold", self.unsure_threshold, 0, 1)
        if self.not_music_threshold is not None:
            check_number("not_music_threshold", self.not_music_threshold, 0, 1)
        if not all(isinstance(tag, str) and tag for tag in self.tags):
            raise ValueError("tags: every one must be a text")

    def to_json(self) -> str:
        """Return the card as JSON for the model file."""
        return json.dumps({"format": CARD_FORMAT, **asdict(self)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Read a card.

        Raises
        ------
        ModelError
            If it is no JSON object, has missing or unknown fields, or a value out of its domain.
        """
        try:
            values = json.loads(text)
            if not isinstance(values, dict) or values.pop("format", None) != CARD_FORMAT:
                raise ValueError(f"it is not of format {CARD_FORMAT}")
            return cls(**_typed(values))
        except (TypeError, ValueError) as error:
            raise ModelError(f"its card is wrong: {error}; export the model again") from error


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Turn what JSON holds into what the card's fields hold."""
    names = {field.name for field in fields(ModelCard)}
    if missing := sorted(names - set(values)):
        raise ValueError(f"missing {', '.join(missing)}")
    if unknown := sorted(set(values) - names):
        raise ValueError(f"unknown {', '.join(unknown)}")
    for name in ("labels", "tags"):
        if not isinstance(values[name], list):
            raise ValueError(f"{name}: must be a list")
    accuracy = values["accuracy"]
    return {
        **values,
        "labels": tuple(values["labels"]),
        "tags": tuple(values["tags"]),
        "features": FeatureSpec.from_dict(values["features"]),
        "accuracy": None if accuracy is None else Accuracy(**accuracy),
        "golden": {name: tuple(row) for name, row in dict(values["golden"]).items()},
    }


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise ValueError unless a value is a number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name}: {value!r} is no number from {low:g} to {high:g}")


def check_texts(card: object, *names: str) -> None:
    """Raise ValueError unless all these fields hold texts."""
    for name in names:
        if not isinstance(getattr(card, name), str):
            raise ValueError(f"{name}: {getattr(card, name)!r} is no text")
