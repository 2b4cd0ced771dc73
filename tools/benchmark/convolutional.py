"""A step of the convolutional model: against whole windows, musicnn's graphs, and the limit."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier, model_path
from livegenre.features import create_extractor
from livegenre.training.installation import ExportError
from tools.benchmark.live import Ears
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Missing, Pair, Unequal, Watch, the_clock
from tools.benchmark.toolkits import require
from tools.build_backbone import build_backbones
from tools.musicnn import golden
from tools.musicnn.model import build_cnn, heads_of
from tools.musicnn.wheel import Wheel, WheelError, download

CACHE = Path(__file__).parent.parent.parent / ".cache"
N_WINDOWS = 6
"""Windows of a round that are computed as a whole: they cost alike."""
N_VARIED = 120
"""Steps of a round, the whole demo: what a step costs depends on how the level changes."""
TOLERANCE = 1e-3
"""Largest difference of a posterior between a step of a stream and the whole window."""
MATRIX_SIZE = 768


def against_published(material: Material) -> Pair:
    """Compare with the published networks, behind them the same heads, on every whole window.

    They are convolved as ONNX Runtime does by itself. Answers differ as far as the model's layers
    are not those that were published; that its graph computes what a direct one does is tested.
    """
    ears = Ears.load(material)
    published = replace(ears, classifier=_published(material))
    whole = whole_windows(published, ears.music(material, N_WINDOWS))

    def peer() -> Cost:
        watch = Watch()
        return watch.cost(len(whole()))

    return Pair(ears.steps(material, N_VARIED), peer)


def _published(material: Material) -> Classifier:
    before = model_path(material.model)
    try:
        heads = heads_of(onnx.load(before))
    except ExportError as error:
        raise Missing(f"{material.model} does not stand on these networks") from error
    backbones = build_backbones(_wheel(), direct=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "published.onnx"
        onnx.save(build_cnn(backbones, heads, 1.0, Classifier.load(before).card), path)
        return Classifier.load(path)


def _wheel() -> Wheel:
    CACHE.mkdir(exist_ok=True)
    try:
        return Wheel(download(CACHE))
    except WheelError as error:
        raise Missing(str(error)) from error


def against_whole_windows(material: Material) -> Pair:
    """Compare with the same model on the whole window at every step."""
    ears = Ears.load(material)
    samples = ears.music(material, N_WINDOWS)
    whole, steps = whole_windows(ears, samples), [*ears.listen(samples)]
    for step, posterior in zip(steps, whole(), strict=False):
        difference = np.abs(posterior - np.array(list(step.raw_posterior.values()))).max()
        if difference > TOLERANCE:
            raise Unequal(f"a step differs from its whole window by {difference:.1e}")

    def peer() -> Cost:
        watch = Watch()
        return watch.cost(len(whole()))

    return Pair(ears.steps(material, N_VARIED), peer)


def whole_windows(ears: Ears, samples: FloatArray) -> Callable[[], list[FloatArray]]:
    """Return what judges windows one by one, from their samples alone; gives the posteriors."""
    extractor = create_extractor(ears.spec)
    starts = [ears.n_step * number for number in range(N_WINDOWS)]

    def judge() -> list[FloatArray]:
        posteriors = []
        for start in starts:
            extractor.reset()
            for window in extractor.push(samples[start : start + ears.n_window]):
                posteriors.append(ears.classifier.judge(window.features[None]).posterior[0])
        return posteriors

    return judge


def against_tensorflow(*networks: str) -> Callable[[Material], Pair]:
    """Compare with published graphs in TensorFlow, on patches that are made beforehand."""

    def prepare(material: Material) -> Pair:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # it tells what this CPU is
        tensorflow = require("tensorflow", package="tensorflow-cpu")
        wheel, ears = _wheel(), Ears.load(material)
        samples = ears.music(material, N_WINDOWS)
        extractor = create_extractor(ears.spec)
        patches = [window.features[None] for window in extractor.push(samples)][:N_WINDOWS]
        runs = [_run_of(tensorflow.compat.v1, wheel, network) for network in networks]

        def peer() -> Cost:
            watch = Watch()
            for patch in patches:
                for run in runs:
                    run(patch)
            return watch.cost(len(patches))

        return Pair(ears.steps(material, N_VARIED), peer)

    return prepare


def _run_of(v1: Any, wheel: Wheel, network: str) -> Callable[[FloatArray], object]:
    """Return what runs a published graph up to its tags, on one thread."""
    fetch = golden.fetches(network)["logits"]
    graph = v1.Graph()
    with graph.as_default():
        v1.import_graph_def(golden.frozen_graph(v1, wheel, network, [fetch]), name="")
    threads = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    session = v1.Session(graph=graph, config=threads)
    return lambda patch: session.run(fetch, {golden.PATCH: patch, golden.IS_TRAINING: False})


def share_of_a_core(material: Material) -> Pair:
    """Compare a step of all that listens with the time that there is for it."""
    ears = Ears.load(material)
    real_time = the_clock(1_000.0 * ears.spec.step_seconds)
    return Pair(ears.steps(material, N_VARIED), real_time)


def against_multiplications(material: Material) -> Pair:
    """Compare with nothing but the multiply-adds of a step's new frames, as one matrix product."""
    ears = Ears.load(material)
    share = ears.spec.step_frames / ears.spec.window_frames
    n_products = share * multiply_adds(model_path(material.model), ears.spec.window_frames)
    left, right = np.random.default_rng(0).normal(size=(2, MATRIX_SIZE, MATRIX_SIZE)).astype("f4")

    def peer() -> Cost:
        watch = Watch()
        for _ in range(4):
            left @ right
        return watch.cost(4 * MATRIX_SIZE**3 / n_products)

    return Pair(ears.steps(material), peer)


def multiply_adds(path: Path, n_frames: int) -> int:
    """Return how many multiply-adds convolutions and matrix products of a window are."""
    model = onnx.load(path)
    weights = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    counted = [node for node in model.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
    outputs = [node.output[0] for node in counted]
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in outputs if name not in known
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    patch = np.zeros((1, n_frames, session.get_inputs()[0].shape[-1]), np.float32)
    shapes = [array.shape for array in session.run(outputs, {session.get_inputs()[0].name: patch})]
    return sum(
        int(np.prod(shape)) * _terms(weights, node)
        for node, shape in zip(counted, shapes, strict=True)
    )


def _terms(weights: Mapping[str, Sequence[int]], node: onnx.NodeProto) -> int:
    """Return how many products are summed for one value."""
    left, right = (weights.get(name) for name in node.input[:2])
    if right is None:
        return 0 if left is None else left[-1]
    if node.op_type == "Conv":
        return int(np.prod(right[1:]))
    transposed = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    return right[-1 if transposed else -2]
