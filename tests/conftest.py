"""What many tests share: tiny models, made sound, and where music lies."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, ModelCard
from livegenre.features.base import FeatureSpec
from tests.virtual_microphone import virtual_microphone

__all__ = ["virtual_microphone"]

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "livegenre" / "demo" / "demo.ogg"
GTZAN = ROOT.parent / "shared" / "data" / "gtzan"

N_FEATURES = 52
CLASSIC_SPEC = FeatureSpec(
    extractor="statistics",
    sample_rate=22_050,
    n_fft=2048,
    hop_length=512,
    n_mels=128,
    window_frames=130,
    min_frames=44,
    step_frames=22,
)
CARD = ModelCard(
    name="tiny",
    version="1",
    labels=("quiet", "loud"),
    features=CLASSIC_SPEC,
    temperature=2.0,
    unsure_threshold=0.6,
    accuracy=None,
    training_data="none",
    licence="CC0",
    library_versions={},
    golden={},
)


def write_model(
    path: Path,
    card: str | None,
    *,
    n_features: int = N_FEATURES,
    n_labels: int = 2,
    output: str = "logits",
) -> Path:
    """Write a linear model whose logits are -/+ 40 times (RMS mean - 0.1)."""
    weights = np.zeros((n_features, n_labels), np.float32)
    weights[2, 0], weights[2, 1] = -40, 40  # rms_mean is the third feature
    bias = np.zeros(n_labels, np.float32)
    bias[:2] = 4, -4
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["features", "weights"], ["product"]),
            helper.make_node("Add", ["product", "bias"], [output]),
        ],
        "tiny",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", n_features])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", n_labels])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if card is not None:
        helper.set_model_props(model, {CARD_KEY: card})
    onnx.save(model, path)
    return path


@pytest.fixture
def card() -> ModelCard:
    return CARD


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "tiny.onnx", CARD.to_json())


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    """Write the tiny model with fields of its card, or parts of its graph, changed."""

    def make(
        *, n_features: int = N_FEATURES, n_labels: int = 2, output: str = "logits", **fields: object
    ) -> Path:
        card = replace(CARD, **fields)  # type: ignore[arg-type]
        path = tmp_path / "changed.onnx"
        return write_model(
            path, card.to_json(), n_features=n_features, n_labels=n_labels, output=output
        )

    return make


@pytest.fixture
def loud_noise() -> FloatArray:
    """Return 6 s of noise at 22,050 Hz, the second half ten times louder."""
    samples = np.random.default_rng(0).standard_normal(6 * 22_050) * 0.03
    samples[3 * 22_050 :] *= 10
    return samples.astype(np.float32)


@pytest.fixture
def gtzan() -> Path:
    """Return the folder of the GTZAN clips, which may not be redistributed."""
    if not GTZAN.is_dir():
        pytest.skip(f"no GTZAN clips in {GTZAN}")
    return GTZAN
