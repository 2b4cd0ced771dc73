"""What a network's front end gives, which distillation leaves as it is: channels frame by frame."""

import hashlib
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper

from livegenre.arrays import FloatArray
from tools.musicnn.distil.tensors import VGG_FRONT
from tools.musicnn.golden import N_FRAMES
from tools.musicnn.graph import BATCH, build_model
from tools.musicnn.graph import N_FRAMES as FRAMES
from tools.musicnn.level import SOUND, levelled
from tools.musicnn.vgg import Vgg
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
        whole = levelled(model)
        serialised = whole.SerializeToString()
        self.key = hashlib.sha256(serialised).digest()
        self._session = _session(serialised)
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


class VggFrontEnd:
    """Leveller and the VGG up to the convolutions that distillation changes."""

    def __init__(self, vgg: Vgg) -> None:
        model = build_model({"vgg": vgg})
        convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
        self._name = str(convolutions[VGG_FRONT].input[0])
        self._n_channels = vgg.convolutions[VGG_FRONT].weights.shape[1]
        model.graph.output.append(
            helper.make_tensor_value_info(self._name, onnx.TensorProto.FLOAT, [None] * 4)
        )
        whole = levelled(model)
        serialised = whole.SerializeToString()
        self.key = hashlib.sha256(serialised).digest()
        self._session = _session(serialised)

    def __call__(self, log_mel: NDArray[np.floating]) -> FloatArray:
        """Return the channels of a patch, which is filled by repetition.

        Parameters
        ----------
        log_mel : ndarray [shape=(n_frames, 96)]

        Returns
        -------
        ndarray [shape=(n_channels, n_frames, n_bands)]
        """
        patch = np.resize(log_mel, (1, N_FRAMES, log_mel.shape[1])).astype(np.float32)
        channels: FloatArray = self._session.run([self._name], {SOUND: patch})[0][0]
        return channels[: self._n_channels]  # those behind them fill a block


def _session(serialised: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # it warns that what was cached may be given
    return onnxruntime.InferenceSession(serialised, options, providers=["CPUExecutionProvider"])


def _channels(model: onnx.ModelProto, name: str) -> str:
    """Return the name of a network's channels: what is pooled first, before the middle's."""
    makers = {output: node for node in model.graph.node for output in node.output}
    maxima = makers[f"{name}_pooled"].input[0]
    stacked = makers[maxima].input[0]
    return str(makers[stacked].input[0])
