"""The convolutional model: one level for all sound, and heads on embeddings in one graph."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from scipy.special import expit

from livegenre.arrays import FloatArray
from livegenre.card import ModelCard
from livegenre.classifier import Classifier
from livegenre.training.linear import Linear
from tests.conftest import CARD
from tests.musicnn_reference import random_tensors
from tools.musicnn.embedder import Embedder
from tools.musicnn.graph import build_model
from tools.musicnn.heads import Heads, spread_other
from tools.musicnn.level import LEVEL, MOST_GAIN, STEP_DB, build_leveller
from tools.musicnn.model import build_cnn
from tools.musicnn.spec import SPEC
from tools.musicnn.tensors import vgg_shapes
from tools.musicnn.vgg import fold_vgg
from tools.musicnn.weights import fold
from tools.train_cnn import main

N_ROW = 806


def log_mel(power: FloatArray) -> FloatArray:
    result: FloatArray = np.log10(1 + 1e4 * power).astype(np.float32)
    return result


def power(log_mel: FloatArray) -> FloatArray:
    return ((10 ** log_mel.astype(np.float64) - 1) / 1e4).astype(np.float32)


@pytest.fixture(scope="module")
def mel_power() -> FloatArray:
    return np.random.default_rng(0).exponential(0.1, (2, 70, 96)).astype(np.float32)


def levelled(patch: FloatArray) -> FloatArray:
    session = onnxruntime.InferenceSession(build_leveller().SerializeToString())
    result: FloatArray = session.run(None, {"sound": patch})[0]
    return result


@pytest.mark.parametrize("gain_db", [-20.0, -3.3, 0.0, 0.4, 20.0])
def test_every_patch_is_brought_to_one_level_within_half_a_step(
    mel_power: FloatArray, gain_db: float
) -> None:
    found = power(levelled(log_mel(mel_power * np.float32(10 ** (gain_db / 10)))))
    levels = 10 * np.log10(found.sum(2).mean(1) / LEVEL)
    assert np.abs(levels).max() < STEP_DB / 2 + 0.01


@pytest.mark.parametrize("gain_db", [-20.0, 20.0])
def test_patches_whole_steps_apart_become_the_same(mel_power: FloatArray, gain_db: float) -> None:
    found = levelled(log_mel(mel_power * np.float32(10 ** (gain_db / 10))))
    np.testing.assert_allclose(found, levelled(log_mel(mel_power)), atol=2e-3)


def test_gain_is_a_whole_number_of_steps(mel_power: FloatArray) -> None:
    patch = log_mel(mel_power)
    raised = power(levelled(patch))[0] / power(patch)[0]
    steps = 10 * np.log10(np.median(raised)) / STEP_DB
    np.testing.assert_allclose(steps, np.round(steps), atol=0.01)


def test_what_is_nearly_silent_is_raised_no_more_than_40_db(mel_power: FloatArray) -> None:
    faint = mel_power * np.float32(1e-6)
    found = power(levelled(log_mel(faint)))
    np.testing.assert_allclose(found.mean(), faint.mean() * MOST_GAIN, rtol=0.01)
    assert np.isfinite(levelled(np.zeros((1, 70, 96), np.float32))).all()


@pytest.fixture(scope="module")
def backbones() -> onnx.ModelProto:
    weights = fold(random_tensors(seed=1))
    vgg = fold_vgg(random_tensors(seed=1, shapes=vgg_shapes()))
    model = build_model({"msd": weights, "mtt": weights, "vgg": vgg})
    onnx.helper.set_model_props(model, {"licence": "a notice"})
    return model


@pytest.fixture(scope="module")
def heads() -> Heads:
    rng = np.random.default_rng(1)
    return Heads(
        genres=Linear(rng.normal(0, 0.05, (N_ROW, 3)), np.zeros(3)),
        not_music=Linear(rng.normal(0, 0.05, (N_ROW, 1)), np.ones(1)),
    )


@pytest.fixture
def cnn_card() -> ModelCard:
    tags = tuple(f"tag {number}" for number in range(50))
    return replace(CARD, features=SPEC, temperature=1.0, not_music_threshold=0.5, tags=tags)


@pytest.mark.parametrize("n_frames", [SPEC.min_frames, SPEC.window_frames])
def test_model_answers_as_its_parts_do(
    backbones: onnx.ModelProto,
    heads: Heads,
    cnn_card: ModelCard,
    tmp_path: Path,
    n_frames: int,
) -> None:
    model = build_cnn(backbones, heads, 1.5, cnn_card)
    onnx.save(model, tmp_path / "cnn.onnx")
    patch = np.random.default_rng(2).uniform(0, 4, (n_frames, 96)).astype(np.float32)
    row = Embedder(backbones)(patch)[np.newaxis]
    judged = Classifier.load(tmp_path / "cnn.onnx").judge(patch[np.newaxis])
    posterior = np.exp(spread_other(heads.genres(row), 1.5))
    np.testing.assert_allclose(judged.posterior, posterior, atol=1e-5)
    np.testing.assert_allclose(judged.not_music, expit(heads.not_music(row)[0]), atol=1e-5)
    np.testing.assert_allclose(judged.tags[0], expit(row[0, 200:250]), atol=1e-5)


def test_model_carries_the_notice_of_the_networks(
    backbones: onnx.ModelProto, heads: Heads, cnn_card: ModelCard
) -> None:
    metadata = {p.key: p.value for p in build_cnn(backbones, heads, 1.5, cnn_card).metadata_props}
    assert metadata["musicnn_licence"] == "a notice"


def test_missing_manifest_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "none.csv")
    wheel = ["--wheel", str(tmp_path / "none.whl"), "--out", str(tmp_path / "x.onnx")]
    assert main(["--manifest", missing, "--not-music", missing, *wheel]) == 1
    assert capsys.readouterr().err.startswith("train_cnn: ")
    assert not (tmp_path / "x.onnx").exists()
