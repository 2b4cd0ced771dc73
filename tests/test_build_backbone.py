"""Building the backbone: from a wheel and its checkpoints to a graph that does as TensorFlow."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from onnx import TensorProto, helper

from livegenre.arrays import FloatArray
from livegenre.contract import KEEP, KEPT
from tests.conftest import ROOT
from tests.musicnn_reference import forward, forward_vgg, random_tensors, write_bundle
from tools.build_backbone import CACHE, build_backbones, main
from tools.musicnn.bundle import CheckpointError, read_bundle
from tools.musicnn.graph import build_model
from tools.musicnn.nodes import Nodes
from tools.musicnn.spectral import add_maxima, add_spectra
from tools.musicnn.tensors import vgg_shapes
from tools.musicnn.vgg import fold_vgg
from tools.musicnn.weights import fold
from tools.musicnn.wheel import BACKBONES, FILE_NAME, Wheel

TENSORS = random_tensors(seed=1)
VGG_TENSORS = random_tensors(seed=1, shapes=vgg_shapes())
N_FRONT_CHANNELS = 561
DEAD = slice(20, 50)
"""Filters whose weights are as small as those that training let die."""
PATCH = np.random.default_rng(2).uniform(0, 4, (1, 187, 96)).astype(np.float32)


def run(
    model: onnx.ModelProto,
    patch: FloatArray,
    kept: Mapping[str, FloatArray] | None = None,
    *,
    moved: int = 0,
) -> dict[str, FloatArray]:
    """Run the graph, going on from the outputs of a run before, if any."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    names = [output.name for output in session.get_outputs()]
    feed: dict[str, NDArray[Any]] = {"patch": patch}
    if kept is not None:
        feed["moved_on"] = np.array([moved])
        feed |= {KEPT + n.removeprefix(KEEP): kept[n] for n in names if n.startswith(KEEP)}
    return dict(zip(names, session.run(names, feed), strict=True))


@pytest.fixture(scope="module")
def tiny_bundle() -> tuple[bytes, bytes]:
    return write_bundle({"a": np.ones(3, np.float32), "ab/c": np.zeros((2, 1), np.float32)})


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    return build_model({"some": fold(TENSORS), "vgg": fold_vgg(VGG_TENSORS)})


@pytest.fixture
def wheel() -> Wheel:
    """Return the published wheel, which is not part of the project."""
    path = CACHE / FILE_NAME
    if not path.is_file():
        pytest.skip(f"no {path}; tools/build_backbone.py downloads it")
    return Wheel(path)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
        max_size=40,
    ),
    st.integers(1, 20),
)
def test_bundle_gives_back_what_was_written(
    shapes: dict[str, tuple[int, ...]], entries_per_block: int
) -> None:
    rng = np.random.default_rng(0)
    written = {name: rng.random(shape, np.float32) for name, shape in shapes.items()}
    read = read_bundle(*write_bundle(written, entries_per_block))
    assert read.keys() == written.keys()
    for name, tensor in written.items():
        assert_array_equal(read[name], tensor)


@given(at=st.integers(0, 1000), byte=st.integers(0, 255), kept=st.integers(0, 1000))
def test_damaged_bundle_is_refused_or_read_but_nothing_else(
    tiny_bundle: tuple[bytes, bytes], at: int, byte: int, kept: int
) -> None:
    index, data = tiny_bundle
    at %= len(index)
    damaged = index[:at] + bytes([byte]) + index[at + 1 :]
    with suppress(CheckpointError):
        read_bundle(damaged, data[:kept])


def test_cut_index_is_refused(tiny_bundle: tuple[bytes, bytes]) -> None:
    index, data = tiny_bundle
    with pytest.raises(CheckpointError, match="no table of tensors"):
        read_bundle(index[:-1], data)


def test_cut_data_is_refused_by_the_name_of_the_tensor(tiny_bundle: tuple[bytes, bytes]) -> None:
    index, data = tiny_bundle
    with pytest.raises(CheckpointError, match="tensor ab/c lies outside"):
        read_bundle(index, data[:-1])


