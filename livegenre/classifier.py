"""The classifier: an ONNX graph with a card. The only module that knows ONNX Runtime."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, ModelCard
from livegenre.errors import ModelError

PACKAGE = Path(__file__).parent


def model_path(name_or_path: str) -> Path:
    """Find a model: a bundled one by name, any other by the path of its file.

    Raises
    ------
    ModelError
        If there is none.
    """
    if name_or_path.endswith(".onnx") or "/" in name_or_path:
        path = Path(name_or_path)
        if not path.is_file():
            raise ModelError(f"model {path}: no such file")
        return path
    bundled = _models_folder() / f"{name_or_path}.onnx"
    if not bundled.is_file():
        names = ", ".join(sorted(path.stem for path in _models_folder().glob("*.onnx")))
        raise ModelError(f"model {name_or_path!r}: there are {names}, or give the path of a file")
    return bundled


def _models_folder() -> Path:
    """Return where the bundled models are: in an installed package, or beside it in a checkout."""
    inside = PACKAGE / "models"
    return inside if inside.is_dir() else PACKAGE.parent / "models"


class Classifier:
    """Features -> logits -> posterior, on one thread of the CPU.

    The graph has one input, float32 [batch, *feature_shape], and an output named ``logits``,
    float32 [batch, n_labels].
    """

    def __init__(self, session: Any, card: ModelCard) -> None:
        self.card = card
        self._session = session
        self._input = session.get_inputs()[0].name

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """Read a model file and check that its card fits its graph.

        Raises
        ------
        ModelError
            If the file cannot be run, has no card, or the two disagree; says in which field.
        """
        session = _open_session(path)
        text = session.get_modelmeta().custom_metadata_map.get(CARD_KEY)
        try:
            if text is None:
                raise ModelError("it has no card; export it with tools/export_onnx.py")
            card = ModelCard.from_json(text)
            _check_graph(session, card)
            classifier = cls(session, card)
            classifier._check_answer()
        except ModelError as error:
            raise ModelError(f"model {path}: {error}") from error
        return classifier

    @property
    def feature_shape(self) -> tuple[int, ...]:
        """Shape of one window's features."""
        return tuple(self._session.get_inputs()[0].shape[1:])

    def logits(self, features: FloatArray) -> FloatArray:
        """Score windows.

        Parameters
        ----------
        features : ndarray [shape=(batch, *feature_shape)], float32

        Returns
        -------
        ndarray [shape=(batch, n_labels)], float32
        """
        result: FloatArray = self._session.run(["logits"], {self._input: features})[0]
        return result

    def posterior(self, features: FloatArray) -> FloatArray:
        """Return calibrated probabilities: softmax of the logits over the card's temperature.

        Temperature scaling: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.

        Parameters
        ----------
        features : ndarray [shape=(batch, *feature_shape)], float32

        Returns
        -------
        ndarray [shape=(batch, n_labels)], float32, each row summing to 1
        """
        scaled = self.logits(features).astype(np.float64) / self.card.temperature
        exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        posterior: FloatArray = (exponents / exponents.sum(axis=1, keepdims=True)).astype("f4")
        return posterior

    def _check_answer(self) -> None:
        """See that the graph runs on one window, and answers with numbers."""
        try:
            posterior = self.posterior(np.zeros((1, *self.feature_shape), np.float32))
        except _runtime_errors() as error:
            raise ModelError(f"its graph does not run ({str(error).splitlines()[0]})") from error
        if posterior.shape != (1, len(self.card.labels)) or not np.isfinite(posterior).all():
            raise ModelError(f"its answer is not {len(self.card.labels)} numbers")


def _open_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised; nothing is to be printed as well
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except _runtime_errors() as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"model {path}: not a usable ONNX file ({reason})") from error


@cache
def _runtime_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of ONNX Runtime, which have no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime

    found = (value for value in vars(runtime).values() if isinstance(value, type))
    return tuple(value for value in found if issubclass(value, Exception))


def _check_graph(session: Any, card: ModelCard) -> None:
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)":
        raise ModelError("its graph must have exactly one input, of float32")
    if not all(isinstance(size, int) for size in inputs[0].shape[1:]):
        raise ModelError(f"its input must have fixed sizes after the batch, not {inputs[0].shape}")
    outputs = {output.name: output for output in session.get_outputs()}
    if "logits" not in outputs:
        raise ModelError(f"its graph has no output 'logits' but {', '.join(outputs)}")
    n_logits = outputs["logits"].shape[-1]
    if n_logits != len(card.labels):
        raise ModelError(f"labels: the card has {len(card.labels)}, the graph {n_logits}")
