"""Runs leveller and backbones outside the model, to train its heads on what they give."""

import hashlib

import numpy as np
import onnx
import onnxruntime

from livegenre.arrays import FloatArray
from tools.musicnn.model import build_embedder


class Embedder:
    """Sound to rows of embeddings, through the leveller and backbones."""

    def __init__(self, backbones: onnx.ModelProto) -> None:
        model = build_embedder(backbones).SerializeToString()
        self.key = hashlib.sha256(model).digest()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, patch: FloatArray) -> FloatArray:
        """Return the row of a patch [shape=(806,)]."""
        row: FloatArray = self._session.run(["row"], {"sound": patch[np.newaxis]})[0][0]
        return row
