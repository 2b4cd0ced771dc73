"""Brings every patch to one level, inside the graph: sound comes tens of dB apart."""

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from livegenre import contract
from tools.musicnn.graph import BATCH, IR_VERSION, N_FRAMES, N_MELS, OPSET, PATCH
from tools.musicnn.kept import FAR, MOVED

LEVEL = 14.0
"""Mel power of a frame, all bands together, that patches are brought to: that of music with an RMS
of 0.1 (median of the GTZAN clips)."""
MOST_GAIN = 1e4
"""Of power; 40 dB, from the gate of silence to the level above."""
STEP_DB = 2.0
"""Gains are multiples of it, so that one often holds from a window to the next. What a window of a
stream takes over from the one before was heard with the same gain."""
COMPRESSION = 1e4
SOUND = "sound"
MOVED_SOUND = contract.MOVED
"""Optional input [shape=(1,), int64]: how many frames the sound begins later than that before."""
TAKEN, GIVEN = f"{contract.KEPT}level", f"{contract.KEEP}level"
"""Gain of the window before, an optional input, and of this one, in steps [shape=(batch, 1, 1)]."""


def build_leveller() -> onnx.ModelProto:
    """Return a graph from ``sound`` to ``patch``, both log10(1 + 10000 mel power).

    Both are float32 [batch, n_frames, 96]. The mean over all frames sets the gain, so loudness
    within the window stays as it was. The window moves on, for the networks, as the sound does,
    but out of sight where the gain is another.
    """
    patch, level = (BATCH, N_FRAMES, N_MELS), (BATCH, 1, 1)
    graph = helper.make_graph(
        _nodes(),
        "leveller",
        [
            helper.make_tensor_value_info(SOUND, TensorProto.FLOAT, patch),
            helper.make_tensor_value_info(MOVED_SOUND, TensorProto.INT64, [1]),
            helper.make_tensor_value_info(TAKEN, TensorProto.FLOAT, (1, 1, 1)),
        ],
        [
            helper.make_tensor_value_info(PATCH, TensorProto.FLOAT, patch),
            helper.make_tensor_value_info(GIVEN, TensorProto.FLOAT, level),
            helper.make_tensor_value_info(MOVED, TensorProto.INT64, [1]),
        ],
        _constants(),
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )


def _nodes() -> list[onnx.NodeProto]:
    return [
        helper.make_node("Mul", [SOUND, "ln_10"], ["exponent"]),
        helper.make_node("Exp", ["exponent"], ["raised"]),
        helper.make_node("Sub", ["raised", "one"], ["power"]),
        helper.make_node("ReduceSum", ["power", "bands"], ["frames"], keepdims=1),
        helper.make_node("ReduceMean", ["frames"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Max", ["mean", "least"], ["found"]),
        helper.make_node("Div", ["level", "found"], ["wanted"]),
        helper.make_node("Log", ["wanted"], ["natural_gain"]),
        helper.make_node("Mul", ["natural_gain", "steps"], ["fine_gain"]),
        helper.make_node("Round", ["fine_gain"], [GIVEN]),
        helper.make_node("Mul", [GIVEN, "inverse_steps"], ["natural_step"]),
        helper.make_node("Exp", ["natural_step"], ["gain"]),
        helper.make_node("Mul", ["power", "gain"], ["levelled"]),
        helper.make_node("Add", ["levelled", "one"], ["sum"]),
        helper.make_node("Log", ["sum"], ["natural"]),
        helper.make_node("Mul", ["natural", "inverse_ln_10"], [PATCH]),
        helper.make_node("Sub", [GIVEN, TAKEN], ["risen"]),
        helper.make_node("Abs", ["risen"], ["changed"]),
        helper.make_node("ReduceMax", ["changed"], ["most_changed"], axes=[0, 1, 2], keepdims=0),
        helper.make_node("Cast", ["most_changed"], ["has_changed"], to=TensorProto.BOOL),
        helper.make_node("Where", ["has_changed", "far", MOVED_SOUND], [MOVED]),
    ]


def _constants() -> list[onnx.TensorProto]:
    """Return what the nodes name, and what optional inputs are where they are not given."""
    decibels = 10 / np.log(10) / STEP_DB
    constants: dict[str, float | list[int]] = {
        "ln_10": np.log(10),
        "one": 1.0,
        "level": COMPRESSION * LEVEL,
        "least": COMPRESSION * LEVEL / MOST_GAIN,
        "inverse_ln_10": 1 / np.log(10),
        "steps": decibels,
        "inverse_steps": 1 / decibels,
        "bands": [2],
        "all": [0, 1, 2],
        "far": [FAR],
        MOVED_SOUND: [FAR],
    }
    tensors = [
        numpy_helper.from_array(
            np.array(value, np.float32 if np.isscalar(value) else np.int64), name
        )
        for name, value in constants.items()
    ]
    no_level = numpy_helper.from_array(np.full((1, 1, 1), np.inf, np.float32), TAKEN)
    return [*tensors, no_level]


def levelled(backbones: onnx.ModelProto) -> onnx.ModelProto:
    """Put the leveller before networks."""
    behind = onnx.ModelProto()
    behind.CopyFrom(backbones)
    (moved,) = (tensor for tensor in behind.graph.initializer if tensor.name == MOVED)
    behind.graph.initializer.remove(moved)
    wires = [(PATCH, PATCH), (MOVED, MOVED)]
    return compose.merge_models(build_leveller(), behind, io_map=wires)