def test_missing_tensor_is_named() -> None:
    incomplete = {name: values for name, values in TENSORS.items() if name != "conv2d_5/bias"}
    with pytest.raises(CheckpointError, match="no tensor conv2d_5/bias"):
        fold(incomplete)


def test_tensor_of_another_shape_is_named() -> None:
    with pytest.raises(CheckpointError, match=r"dense_1/kernel has shape \(200, 10\), not"):
        fold({**TENSORS, "dense_1/kernel": np.zeros((200, 10), np.float32)})


def test_tensors_of_the_vgg_are_checked_as_well() -> None:
    incomplete = {name: values for name, values in VGG_TENSORS.items() if name != "3CNN/kernel"}
    with pytest.raises(CheckpointError, match="no tensor 3CNN/kernel"):
        fold_vgg(incomplete)
    with pytest.raises(CheckpointError, match=r"2CNN/kernel has shape \(3, 3, 32, 128\), not"):
        fold_vgg({**VGG_TENSORS, "2CNN/kernel": np.zeros((3, 3, 32, 128), np.float32)})


def test_graph_does_what_the_network_does(model: onnx.ModelProto) -> None:
    result, expected = run(model, PATCH), forward(TENSORS, PATCH[0])
    maxima_and_means = result["some_pooled"].reshape(2, -1)
    assert_array_equal(maxima_and_means[:, N_FRONT_CHANNELS], 1)
    alive = np.delete(maxima_and_means, N_FRONT_CHANNELS, axis=1)
    assert_allclose(alive.reshape(-1), expected.pooled, rtol=1e-4, atol=1e-4)
    assert_allclose(result["some_embedding"][0], expected.embedding, rtol=1e-4, atol=1e-4)
    assert_allclose(result["some_logits"][0], expected.logits, rtol=1e-4, atol=1e-4)


def test_direct_graph_does_the_same_and_keeps_nothing_of_its_front(model: onnx.ModelProto) -> None:
    direct = build_model({"some": fold(TENSORS)}, direct=True)
    assert_allclose(
        run(direct, PATCH)["some_logits"], run(model, PATCH)["some_logits"], rtol=1e-4, atol=1e-4
    )
    assert not [each.name for each in direct.graph.output if each.name.startswith("keep_")]


def test_graph_takes_early_windows(model: onnx.ModelProto) -> None:
    early = PATCH[:, :62]
    assert_allclose(
        run(model, early)["some_logits"][0], forward(TENSORS, early[0]).logits, rtol=1e-4, atol=1e-4
    )


def test_dead_channels_are_merged_without_effect() -> None:
    tensors = {**TENSORS}
    for layer in ("conv2d_1", "conv2d_4"):
        kernel = tensors[f"{layer}/kernel"].copy()
        kernel[..., DEAD] *= 1e-30
        tensors[f"{layer}/kernel"] = kernel
    backbone = fold(tensors)
    assert len(backbone.timbral[1].bias) == 204 - 30
    assert len(backbone.temporal[2].bias) == 51 - 30 + 1
    result = run(build_model({"some": backbone}), PATCH)
    assert_allclose(
        result["some_logits"][0], forward(tensors, PATCH[0]).logits, rtol=1e-4, atol=1e-4
    )


