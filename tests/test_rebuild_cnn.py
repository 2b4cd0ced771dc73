"""Rebuilding: old heads and card, networks as they are built now."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from livegenre.classifier import Classifier, model_path
from livegenre.training.installation import golden_features
from tests.conftest import ROOT
from tools.build_backbone import CACHE
from tools.musicnn.model import heads_of
from tools.musicnn.spec import SPEC
from tools.musicnn.wheel import FILE_NAME
from tools.rebuild_cnn import main

CNN = model_path("cnn")
DISTILLED = ROOT / ".cache" / "distilled.npz"


def test_heads_are_found_in_a_model() -> None:
    heads, card = heads_of(onnx.load(CNN)), Classifier.load(CNN).card
    assert heads.genres.weights.shape == (806, len(card.labels) + 1)
    assert heads.not_music.bias.shape == (1,)


def test_model_without_heads_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.onnx"
    assert main([str(model_path("classic")), "--out", str(out)]) == 1
    assert "train_cnn.py did not write it" in capsys.readouterr().err
    assert not out.exists()


def test_rebuilt_model_answers_alike_and_goes_on(tmp_path: Path) -> None:
    for needed in (CACHE / FILE_NAME, DISTILLED):
        if not needed.is_file():
            pytest.skip(f"no {needed}")
    out = tmp_path / "cnn.onnx"
    assert main([str(CNN), "--distilled", str(DISTILLED), "--out", str(out)]) == 0
    before, after = Classifier.load(CNN), Classifier.load(out)
    assert after.goes_on
    assert after.card.features == SPEC
    assert after.card.accuracy == before.card.accuracy
    patches = golden_features(SPEC)
    difference = before.judge(patches).posterior - after.judge(patches).posterior
    assert np.abs(difference).max() < 0.05
