from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from livegenre.classifier import Classifier, model_path
from livegenre.errors import ModelError
from tests.conftest import N_FEATURES, write_model


def rows(*levels: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    features = np.zeros((len(levels), N_FEATURES), np.float32)
    features[:, 2] = levels
    return features


def test_posterior_is_the_softmax_over_the_temperature(tiny_model: Path) -> None:
    posterior = Classifier.load(tiny_model).judge(rows(0.1, 0.2)).posterior
    expected = np.exp([[0, 0], [-2, 2]])
    np.testing.assert_allclose(posterior, expected / expected.sum(1, keepdims=True), rtol=1e-6)
    assert posterior.dtype == np.float32


def test_posterior_stays_finite_for_extreme_logits(tiny_model: Path) -> None:
    posterior = Classifier.load(tiny_model).judge(rows(1e6)).posterior
    np.testing.assert_array_equal(posterior, [[0, 1]])


def test_posterior_of_a_multi_label_model_is_the_logistic_of_each_logit(
    make_model: Callable[..., Path],
) -> None:
    posterior = Classifier.load(make_model(multi_label=True)).judge(rows(0.1, 0.2, 1e6)).posterior
    quiet = 1 / (1 + np.exp([0, 2]))
    np.testing.assert_allclose(posterior, [*zip(quiet, 1 - quiet, strict=True), (0, 1)], rtol=1e-6)
    assert posterior.dtype == np.float32


def test_model_that_cannot_tell_takes_all_for_music_and_has_no_tags(tiny_model: Path) -> None:
    judged = Classifier.load(tiny_model).judge(rows(0.1, 0.2))
    np.testing.assert_array_equal(judged.not_music, [0, 0])
    assert judged.tags.shape == (2, 0)


def test_not_music_and_tags_are_the_logistic_of_their_logits(
    make_model: Callable[..., Path],
) -> None:
    others = {"not_music": [np.log(3)], "tags": [0.0, -1000.0, 1000.0]}
    model = make_model(others=others, not_music_threshold=0.5, tags=("a", "b", "c"))
    judged = Classifier.load(model).judge(rows(0.1))
    np.testing.assert_allclose(judged.not_music, [0.75], rtol=1e-6)
    np.testing.assert_allclose(judged.tags, [[0.5, 0, 1]], atol=1e-6)


def test_card_names_what_the_graph_has_not(make_model: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match="no output 'not_music'"):
        Classifier.load(make_model(not_music_threshold=0.5))
    with pytest.raises(ModelError, match="tags: the card has 1, the graph 2"):
        Classifier.load(make_model(tags=("a",), others={"tags": [0.0, 0.0]}))


def test_model_without_a_card_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"bare\.onnx: it has no card; export it with"):
        Classifier.load(write_model(tmp_path / "bare.onnx", None))


def test_card_that_does_not_fit_the_graph_names_the_field(
    make_model: Callable[..., Path],
) -> None:
    with pytest.raises(ModelError, match="labels: the card has 2, the graph 3"):
        Classifier.load(make_model(n_labels=3))
    with pytest.raises(ModelError, match="no output 'logits' but scores"):
        Classifier.load(make_model(output="scores"))


@pytest.mark.parametrize("content", [b"", b"no model at all" * 9])
def test_file_that_is_no_model_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "text.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"text\.onnx: not a usable ONNX file"):
        Classifier.load(path)


def test_model_is_found_by_name_or_path(tiny_model: Path) -> None:
    assert model_path(str(tiny_model)) == tiny_model
    assert model_path("classic").name == "classic.onnx"


def test_unknown_model_lists_the_bundled_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"'jazzy': there are .*classic"):
        model_path("jazzy")
    with pytest.raises(ModelError, match="no such file"):
        model_path(str(tmp_path / "none.onnx"))


def test_graph_that_answers_no_numbers_says_so(make_model: Callable[..., Path]) -> None:
    path = make_model()
    model = onnx.load(path)
    bias = next(tensor for tensor in model.graph.initializer if tensor.name == "logits_bias")
    bias.raw_data = np.full(2, np.nan, np.float32).tobytes()
    onnx.save(model, path)
    with pytest.raises(ModelError, match="its answer is not 2 numbers"):
        Classifier.load(path)


def test_graph_of_another_batch_size_says_so(make_model: Callable[..., Path]) -> None:
    path = make_model()
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4
    onnx.save(model, path)
    with pytest.raises(ModelError, match="its graph does not run"):
        Classifier.load(path)
