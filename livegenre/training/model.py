"""Puts a head on the networks of the bundled model: one file that livegenre runs."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from livegenre.card import CARD_KEY, ModelCard
from livegenre.training.backbone import ROW, Backbone
from livegenre.training.linear import Linear


def build_model(backbone: Backbone, head: Linear, card: ModelCard) -> onnx.ModelProto:
    """Return the whole model.

    It still tells music from what is none, and the tags, as the bundled one does; and goes on from
    window to window where that can.

    Parameters
    ----------
    backbone : Backbone
    head : Linear
        From embeddings to the logits of the card's labels.
    card : ModelCard
    """
    model = onnx.ModelProto()
    model.CopyFrom(backbone.model)
    graph = model.graph
    constants = {"genre_weights": head.weights, "genre_bias": head.bias}
    graph.initializer.extend(
        numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()
    )
    graph.node.append(helper.make_node("Gemm", [ROW, *constants], ["logits"]))
    others = [value for value in graph.output if value.name != ROW]
    del graph.output[:]
    batch = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    shape = [batch, len(card.labels)]
    graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape))
    graph.output.extend(others)
    helper.set_model_props(model, {CARD_KEY: card.to_json(), **backbone.notice})
    onnx.checker.check_model(model, full_check=True)
    return model
