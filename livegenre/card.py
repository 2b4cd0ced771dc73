"""The model's card: what a model file says about itself, and the only home of its parameters."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from livegenre.errors import ModelError
from livegenre.features.base import FeatureSpec

CARD_KEY = "livegenre"
"""Key of the card, as JSON, in the ONNX file's ``metadata_props``."""
CARD_FORMAT = 1
MEASURES = ("accuracy", "ROC AUC")
LATER_FIELDS: Mapping[str, Any] = {"multi_label": False, "thresholds": {}, "typical": []}
"""What cards of format 1 may lack, and what they mean by it."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A measured share of right answers, or what stands for it, and what it was measured on."""

    value: float
    """Share of right answers, or what else ``measure`` names, 0..1."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end of its 95 % interval."""
    n: int
    """Number of units judged, > 0."""
    unit: str
    """What was judged, in the plural: clips, windows."""
    macro: float
    """Mean over labels of the same, 0..1."""
    protocol: str
    """How training and test sound were kept apart."""
    measure: str = "accuracy"
    """What the value is: one of ``MEASURES``. ROC AUC is how often a clip that has a label is given
    more of it than one that has not: half by chance."""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "macro"):
            check_number(f"accuracy.{name}", getattr(self, name), 0, 1)
        check_number("accuracy.n", self.n, 1, math.inf)
        check_texts(self, "unit", "protocol")
        if self.measure not in MEASURES:
            raise ValueError(f"accuracy.measure: {self.measure!r} is none of {', '.join(MEASURES)}")

    def __str__(self) -> str:
        if self.measure != "accuracy":
            figures = f"{self.measure} {self.value:.3f} [{self.low:.3f}-{self.high:.3f}]"
            return f"{figures} of {self.n} {self.unit}, {self.protocol}"
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
    """Logits are divided by it before the softmax or sigmoid, > 0."""
    unsure_threshold: float
    """Smoothed posterior below which no label is named that has no threshold of its own, 0..1."""
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
    multi_label: bool = False
    """Labels are independent of each other: a sigmoid each in place of one softmax."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Label -> smoothed posterior below which it is not named, 0..1; those not here need
    ``unsure_threshold``."""
    typical: tuple[float, ...] = ()
    """Features of the average window of training, with which others can be compared; empty: not
    told."""

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
        for value in self.typical:
            check_number("typical", value, -1e30, 1e30)
        self._check_labelling()

    def _check_labelling(self) -> None:
        if not isinstance(self.multi_label, bool):
            raise ValueError(f"multi_label: {self.multi_label!r} is neither true nor false")
        if self.multi_label and self.tags:
            raise ValueError("tags: a multi-label model has none, its labels are tags")
        for label, threshold in self.thresholds.items():
            if label not in self.labels:
                raise ValueError(f"thresholds: {label!r} is none of the labels")
            check_number(f"thresholds: {label}", threshold, 0, 1)

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
    values = {**LATER_FIELDS, **values}
    names = {field.name for field in fields(ModelCard)}
    if missing := sorted(names - set(values)):
        raise ValueError(f"missing {', '.join(missing)}")
    if unknown := sorted(set(values) - names):
        raise ValueError(f"unknown {', '.join(unknown)}")
    for name, kind in (("labels", list), ("tags", list), ("typical", list), ("thresholds", dict)):
        if not isinstance(values[name], kind):
            raise ValueError(f"{name}: must be a {'list' if kind is list else 'mapping'}")
    accuracy = values["accuracy"]
    return {
        **values,
        **{name: tuple(values[name]) for name in ("labels", "tags", "typical")},
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
