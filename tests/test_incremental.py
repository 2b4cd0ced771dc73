"""A stream judged with what is kept answers as its windows do one by one."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.features import create_extractor
from livegenre.stream import classify_stream
from livegenre.training.linear import Linear
from livegenre.verify import Recording
from tests.conftest import CARD
from tests.musicnn_reference import random_tensors
from tools.musicnn.graph import build_model
from tools.musicnn.heads import Heads
from tools.musicnn.model import build_cnn
from tools.musicnn.spec import SPEC
from tools.musicnn.tags import lift_tags
from tools.musicnn.tensors import vgg_shapes
from tools.musicnn.vgg import fold_vgg
from tools.musicnn.weights import fold

RATE = SPEC.sample_rate
N_ROW = 806
TAGS = tuple(f"tag {number}" for number in range(50))
CNN_CARD = replace(CARD, features=SPEC, temperature=1.0, not_music_threshold=0.5, tags=TAGS)


class Lossy(Recording):
    """A recording, in blocks of random length, that loses samples at some places."""

    def __init__(self, samples: FloatArray, seed: int, lost_at: tuple[int, ...]) -> None:
        super().__init__(samples, RATE, "lossy", seed=seed)
        self._lost_at = list(lost_at)

    def read(self, n: int) -> FloatArray | None:
        if self._lost_at and self._position >= self._lost_at[0]:
            self._lost_at.pop(0)
            self.lost += 500
        return super().read(n)


@pytest.fixture(scope="module")
def cnn() -> onnx.ModelProto:
    weights = {name: fold(random_tensors(seed=seed)) for name, seed in (("msd", 1), ("mtt", 2))}
    vgg = fold_vgg(random_tensors(seed=1, shapes=vgg_shapes()))
    backbones = build_model({**weights, "vgg": vgg})
    onnx.helper.set_model_props(backbones, {"licence": "a notice"})
    rng = np.random.default_rng(1)
    heads = Heads(
        genres=Linear(rng.normal(0, 0.05, (N_ROW, 3)), np.zeros(3)),
        not_music=Linear(rng.normal(0, 0.05, (N_ROW, 1)), np.ones(1)),
    )
    return build_cnn(backbones, heads, 1.5, CNN_CARD)


@pytest.fixture(scope="module")
def classifier(cnn: onnx.ModelProto, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    path = tmp_path_factory.mktemp("model") / "cnn.onnx"
    onnx.save(cnn, path)
    return Classifier.load(path)


def sound() -> FloatArray:
    """Return noise of changing colour and level: steady, 7 dB up, swelling, hushed, steady."""
    rng = np.random.default_rng(4)
    levels = (0.05, 0.11, *np.geomspace(0.01, 0.3, 6), 0.0, 0.0, 0.04)
    parts = [
        level * np.convolve(rng.standard_normal(round(1.6 * RATE)), rng.uniform(-1, 1, 9), "same")
        for level in levels
    ]
    steady = 0.05 * rng.standard_normal(5 * RATE)
    return np.concatenate([steady, *parts, steady]).astype(np.float32)


def compare(
    classifier: Classifier, source: Recording, step_frames: int, block_seconds: float
) -> tuple[float, int]:
    """Return how far a stream is from its windows alone, and how many those were."""
    differences: list[float] = []

    def witness(features: FloatArray, decision: Decision) -> None:
        if decision.raw_posterior:
            alone = classifier.judge(features[None])
            raw = list(decision.raw_posterior.values())
            differences.append(float(np.abs(raw - alone.posterior[0]).max()))
            differences.append(abs(decision.not_music - float(alone.not_music[0])))

    decider = Decider(CARD.labels, unsure_threshold=0.6, smoothing_seconds=0.0)
    extractor = create_extractor(replace(SPEC, step_frames=step_frames))
    for _ in classify_stream(
        source, extractor, classifier, decider, block_seconds=block_seconds, witness=witness
    ):
        pass
    return max(differences), len(differences) // 2


@pytest.mark.parametrize(
    ("step_frames", "block_seconds", "seed"),
    [(32, 0.05, 1), (32, 3.0, 2), (16, 0.3, 3), (50, 1, 4)],
)
def test_stream_answers_as_its_windows_alone(
    classifier: Classifier, step_frames: int, block_seconds: float, seed: int
) -> None:
    source = Lossy(sound(), seed, lost_at=(6 * RATE, 11 * RATE, 11 * RATE + 100))
    difference, n_windows = compare(classifier, source, step_frames, block_seconds)
    assert n_windows > 20
    assert difference < 1e-5


def test_step_of_the_card_goes_on_from_the_window_before(classifier: Classifier) -> None:
    windows = list(create_extractor(SPEC).push(sound()[: 5 * RATE]))
    first, second = (window.features[None] for window in windows[-2:])
    _, kept = classifier.go_on(first, {}, 0)
    marked: Mapping[str, FloatArray] = {
        name: values if name == "kept_level" else values + 1000 for name, values in kept.items()
    }
    judged, _ = classifier.go_on(second, marked, SPEC.step_frames)
    assert np.abs(judged.posterior - classifier.judge(second).posterior).max() > 1e-3


def test_nothing_is_taken_over_from_another_level(classifier: Classifier) -> None:
    samples = sound()[: 5 * RATE]
    quiet, loud = (
        [window.features[None] for window in create_extractor(SPEC).push(samples * np.float32(g))]
        for g in (1.0, 1.3)
    )
    _, kept = classifier.go_on(quiet[-2], {}, 0)
    judged, _ = classifier.go_on(loud[-1], kept, SPEC.step_frames)
    np.testing.assert_allclose(
        judged.posterior, classifier.judge(loud[-1]).posterior, rtol=0, atol=1e-6
    )


def test_tag_model_goes_on_as_well(cnn: onnx.ModelProto, tmp_path: Path) -> None:
    tags = lift_tags(cnn)
    card = replace(CNN_CARD, labels=TAGS, tags=(), multi_label=True)
    onnx.helper.set_model_props(tags, {"livegenre": card.to_json()})
    onnx.save(tags, tmp_path / "tags.onnx")
    classifier = Classifier.load(tmp_path / "tags.onnx")
    assert classifier.goes_on
    windows = list(create_extractor(SPEC).push(sound()[: 6 * RATE]))
    kept: dict[str, FloatArray] = {}
    for window in windows[-3:]:
        judged, kept = classifier.go_on(window.features[None], kept, SPEC.step_frames)
        alone = classifier.judge(window.features[None])
        np.testing.assert_allclose(judged.posterior, alone.posterior, rtol=0, atol=1e-5)
