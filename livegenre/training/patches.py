"""A small convolutional network on mel patches, as tutorials train; by PyTorch, an extra.

Once trained it is an ONNX graph, and PyTorch is not needed any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, ModelCard
from livegenre.training.dataset import Dataset, row_weights

if TYPE_CHECKING:
    import torch

CHANNELS = (16, 32, 64)
"""Of three convolutions of 3 x 3, each behind a mean or maximum over 2 x 2."""
N_EPOCHS, BATCH, LEARNING_RATE, DECAY = 12, 32, 2e-3, 1e-3
SHARE = 0.5
"""Of the patches, drawn by weight for each epoch; neighbours of one track are much alike."""
PIECE = 128
"""Patches that are judged at once."""
_OPSET, _IR_VERSION = 17, 9


@dataclass(frozen=True, slots=True)
class SmallCnn:
    """What was trained, as a graph from ``sound`` [batch, n_frames, n_mels] to ``logits``."""

    weights: Mapping[str, FloatArray]
    session: Any

    @classmethod
    def of(cls, weights: Mapping[str, FloatArray]) -> "SmallCnn":
        """Make ready to judge."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        graph = _build(weights).SerializeToString()
        return cls(
            weights,
            onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]),
        )

    def __call__(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the logits of patches [shape=(n_rows, n_labels)]."""
        pieces = (rows[begin : begin + PIECE] for begin in range(0, len(rows), PIECE))
        found = [self.session.run(["logits"], {"sound": piece})[0] for piece in pieces]
        return np.concatenate(found).astype("f8")

    def of_windows(self, features: FloatArray) -> NDArray[np.float64]:
        """Return the same, since windows are patches."""
        return self(features)

    def complete(self, card: ModelCard) -> ModelCard:
        """Return the card as it is."""
        return card

    def build(self, card: ModelCard) -> onnx.ModelProto:
        """Return the graph with its card."""
        model = _build(self.weights)
        helper.set_model_props(model, {CARD_KEY: card.to_json()})
        return model


def fit_small_cnn(dataset: Dataset, seed: int) -> SmallCnn:
    """Train on patches, genres and in them tracks weighing the same.

    Parameters
    ----------
    dataset : Dataset
        Its features are patches [shape=(n_rows, n_frames, n_mels)].
    seed : int
    """
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    mean, spread = dataset.features.mean(axis=(0, 1)), dataset.features.std(axis=(0, 1)) + 1e-3
    network = _network(len(dataset.labels))
    rate = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=DECAY)
    shares = row_weights(dataset)
    shares /= shares.sum()
    n_drawn = max(BATCH, round(SHARE * len(shares)))
    network.train()
    for _ in range(N_EPOCHS):
        drawn = rng.choice(len(shares), n_drawn, p=shares)
        for begin in range(0, n_drawn - BATCH + 1, BATCH):
            rows = drawn[begin : begin + BATCH]
            patches = torch.from_numpy((dataset.features[rows] - mean) / spread)
            found = network(patches[:, None])
            wanted = torch.from_numpy(dataset.row_genre[rows])
            loss = torch.nn.functional.cross_entropy(found, wanted)
            rate.zero_grad()
            torch.autograd.backward([loss])
            rate.step()
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return SmallCnn.of({**state, "mean": mean, "spread": spread})


def _network(n_labels: int) -> "torch.nn.Sequential":
    """Return the network; its modules are numbered as ``_build`` expects."""
    from torch import nn

    layers: list[nn.Module] = [nn.AvgPool2d(2)]
    for n_in, n_out in zip((1, *CHANNELS[:-1]), CHANNELS, strict=True):
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU()]
        layers.append(nn.MaxPool2d(2))
    layers[-1] = nn.AdaptiveAvgPool2d(1)
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(CHANNELS[-1], n_labels))


def _build(weights: Mapping[str, FloatArray]) -> onnx.ModelProto:
    """Do as the network does when it is not trained."""
    constants = {"axis": np.array([1]), **weights}
    nodes = [
        helper.make_node("Sub", ["sound", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "spread"], ["scaled"]),
        helper.make_node("Unsqueeze", ["scaled", "axis"], ["image"]),
        helper.make_node("AveragePool", ["image"], ["0"], kernel_shape=[2, 2], strides=[2, 2]),
    ]
    last = "0"
    for number in range(len(CHANNELS)):
        conv, norm = f"{4 * number + 1}", f"{4 * number + 2}"
        nodes += [
            helper.make_node(
                "Conv", [last, f"{conv}.weight", f"{conv}.bias"], [conv], pads=[1, 1, 1, 1]
            ),
            helper.make_node(
                "BatchNormalization",
                [conv, *(f"{norm}.{part}" for part in _NORM)],
                [norm],
            ),
            helper.make_node("Relu", [norm], [f"{norm}_relu"]),
        ]
        last = f"{4 * number + 4}"
        if number < len(CHANNELS) - 1:
            pooled = helper.make_node(
                "MaxPool", [f"{norm}_relu"], [last], kernel_shape=[2, 2], strides=[2, 2]
            )
        else:
            pooled = helper.make_node("GlobalAveragePool", [f"{norm}_relu"], [last])
        nodes.append(pooled)
    dense = f"{4 * len(CHANNELS) + 3}"
    nodes += [
        helper.make_node("Flatten", [last], ["flat"]),
        helper.make_node(
            "Gemm", ["flat", f"{dense}.weight", f"{dense}.bias"], ["logits"], transB=1
        ),
    ]
    return _model(
        nodes, constants, n_mels=len(weights["mean"]), n_labels=len(weights[f"{dense}.bias"])
    )


_NORM = ("weight", "bias", "running_mean", "running_var")


def _model(
    nodes: list[onnx.NodeProto], constants: Mapping[str, Any], *, n_mels: int, n_labels: int
) -> onnx.ModelProto:
    tensors = [
        numpy_helper.from_array(value, name)
        for name, value in constants.items()
        if not name.endswith("num_batches_tracked")
    ]
    graph = helper.make_graph(
        nodes,
        "small_cnn",
        [helper.make_tensor_value_info("sound", TensorProto.FLOAT, ["batch", "frames", n_mels])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", n_labels])],
        tensors,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model