STREAM = np.random.default_rng(3).uniform(0, 4, (1, 400, 96)).astype(np.float32)
STEPS = [
    (slice(0, 187), slice(32, 219)),  # whole columns of the VGG
    (slice(0, 187), slice(4, 191)),
    (slice(0, 187), slice(31, 218)),
    (slice(0, 187), slice(1, 188)),
    (slice(0, 187), slice(160, 347)),  # little in common
    (slice(0, 187), slice(200, 387)),  # nothing
    (slice(0, 62), slice(0, 94)),  # growing
    (slice(0, 158), slice(3, 190)),
    (slice(0, 187), slice(8, 170)),  # shrinking
    (slice(0, 187), slice(5, 36)),
]


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_step_from_what_was_kept_equals_the_whole_window(
    model: onnx.ModelProto, before: slice, after: slice
) -> None:
    kept, whole = run(model, STREAM[:, before]), run(model, STREAM[:, after])
    stepped = run(model, STREAM[:, after], kept, moved=after.start - before.start)
    for name, values in whole.items():
        assert_allclose(stepped[name], values, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (32, {"timbral": 149, "temporal_32": 124, "vgg_second": 29, "vgg_third": 13}),
        (4, {"timbral": 177, "temporal_32": 152, "vgg_second": 36, "vgg_third": 0}),
        (31, {"timbral": 150, "temporal_32": 125, "vgg_second": 0, "vgg_third": 0}),
        (186, {"timbral": 0, "temporal_32": 0, "vgg_second": 0, "vgg_third": 0}),
    ],
)
def test_most_columns_are_taken_over(
    model: onnx.ModelProto, moved: int, expected: Mapping[str, int]
) -> None:
    kept = run(model, STREAM[:, :187])
    marked = {name: values + np.float32(1e4) for name, values in kept.items()}
    for name, n_taken in expected.items():
        stepped = run(
            model,
            STREAM[:, moved : moved + 187],
            {**kept, KEEP + name: marked[KEEP + name]},
            moved=moved,
        )
        is_marked = stepped[KEEP + name] > 5e3
        assert is_marked.swapaxes(1, 2).reshape(is_marked.shape[2], -1).any(axis=1).sum() == n_taken


def test_batch_goes_on_from_nothing(model: onnx.ModelProto) -> None:
    patches = np.concatenate([STREAM[:, :187], STREAM[:, 50:237]])
    together = run(model, patches)
    for number, patch in enumerate(patches):
        alone = run(model, patch[np.newaxis])
        for name, values in alone.items():
            assert_allclose(together[name][number], values[0], rtol=1e-4, atol=1e-4)


def test_networks_share_their_convolutions_however_their_input_is_moved() -> None:
    nets = {"some": fold(TENSORS), "other": fold(random_tensors(seed=5))}
    assert nets["some"].offset != nets["other"].offset
    together = run(build_model(nets), PATCH)
    for name, net in nets.items():
        alone = run(build_model({name: net}), PATCH)
        assert_allclose(together[f"{name}_logits"], alone[f"{name}_logits"], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n_bands", [38, 67, 96, 1])
def test_spectra_convolve_as_sums_do(n_bands: int) -> None:
    rng = np.random.default_rng(6)
    filters = rng.standard_normal((5, 1, 7, n_bands)).astype(np.float32)
    image = rng.uniform(0, 4, (2, 20, 96)).astype(np.float32)
    nodes = Nodes()
    spectra = add_spectra(nodes, "image", 7)
    add_maxima(nodes, spectra, nodes.index(2), filters)
    found = run_nodes(nodes, image)
    windows = sliding_window_view(image, (7, n_bands), (1, 2))
    expected = np.tensordot(windows, filters[:, 0], ((3, 4), (1, 2))).max(axis=2)
    assert_allclose(found, expected.transpose(0, 2, 1), rtol=1e-4, atol=1e-4)


def run_nodes(nodes: Nodes, image: FloatArray) -> FloatArray:
    graph = helper.make_graph(
        nodes.nodes,
        "part",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, image.shape)],
        [helper.make_tensor_value_info(nodes.nodes[-1].output[0], TensorProto.FLOAT, None)],
        list(nodes.constants.values()),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    found: FloatArray = session.run(None, {"image": image})[0]
    return found


def same_as_the_vgg(
    result: Mapping[str, FloatArray], tensors: Mapping[str, FloatArray], patch: FloatArray
) -> None:
    pooled, logits = forward_vgg(tensors, patch)
    assert_allclose(result["vgg_pooled"][0], pooled, rtol=1e-4, atol=1e-4)
    assert_allclose(result["vgg_logits"][0], logits, rtol=1e-4, atol=1e-4)


def test_graph_does_what_the_vgg_does(model: onnx.ModelProto) -> None:
    same_as_the_vgg(run(model, PATCH), VGG_TENSORS, PATCH[0])


@pytest.mark.parametrize("n_frames", [62, 93, 124, 155, 250])
def test_vgg_hears_early_windows_repeated_and_the_start_of_long_ones(
    model: onnx.ModelProto, n_frames: int
) -> None:
    heard = np.random.default_rng(4).uniform(0, 4, (2, n_frames, 96)).astype(np.float32)
    filled = np.stack([np.resize(patch, (187, 96)) for patch in heard])
    result, expected = run(model, heard), run(model, filled)
    for name in ("vgg_pooled", "vgg_logits"):
        assert_allclose(result[name], expected[name], rtol=1e-5, atol=1e-5)


