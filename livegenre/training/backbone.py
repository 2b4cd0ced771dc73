"""The networks of the bundled model, cut off before their heads.

A head of other genres stands on the same embedding as the bundled one.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import onnx
import onnxruntime

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, ModelCard
from livegenre.contract import KEEP
from livegenre.errors import ModelError

ROW = "row"
"""Name of the embedding in the graph [shape=(batch, n_features)]."""
HEADS = ("not_music", "tags")
"""What else a graph gives that stays as it is."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """What lies before the genre head, with what stays beside it."""

    model: onnx.ModelProto
    """From sound to ``row``, ``HEADS`` and what is kept from window to window."""
    card: ModelCard
    """Of the whole model."""
    notice: dict[str, str]
    """Licences that must go with the networks, by the key of the metadata."""

    @classmethod
    def load(cls, path: Path) -> "Backbone":
        """Cut a model.

        Raises
        ------
        ModelError
            If it has no embedding to cut at.
        """
        whole = onnx.load(path)
        if ROW not in {name for node in whole.graph.node for name in node.output}:
            raise ModelError(f"model {path}: has no embedding; train on cnn")
        metadata = {each.key: each.value for each in whole.metadata_props}
        inputs = [value.name for value in whole.graph.input]
        given = [value.name for value in whole.graph.output]
        wanted = [name for name in given if name in HEADS or name.startswith(KEEP)]
        card = ModelCard.from_json(metadata.pop(CARD_KEY))
        return cls(_cut(whole, inputs, [ROW, *wanted]), card, metadata)


class Embedder:
    """Patches to rows, on one thread.

    Parameters
    ----------
    path : Path
        Of a model that ``Backbone.load`` takes.
    """

    def __init__(self, path: Path) -> None:
        backbone = Backbone.load(path)
        sound = backbone.model.graph.input[0].name
        # Only what is kept from window to window are further inputs; left out, they are constants.
        model = _cut(backbone.model, [sound], [ROW]).SerializeToString()
        self.spec = backbone.card.features
        self.key = hashlib.sha256(model).digest()
        """Tells these networks from others."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        self._sound = sound

    def __call__(self, patches: FloatArray) -> FloatArray:
        """Embed patches [shape=(batch, n_frames, n_mels)]; return rows [shape=(batch, n)]."""
        rows: FloatArray = self._session.run([ROW], {self._sound: patches})[0]
        return rows


@cache
def embedder(path: Path) -> Embedder:
    """Return this process's embedder of a model."""
    return Embedder(path)


def _cut(model: onnx.ModelProto, inputs: list[str], outputs: list[str]) -> onnx.ModelProto:
    """Drop what some outputs do not need; inputs that are not named become constants."""
    return _typed(onnx.utils.Extractor(_typed(model)).extract_model(inputs, outputs))


def _typed(model: onnx.ModelProto) -> onnx.ModelProto:
    return onnx.shape_inference.infer_shapes(model)
