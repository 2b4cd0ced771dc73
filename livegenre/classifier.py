"""The classifier: an ONNX graph with a card. The only module that knows ONNX Runtime."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, ModelCard
from livegenre.contract import MOVED, check_graph, expected_sizes, kept_names
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
        names = ", ".join(path.stem for path in bundled_models())
        raise ModelError(f"model {name_or_path!r}: there are {names}, or give the path of a file")
    return bundled


def bundled_models() -> list[Path]:
    """Return the files of the models that come with livegenre, by name."""
    return sorted(_models_folder().glob("*.onnx"))


def _models_folder() -> Path:
    """Return where the bundled models are: in an installed package, or beside it in a checkout."""
    inside = PACKAGE / "models"
    return inside if inside.is_dir() else PACKAGE.parent / "models"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model says of windows; probabilities, calibrated where the card says how."""

    posterior: FloatArray
    """[shape=(batch, n_labels)]; each row sums to 1, unless the model is multi-label."""
    not_music: FloatArray
    """Probability that it is no music [shape=(batch,)]; 0 where the model cannot tell."""
    tags: FloatArray
    """Probability of each tag, independent of each other [shape=(batch, n_tags)]."""


class Classifier:
    """Features -> logits -> probabilities, on the caller's thread; several may call at once.

    The graph has one input, float32 [batch, *feature_shape], and an output ``logits``, float32
    [batch, n_labels]. It may have ``not_music``, a logit [batch, 1], and ``tags``, logits
    [batch, n_tags]; the card says whether it does. And it may go on from the window before, of a
    stream: what it gave then as ``keep_X`` it takes as ``kept_X``, which is optional, for one
    window at a time, together with ``moved``, int64 [1], how many frames later this one begins.
    """

    def __init__(self, session: Any, card: ModelCard) -> None:
        self.card = card
        self._session = session
        self._input = session.get_inputs()[0].name
        self._outputs = list(expected_sizes(card))
        self._kept = kept_names(session)

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
            check_graph(session, card)
            classifier = cls(session, card)
            if path not in bundled_models():  # which tests hold to the answers in their cards
                classifier._check_answer()
        except ModelError as error:
            raise ModelError(f"model {path}: {error}") from error
        return classifier

    @property
    def feature_shape(self) -> tuple[int | None, ...]:
        """Shape of one window's features; None for an axis as long as the window has frames."""
        sizes = self._session.get_inputs()[0].shape[1:]
        return tuple(size if isinstance(size, int) else None for size in sizes)

    def judge(self, features: FloatArray) -> Judgement:
        """Judge windows of one length.

        The posterior is the softmax of the logits over the card's temperature (Guo et al., On
        Calibration of Modern Neural Networks, ICML 2017); of a multi-label model, the sigmoid.

        Parameters
        ----------
        features : ndarray [shape=(batch, *feature_shape)], float32
        """
        return self._judgement(self.run(features))

    @property
    def goes_on(self) -> bool:
        """Whether ``go_on`` spares work."""
        return bool(self._kept)

    def go_on(
        self, features: FloatArray, kept: Mapping[str, FloatArray], moved: int
    ) -> tuple[Judgement, dict[str, FloatArray]]:
        """Judge a window of a stream, going on from the one before; return what to keep, too.

        Parameters
        ----------
        features : ndarray [shape=(1, *feature_shape)], float32
            Equal to the features before where they are of the same frames.
        kept : mapping
            What the window before left; empty for the first one.
        moved : int >= 0
            How many frames later this window begins.
        """
        feed = {self._input: features, **kept}
        if kept:
            feed[MOVED] = np.array([moved])
        names = [*self._outputs, *self._kept.values()]
        found = dict(zip(names, self._session.run(names, feed), strict=True))
        return self._judgement(found), {taken: found[name] for taken, name in self._kept.items()}

    def _judgement(self, found: Mapping[str, FloatArray]) -> Judgement:
        n_windows = len(found["logits"])
        activation = _sigmoid if self.card.multi_label else _softmax
        not_music = found.get("not_music", np.full((n_windows, 1), -np.inf, np.float32))
        return Judgement(
            posterior=activation(found["logits"] / np.float64(self.card.temperature)),
            not_music=_sigmoid(not_music[:, 0].astype("f8")),
            tags=_sigmoid(found.get("tags", np.empty((n_windows, 0))).astype("f8")),
        )

    def run(self, features: FloatArray) -> dict[str, FloatArray]:
        """Run the graph on windows of one length; several threads may at once.

        Returns
        -------
        dict
            Name of the output -> logits [shape=(batch, n)].
        """
        found = self._session.run(self._outputs, {self._input: features})
        return dict(zip(self._outputs, found, strict=True))

    def _check_answer(self) -> None:
        """See that the graph judges the longest and the shortest window, and with numbers."""
        for n_frames in (self.card.features.window_frames, self.card.features.min_frames):
            shape = (n_frames if size is None else size for size in self.feature_shape)
            try:
                posterior = self.judge(np.zeros((1, *shape), np.float32)).posterior
            except _runtime_errors() as error:
                reason = str(error).splitlines()[0]
                raise ModelError(f"its graph does not run ({reason})") from error
            if posterior.shape != (1, len(self.card.labels)) or not np.isfinite(posterior).all():
                raise ModelError(f"its answer is not {len(self.card.labels)} numbers")


def _softmax(logits: NDArray[np.float64]) -> FloatArray:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    posterior: FloatArray = (exponents / exponents.sum(axis=1, keepdims=True)).astype("f4")
    return posterior


def _sigmoid(logits: NDArray[np.float64]) -> FloatArray:
    # By way of tanh, which does not overflow.
    return (0.5 * (1 + np.tanh(0.5 * logits))).astype(np.float32)


def _open_session(path: Path) -> Any:
    # From 1.29 on it tells its makers what is run, and keeps a file, unless this was set before.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # the same for Windows
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
