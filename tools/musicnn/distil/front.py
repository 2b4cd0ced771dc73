"""What a network's front end gives, which distillation leaves as it is: channels frame by frame."""

import hashlib
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import compose, helper

from livegenre.arrays import FloatArray
from tools.musicnn.golden import N_FRAMES
from tools.musicnn.graph import BATCH, PATCH, build_model
from tools.musicnn.graph import N_FRAMES as FRAMES
from tools.musicnn.level import SOUND, build_leveller
from tools.musicnn.weights import Backbone


class FrontEnd:
    """Leveller and front ends of several networks."""

    def __init__(self, backbones: Mapping[str, Backbone]) -> None:
        model = build_model(backbones)
        names = [_channels(model, name) for name in backbones]
        widths = [backbone.middle[0].weights.shape[1] for backbone in backbones.values()]
        for name, width in zip(names, widths, strict=True):
            shape = [BATCH, width, FRAMES]
            model.graph.output.append(
                helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
            )
        whole = compose.merge_models(build_leveller(), model, io_map=[(PATCH, PATCH)])
        serialised = whole.SerializeToString()
        self.key = hashlib.sha256(serialised).digest()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # it warns that what was cached may be given
        self._session = onnxruntime.InferenceSession(
            serialised, options, providers=["CPUExecutionProvider"]
        )
        self._names = names
        ends = np.cumsum(widths).tolist()
        self.slices = {
            name: slice(end - width, end)
            for name, width, end in zip(backbones, widths, ends, strict=True)
        }
        """Which channels are whose."""

    def __call__(self, log_mel: NDArray[np.floating]) -> FloatArray:
        """Return the channels of a patch, which is filled by repetition [shape=(n_channels, 187)].

        Parameters
        ----------
        log_mel : ndarray [shape=(n_frames, 96)]
        """
        patch = np.resize(log_mel, (1, N_FRAMES, log_mel.shape[1])).astype(np.float32)
        channels: FloatArray = np.concatenate(
            self._session.run(self._names, {SOUND: patch}), axis=1
        )[0]
        return channels


def _channels(model: onnx.ModelProto, name: str) -> str:
    """Return the name of a network's channels: what is pooled first, before the middle's."""
    makers = {output: node for node in model.graph.node for output in node.output}
    maxima = makers[f"{name}_pooled"].input[0]
    stacked = makers[maxima].input[0]
    return str(makers[stacked].input[0])
