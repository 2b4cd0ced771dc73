"""What a window of a stream takes over from the one before it, inside the graph.

Most columns, maxima over frequency of a convolution in time, are those of the window before, moved.
Those near either end are not: they saw silence where they now have neighbours, or the reverse.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from livegenre.contract import KEEP, KEPT
from tools.musicnn.nodes import Nodes

MOVED = "moved_on"
"""Input of the networks [shape=(1,), int64]: frames that the window has moved on since."""
FAR = 2**40
"""So far moves a window that takes over nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the graph gives as ``keep_NAME`` and takes as ``kept_NAME``."""

    name: str
    shape: tuple[int | None, ...]
    """Without the batch; None for the columns, any number."""

    @property
    def given(self) -> str:
        """Name of the output."""
        return KEEP + self.name

    @property
    def taken(self) -> str:
        """Name of the input."""
        return KEPT + self.name

    def output(self) -> onnx.ValueInfoProto:
        """Describe what is given, for any batch."""
        return self._value(self.given, "batch")

    def input(self) -> onnx.ValueInfoProto:
        """Describe what is taken, for a batch of one."""
        return self._value(self.taken, 1)

    def nothing(self) -> onnx.TensorProto:
        """Return what is taken where nothing is given: no columns."""
        shape = [size or 0 for size in (1, *self.shape)]
        return numpy_helper.from_array(np.empty(shape, np.float32), self.taken)

    def _value(self, name: str, batch: int | str) -> onnx.ValueInfoProto:
        shape = [size or f"n_{name}" for size in self.shape]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, *shape])


def not_moved_yet() -> onnx.TensorProto:
    """Return what ``MOVED`` is where it is not given."""
    return numpy_helper.from_array(np.array([FAR]), MOVED)


@dataclass(frozen=True, slots=True)
class Seam:
    """Where new columns meet those that are taken over; names of numbers [shape=(1,)]."""

    taken: str
    """Which column of those that were kept is the first to be taken over."""
    n_taken: str
    any: str
    """1 if there are any, else 0."""


def columns(
    nodes: Nodes, kept: Kept, image: str, reach: tuple[int, int], make: Callable[[str], str]
) -> str:
    """Make those columns that are new, and take over the others.

    Parameters
    ----------
    nodes : Nodes
    kept : Kept
        Its shape is (n_channels, n_frames).
    image : str
        What is seen [shape=(batch, ..., n_frames, n_bands)].
    reach : (int, int)
        Frames that a column sees before and after its own.
    make : callable
        Adds what turns frames, beyond whose ends is nothing, into columns [shape=(batch,
        n_channels, n_frames)].

    Returns
    -------
    str
        Columns of all frames, which is an output of the graph too.
    """
    before, after = reach
    lost = before + after
    n_common = nodes.calculate(
        "Min", nodes.size(image, -2), nodes.calculate("Sub", nodes.size(kept.taken, 2), MOVED)
    )
    n_taken = nodes.calculate("Max", nodes.calculate("Sub", n_common, lost), 0)
    seam = Seam(
        taken=nodes.calculate("Add", MOVED, before),
        n_taken=n_taken,
        any=nodes.calculate("Min", n_taken, 1),
    )
    head = nodes.cut(image, -2, end=nodes.calculate("Mul", seam.any, lost))
    made = make(nodes.add("Concat", head, nodes.cut(image, -2, n_taken), axis=-2))
    return join(nodes, kept, made, seam, n_head=before, n_useless=lost, output=kept.given)


def join(
    nodes: Nodes,
    kept: Kept,
    made: str,
    seam: Seam,
    *,
    n_head: int,
    n_useless: int,
    output: str | None = None,
) -> str:
    """Put columns together; return the name of them all.

    Parameters
    ----------
    made : str
        If any are taken over: the first columns, some across the seam, and the last ones.
    n_head, n_useless : int
        How many are those first ones, and those across the seam.
    output : str, optional
        Name for what is returned.
    """
    end = nodes.calculate("Add", seam.taken, seam.n_taken)
    batch = nodes.add("Concat", nodes.size(made, 0), nodes.index(*[1] * len(kept.shape)), axis=0)
    parts = (
        nodes.cut(made, 2, end=nodes.calculate("Mul", seam.any, n_head)),
        nodes.add("Expand", nodes.cut(kept.taken, 2, seam.taken, end), batch),
        nodes.cut(made, 2, nodes.calculate("Mul", seam.any, n_head + n_useless)),
    )
    return nodes.add("Concat", *parts, axis=2, output=output)
