"""The nodes and constants of an ONNX graph under construction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, DTypeLike
from onnx import helper, numpy_helper

from livegenre.arrays import FloatArray
from tools.musicnn.weights import UNLIMITED

TO_THE_END = np.iinfo(np.int64).max


class Nodes:
    """The nodes and constants of a graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[tuple[object, ...], onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Append a node of one output; return the output's name."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, values: ArrayLike, dtype: DTypeLike = np.float32) -> str:
        """Return the name of a constant; equal ones share it."""
        array = np.ascontiguousarray(values, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            name = f"constant_{len(self.constants)}"
            self.constants[key] = numpy_helper.from_array(array, name)
        return str(self.constants[key].name)

    def index(self, *values: int) -> str:
        """Return the name of constant axes, starts or sizes."""
        return self.constant(values, np.int64)

    def calculate(self, operator: str, left: str | int, right: str | int) -> str:
        """Append arithmetic on whole numbers, given or names of [shape=(1,)]; return the result."""
        operands = (name if isinstance(name, str) else self.index(name) for name in (left, right))
        return self.add(operator, *operands)

    def size(self, values: str, axis: int) -> str:
        """Return the size of an axis [shape=(1,)]."""
        return self.add("Shape", values, start=axis, end=axis + 1)

    def cut(
        self,
        values: str,
        axis: int,
        start: str | int = 0,
        end: str | int = TO_THE_END,
        output: str | None = None,
    ) -> str:
        """Return what lies from start to end, whole numbers or names of [shape=(1,)]."""
        bounds = (name if isinstance(name, str) else self.index(name) for name in (start, end))
        return self.add("Slice", values, *bounds, self.index(axis), output=output)

    def split(self, values: str, axis: int, sizes: Sequence[int]) -> list[str]:
        """Share an axis out into parts; return their names."""
        names = [f"part_{len(self.nodes)}_{number}" for number in range(len(sizes))]
        self.nodes.append(helper.make_node("Split", [values, self.index(*sizes)], names, axis=axis))
        return names


def limit(nodes: Nodes, values: str, lower: FloatArray, upper: FloatArray) -> str:
    """Do what is left of ReLU and batch normalisation, where that does anything."""
    if (lower > -UNLIMITED).any():
        values = nodes.add("Max", values, nodes.constant(lower))
    if (upper < UNLIMITED).any():
        values = nodes.add("Min", values, nodes.constant(upper))
    return values
