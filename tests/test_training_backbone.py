"""The bundled networks, cut off before their heads and given others."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from scipy.special import log_softmax

from livegenre.classifier import Classifier, model_path
from livegenre.errors import ModelError
from livegenre.training.backbone import Backbone, Embedder
from livegenre.training.installation import golden_features
from livegenre.training.linear import Linear
from livegenre.training.model import build_model

CNN = model_path("cnn")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(CNN)


def test_embedding_and_head_give_what_the_whole_model_gives(embedder: Embedder) -> None:
    constants = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(CNN).graph.initializer}
    patches = golden_features(embedder.spec)
    scaled = embedder(patches) @ constants["genre_weights"] + constants["genre_bias"]
    shares = np.exp(log_softmax(scaled, axis=1)) @ constants["spread"]
    whole = Classifier.load(CNN).run(patches)["logits"]
    np.testing.assert_allclose(np.log(shares), whole, atol=1e-4)


def test_model_with_another_head_still_knows_music_and_tags(
    embedder: Embedder, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    width = embedder(golden_features(embedder.spec)).shape[1]
    head = Linear(rng.normal(0, 0.01, (width, 3)), np.zeros(3))
    backbone = Backbone.load(CNN)
    card = Classifier.load(CNN).card
    card = replace(card, labels=("one", "two", "three"), golden={})
    path = tmp_path / "mine.onnx"
    onnx.save(build_model(backbone, head, card), path)
    mine, bundled = Classifier.load(path), Classifier.load(CNN)
    patches = golden_features(embedder.spec)
    np.testing.assert_allclose(mine.run(patches)["logits"], head(embedder(patches)), atol=1e-4)
    for name in ("not_music", "tags"):
        np.testing.assert_array_equal(mine.run(patches)[name], bundled.run(patches)[name])
    assert mine.goes_on == bundled.goes_on
    keys = {each.key for each in onnx.load(path).metadata_props}
    assert "musicnn_licence" in keys


def test_model_without_an_embedding_is_refused(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="has no embedding"):
        Backbone.load(tiny_model)