def test_dead_channels_of_the_vgg_are_merged_without_effect_at_the_borders_either() -> None:
    tensors = {**VGG_TENSORS}
    for layer in ("1CNN", "2CNN", "4CNN"):
        kernel = tensors[f"{layer}/kernel"].copy()
        kernel[..., DEAD] *= 1e-30
        tensors[f"{layer}/kernel"] = kernel
    vgg = fold_vgg(tensors)
    assert [len(layer.bias) for layer in vgg.convolutions] == [99, 99, 129, 99, 128]
    same_as_the_vgg(run(build_model({"vgg": vgg}), PATCH), tensors, PATCH[0])


def test_vgg_alone_keeps_its_own() -> None:
    alone = build_model({"vgg": fold_vgg(VGG_TENSORS)})
    kept = [value.name for value in alone.graph.output if value.name.startswith(KEEP)]
    assert kept == ["keep_vgg_second", "keep_vgg_third"]


def test_vgg_keeps_nothing_of_a_patch_that_it_hears_repeated(model: onnx.ModelProto) -> None:
    assert run(model, PATCH[:, :160])["keep_vgg_second"].shape[2] == 0
    assert run(model, PATCH[:, :161])["keep_vgg_second"].shape[2] == 39


def test_other_wheel_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.whl").write_bytes(b"PK")
    assert main([str(tmp_path / "out.onnx"), "--wheel", str(tmp_path / "other.whl")]) == 1
    assert "its SHA-256 is" in capsys.readouterr().err
    assert not (tmp_path / "out.onnx").exists()


def test_missing_wheel_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out.onnx"), "--wheel", str(tmp_path / "none.whl")]) == 1
    assert "none.whl: No such file or directory" in capsys.readouterr().err


def test_nothing_to_write_is_no_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "nothing to write" in capsys.readouterr().err


@pytest.fixture(scope="module")
def golden() -> Mapping[str, FloatArray]:
    """Return what ``tools/build_backbone.py --golden`` had TensorFlow compute."""
    with np.load(ROOT / "tests" / "golden" / "backbone.npz") as stored:
        return dict(stored)


@pytest.mark.parametrize("name", BACKBONES)
def test_published_network_gives_what_tensorflow_gave(
    wheel: Wheel, golden: Mapping[str, FloatArray], name: str
) -> None:
    result = run(build_backbones(wheel, [name]), golden["patches"] * np.float32(0.03))
    for part in ("embedding", "logits"):
        assert_allclose(result[f"{name}_{part}"], golden[f"{name}_{part}"], rtol=0, atol=1e-4)
    maxima, means = np.split(result[f"{name}_pooled"], 2, axis=1)
    for pooled, part in ((maxima, "maxima"), (means, "means")):
        middle = golden[f"{name}_{part}"][:, -192:]
        assert_allclose(pooled[:, -192:], middle, rtol=1e-4, atol=1e-4)


def test_published_vgg_gives_what_tensorflow_gave(
    wheel: Wheel, golden: Mapping[str, FloatArray]
) -> None:
    result = run(build_backbones(wheel, ["vgg"]), golden["patches"] * np.float32(0.03))
    for part in ("pooled", "logits"):
        assert_allclose(result[f"vgg_{part}"], golden[f"vgg_{part}"], rtol=0, atol=1e-4)


def test_model_carries_notice_and_tags(wheel: Wheel, tmp_path: Path) -> None:
    assert main([str(tmp_path / "out.onnx"), "--only", "msd"]) == 0
    about = {item.key: item.value for item in onnx.load(tmp_path / "out.onnx").metadata_props}
    assert about["licence"].startswith("Copyright (c) Music Technology Group")
    assert "permission notice appear in all copies" in about["licence"]
    tags = json.loads(about["msd_tags"])
    assert len(tags) == 50
    assert tags[:3] == ["rock", "pop", "alternative"]
