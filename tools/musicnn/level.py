"""Brings every patch to one level, inside the graph: sound comes tens of dB apart."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tools.musicnn.graph import BATCH, IR_VERSION, N_FRAMES, N_MELS, OPSET, PATCH

LEVEL = 14.0
"""Mel power of a frame, all bands together, that patches are brought to: that of music with an RMS
of 0.1 (median of the GTZAN clips)."""
MOST_GAIN = 1e4
"""Of power; 40 dB, from the gate of silence to the level above."""
COMPRESSION = 1e4
SOUND = "sound"


def build_leveller() -> onnx.ModelProto:
    """Return a graph from ``sound`` to ``patch``, both log10(1 + 10000 mel power).

    Both are float32 [batch, n_frames, 96]. The mean over all frames sets the gain, so loudness
    within the window stays as it was.
    """
    constants = {
        "ln_10": np.log(10),
        "one": 1.0,
        "level": COMPRESSION * LEVEL,
        "least": COMPRESSION * LEVEL / MOST_GAIN,
        "inverse_ln_10": 1 / np.log(10),
    }
    nodes = [
        helper.make_node("Mul", [SOUND, "ln_10"], ["exponent"]),
        helper.make_node("Exp", ["exponent"], ["raised"]),
        helper.make_node("Sub", ["raised", "one"], ["power"]),
        helper.make_node("ReduceSum", ["power", "bands"], ["frames"], keepdims=1),
        helper.make_node("ReduceMean", ["frames"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Max", ["mean", "least"], ["found"]),
        helper.make_node("Div", ["level", "found"], ["gain"]),
        helper.make_node("Mul", ["power", "gain"], ["levelled"]),
        helper.make_node("Add", ["levelled", "one"], ["sum"]),
        helper.make_node("Log", ["sum"], ["natural"]),
        helper.make_node("Mul", ["natural", "inverse_ln_10"], [PATCH]),
    ]
    tensors = [
        numpy_helper.from_array(np.array(value, np.float32), name)
        for name, value in constants.items()
    ]
    tensors.append(numpy_helper.from_array(np.array([2]), "bands"))
    shape: list[str | int | None] = [BATCH, N_FRAMES, N_MELS]
    graph = helper.make_graph(
        nodes,
        "leveller",
        [helper.make_tensor_value_info(SOUND, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(PATCH, TensorProto.FLOAT, shape)],
        tensors,
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
