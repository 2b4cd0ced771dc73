import json
from dataclasses import replace

import pytest

from livegenre.card import Accuracy, ModelCard
from livegenre.errors import ModelError

ACCURACY = {
    "value": 0.6,
    "low": 0.5,
    "high": 0.7,
    "n": 9,
    "unit": "clips",
    "macro": 0.5,
    "protocol": "p",
}


def test_card_survives_its_own_json(card: ModelCard) -> None:
    accuracy = Accuracy(0.6, 0.55, 0.65, 343, "clips", 0.58, "artist-grouped cross-validation")
    full = replace(card, accuracy=accuracy, golden={"tone:220": (0.25, 0.75)})
    assert ModelCard.from_json(full.to_json()) == full
    tags = replace(full, multi_label=True, thresholds={"loud": 0.25})
    assert ModelCard.from_json(tags.to_json()) == tags
    typical = replace(full, typical=(0.5, -2.0))
    assert ModelCard.from_json(typical.to_json()) == typical


def test_card_from_before_multi_label_models_is_read(card: ModelCard) -> None:
    values = json.loads(card.to_json())
    del values["multi_label"], values["thresholds"], values["typical"]
    assert ModelCard.from_json(json.dumps(values)) == card


def test_accuracy_never_shows_without_interval_and_protocol() -> None:
    accuracy = Accuracy(0.6, 0.55, 0.65, 343, "clips", 0.58, "by artist")
    assert str(accuracy) == "60.0 % [55.0-65.0] of 343 clips, by artist"


def test_what_is_no_accuracy_is_not_called_a_share() -> None:
    accuracy = Accuracy(0.8512, 0.8, 0.9, 400, "clips", 0.85, "by tag", measure="ROC AUC")
    assert str(accuracy) == "ROC AUC 0.851 [0.800-0.900] of 400 clips, by tag"


def changed(card: ModelCard, **values: object) -> str:
    return json.dumps({**json.loads(card.to_json()), **values})


def without(card: ModelCard, name: str) -> str:
    return json.dumps({key: v for key, v in json.loads(card.to_json()).items() if key != name})


def test_wrong_card_names_the_field(card: ModelCard) -> None:
    features = {**card.features.to_dict(), "hop_length": 0}
    for text, word in [
        ("{", "card is wrong"),
        ("[]", "card is wrong"),
        (changed(card, format=99), "not of format 1"),
        (without(card, "labels"), "missing labels"),
        (changed(card, colour="red"), "unknown colour"),
        (changed(card, labels=["one"]), "labels"),
        (changed(card, labels=["one", "one"]), "labels"),
        (changed(card, labels=7), "labels"),
        (changed(card, temperature=0), "temperature"),
        (changed(card, temperature="hot"), "temperature"),
        (changed(card, temperature=10**400), "temperature"),
        (changed(card, temperature=1e-320), "temperature"),
        (changed(card, name=None), "name"),
        (changed(card, labels="ab"), "labels"),
        (changed(card, labels=["a", 1]), "labels"),
        (changed(card, features={**card.features.to_dict(), "n_mels": 10**6}), "n_mels"),
        (changed(card, accuracy={**ACCURACY, "value": "most"}), "accuracy.value"),
        (changed(card, accuracy={**ACCURACY, "n": 0}), "accuracy.n"),
        (changed(card, accuracy={**ACCURACY, "measure": "luck"}), "accuracy.measure"),
        (changed(card, unsure_threshold=1.5), "unsure_threshold"),
        (changed(card, multi_label=1), "multi_label"),
        (changed(card, multi_label=True, tags=["a"]), "a multi-label model has none"),
        (changed(card, thresholds=[0.5]), "thresholds: must be a mapping"),
        (changed(card, thresholds={"deaf": 0.5}), "'deaf' is none of the labels"),
        (changed(card, thresholds={"loud": "low"}), "thresholds: loud"),
        (changed(card, thresholds={"loud": 1.5}), "thresholds: loud"),
        (changed(card, typical=0.5), "typical: must be a list"),
        (changed(card, typical=[0.5, None]), "typical: None is no number"),
        (changed(card, features=features), "hop_length"),
        (changed(card, features={}), "missing"),
        (changed(card, features={**card.features.to_dict(), "colour": 1}), "unknown colour"),
        (changed(card, accuracy={"value": 1}), "card is wrong"),
        (changed(card, golden=3), "card is wrong"),
    ]:
        with pytest.raises(ModelError, match=word):
            ModelCard.from_json(text)
