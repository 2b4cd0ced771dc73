"""Judging a stream: what is kept from window to window, and when it is forgotten."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from livegenre.card import CARD_KEY
from livegenre.classifier import Classifier
from livegenre.errors import ModelError
from livegenre.features.base import Window
from livegenre.judge import Judge
from tests.conftest import CARD, CLASSIC_SPEC, N_FEATURES

HOP = CLASSIC_SPEC.hop_length
FIRST_END = 1000
"""Windows end anywhere, but whole frames apart."""


def counting_model(path: Path, *, keeps: str = "keep_total", moved: str = "moved") -> Path:
    """Write a model whose first logit is how many frames its windows moved on, all together."""
    values = [
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", N_FEATURES]),
        helper.make_tensor_value_info(moved, TensorProto.INT64, [1]),
        helper.make_tensor_value_info("kept_total", TensorProto.FLOAT, [1, 1]),
    ]
    nodes = [
        helper.make_node("Cast", [moved], ["frames"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["kept_total", "frames"], [keeps]),
        helper.make_node("MatMul", ["features", "zeros"], ["nothing"]),
        helper.make_node("MatMul", [keeps, "first"], ["total"]),
        helper.make_node("Add", ["nothing", "total"], ["logits"]),
    ]
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2]),
        helper.make_tensor_value_info(keeps, TensorProto.FLOAT, [1, 1]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "zeros": np.zeros((N_FEATURES, 2), np.float32),
        "first": np.array([[1, 0]], np.float32),
        moved: np.zeros(1, np.int64),
        "kept_total": np.zeros((1, 1), np.float32),
    }
    tensors = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "counting", values, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, {CARD_KEY: replace(CARD, temperature=1.0).to_json()})
    onnx.save(model, path)
    return path


def window(last_frame: int, n_frames: int, level: float = 0.1) -> Window:
    features = np.zeros(N_FEATURES, np.float32)
    features[2] = level
    return Window(features, FIRST_END + last_frame * HOP, n_frames, -20.0)


@pytest.fixture
def counting(tmp_path: Path) -> Judge:
    return Judge(Classifier.load(counting_model(tmp_path / "counting.onnx")))


def frames_moved(judge: Judge, next_window: Window) -> int:
    """Return how far all windows moved by what the model, whose other logit is 0, says."""
    first, other = judge.judge(next_window).posterior[0]
    return round(float(np.log(first / other)))


def test_model_is_told_how_far_each_window_moved_on(counting: Judge) -> None:
    assert frames_moved(counting, window(10, 10)) == 0
    assert frames_moved(counting, window(13, 10)) == 3
    assert frames_moved(counting, window(17, 10)) == 3 + 4


def test_window_that_grows_does_not_move_on(counting: Judge) -> None:
    assert frames_moved(counting, window(5, 5)) == 0
    assert frames_moved(counting, window(8, 8)) == 0
    assert frames_moved(counting, window(11, 10)) == 1


def test_windows_that_are_left_out_count(counting: Judge) -> None:
    frames_moved(counting, window(10, 10))
    assert frames_moved(counting, window(16, 10)) == 6


def test_nothing_is_kept_beyond_what_is_forgotten(counting: Judge) -> None:
    frames_moved(counting, window(10, 10))
    frames_moved(counting, window(13, 10))
    counting.forget()
    assert frames_moved(counting, window(12, 10)) == 0
    assert frames_moved(counting, window(14, 10)) == 2


def test_two_streams_of_one_model_keep_apart(tmp_path: Path) -> None:
    classifier = Classifier.load(counting_model(tmp_path / "counting.onnx"))
    one, other = Judge(classifier), Judge(classifier)
    frames_moved(one, window(10, 10))
    frames_moved(one, window(15, 10))
    assert frames_moved(other, window(15, 10)) == 0
    assert frames_moved(one, window(16, 10)) == 6


def test_window_alone_is_judged_without_what_was_kept(tmp_path: Path) -> None:
    classifier = Classifier.load(counting_model(tmp_path / "counting.onnx"))
    judge = Judge(classifier)
    judge.judge(window(10, 10))
    judge.judge(window(15, 10))
    alone = classifier.judge(window(15, 10).features[None])
    np.testing.assert_allclose(alone.posterior, [[0.5, 0.5]])


def test_model_that_keeps_nothing_answers_as_ever(make_model: Callable[..., Path]) -> None:
    classifier = Classifier.load(make_model())
    assert not classifier.goes_on
    judge = Judge(classifier)
    for level in (0.05, 0.2):
        found = judge.judge(window(10, 10, level)).posterior
        expected = classifier.judge(window(10, 10, level).features[None]).posterior
        np.testing.assert_array_equal(found, expected)


def test_model_that_takes_what_it_does_not_give_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="takes 'kept_total' but has no output 'keep_total'"):
        Classifier.load(counting_model(tmp_path / "other.onnx", keeps="total_kept"))


def test_model_that_keeps_must_be_told_how_far_it_moved(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="keeps kept_total but takes no 'moved', of int64"):
        Classifier.load(counting_model(tmp_path / "other.onnx", moved="shift"))
