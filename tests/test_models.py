"""The bundled models answer here as they did where they were exported."""

from pathlib import Path

import numpy as np
import pytest

from livegenre.classifier import Classifier, bundled_models, model_path
from livegenre.training.installation import GOLDEN_SIGNALS, golden_features
from tests.conftest import ROOT

MODELS = bundled_models()


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_golden_signals_are_answered_as_the_card_says(path: Path) -> None:
    classifier = Classifier.load(path)
    found = classifier.judge(golden_features(classifier.card.features)).posterior
    expected = [classifier.card.golden[signal] for signal in GOLDEN_SIGNALS]
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_card_tells_worth_data_and_licence(path: Path) -> None:
    card = Classifier.load(path).card
    assert card.accuracy is not None
    kept_apart = "never met" if card.multi_label else "artist-grouped"
    assert kept_apart in card.accuracy.protocol
    assert card.training_data
    assert card.licence
    assert card.name == path.stem


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_model_is_described_in_words(path: Path) -> None:
    assert f"## {path.name}" in (ROOT / "models" / "README.md").read_text()


def test_tags_are_the_other_models_own() -> None:
    tags, cnn = (Classifier.load(model_path(name)) for name in ("tags", "cnn"))
    features = golden_features(cnn.card.features)
    assert tags.card.labels == cnn.card.tags
    found, expected = tags.judge(features), cnn.judge(features)
    np.testing.assert_allclose(found.posterior, expected.tags, atol=1e-5)
    np.testing.assert_allclose(found.not_music, expected.not_music, atol=1e-5)
    assert tags.card.not_music_threshold == cnn.card.not_music_threshold


def test_models_are_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in MODELS) < 15e6
