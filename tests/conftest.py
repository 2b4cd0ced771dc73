"""What many tests share: tiny models, made sound, and where music lies."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

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
    others: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> Path:
    """Write a linear model whose logits are -/+ 40 times (RMS mean - 0.1).

    ``others`` are further outputs, each the same numbers whatever the features.
    """
    weights = np.zeros((n_features, n_labels), np.float32)
    weights[2, 0], weights[2, 1] = -40, 40  # rms_mean is the third feature
    bias = np.zeros(n_labels, np.float32)
    bias[:2] = 4, -4
    biases = {output: bias, **{name: np.array(row, np.float32) for name, row in others.items()}}
    nodes, constants = [], []
    for name, row in biases.items():
        kernel = weights if name == output else np.zeros((n_features, len(row)), np.float32)
        nodes += [
            helper.make_node("MatMul", ["features", f"{name}_weights"], [f"{name}_product"]),
            helper.make_node("Add", [f"{name}_product", f"{name}_bias"], [name]),
        ]
        constants += [
            numpy_helper.from_array(kernel, f"{name}_weights"),
            numpy_helper.from_array(row, f"{name}_bias"),
        ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", n_features])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", len(row)])
            for name, row in biases.items()
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if card is not None:
        helper.set_model_props(model, {CARD_KEY: card})
    onnx.save(model, path)
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="take the frames drawn now for the good ones"
    )


@pytest.fixture(autouse=True, scope="session")
def no_settings_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep whoever runs the tests, and has settings, from other results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
        yield


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


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
        *,
        n_features: int = N_FEATURES,
        n_labels: int = 2,
        output: str = "logits",
        others: Mapping[str, Sequence[float]] = MappingProxyType({}),
        **fields: object,
    ) -> Path:
        card = replace(CARD, **fields)  # type: ignore[arg-type]
        return write_model(
            tmp_path / "changed.onnx",
            card.to_json(),
            n_features=n_features,
            n_labels=n_labels,
            output=output,
            others=others,
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


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own that holds 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount).returncode:
        pytest.skip("only root on Linux can make a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)
