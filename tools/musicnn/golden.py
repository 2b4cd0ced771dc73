"""What TensorFlow makes of the published graphs: golden values for tests of the conversion.

Needs TensorFlow, which nothing else here does; it may be installed in an environment of its own.
"""

import importlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from livegenre.features.filterbanks import hann_taper, mel_bank
from tools.musicnn.wheel import BACKBONES, NETWORKS, Wheel

SAMPLE_RATE, N_FFT, HOP_LENGTH, N_MELS, N_FRAMES = 16_000, 512, 256, 96, 187
UNIT = 0.03
"""Patches are stored as bytes, in steps of this."""
REAL_AT_SECONDS = (10.0, 60.0)
"""Where in the demo music the real patches lie: guitars, and a synthesiser."""
BACKBONE_FETCHES = {
    "maxima": "model/Max:0",
    "means": "model/moments/Squeeze:0",
    "embedding": "model/batch_normalization_10/batchnorm/add_1:0",
    "logits": "model/dense_1/BiasAdd:0",
}
VGG_FETCHES = {
    "pooled": "model/Flatten/flatten/Reshape:0",
    "logits": "model/dense/BiasAdd:0",
}
PATCH, IS_TRAINING = "model/Placeholder:0", "model/Placeholder_2:0"


class GoldenError(LivegenreError):
    """The golden values cannot be made."""


def write_golden(wheel: Wheel, music: Path, out: Path) -> None:
    """Run the published graphs on made and on real patches, and store both.

    Parameters
    ----------
    wheel : Wheel
        Where the graphs and checkpoints are.
    music : Path
        A file of music that may be redistributed, of 65 s at least.
    out : Path
        The ``.npz`` to write: ``patches`` in units of 0.03, and ``NAME_maxima``, ``NAME_means``,
        ``NAME_embedding`` and ``NAME_logits``, or ``NAME_pooled`` and ``NAME_logits`` of the VGG,
        a row for each patch.

    Raises
    ------
    GoldenError
        If TensorFlow is not installed.
    """
    try:
        tensorflow: Any = importlib.import_module("tensorflow")
    except ImportError as error:
        raise GoldenError("--golden needs TensorFlow; pip install tensorflow-cpu") from error
    random = np.random.default_rng(0).integers(0, 128, (1, N_FRAMES, N_MELS))
    patches = np.concatenate([random, *real_patches(music)]).astype(np.uint8)
    rows: dict[str, Any] = {
        f"{network}_{part}": values
        for network in NETWORKS
        for part, values in _run(tensorflow, wheel, network, patches * np.float32(UNIT)).items()
    }
    np.savez_compressed(out, patches=patches, **rows)


def real_patches(music: Path) -> list[NDArray[np.float64]]:
    """Return patches of music in units of ``UNIT``, each [shape=(1, n_frames, n_mels)]."""
    sound, sample_rate = sf.read(music, dtype="float32", always_2d=True)
    samples = soxr.resample(sound.mean(axis=1), sample_rate, SAMPLE_RATE)
    n_samples = N_FFT + (N_FRAMES - 1) * HOP_LENGTH
    starts = [int(seconds * SAMPLE_RATE) for seconds in REAL_AT_SECONDS]
    return [
        np.rint(log_mel(samples[start : start + n_samples]) / UNIT)[np.newaxis] for start in starts
    ]


def log_mel(samples: FloatArray) -> NDArray[np.float64]:
    """Return log10(1 + 10000 mel power) of whole frames [shape=(n_frames, n_mels)]."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP_LENGTH]
    power = np.abs(np.fft.rfft(frames * hann_taper(N_FFT))) ** 2
    mel_power = power @ mel_bank(SAMPLE_RATE, N_FFT, N_MELS).T
    return np.asarray(np.log10(1.0 + 10_000.0 * mel_power))


def _run(tensorflow: Any, wheel: Wheel, network: str, patches: FloatArray) -> dict[str, FloatArray]:
    """Run one published graph in inference, up to the outputs wanted."""
    v1 = tensorflow.compat.v1
    wanted = fetches(network)
    definition = frozen_graph(v1, wheel, network, list(wanted.values()))
    with v1.Graph().as_default(), v1.Session() as session:
        v1.import_graph_def(definition, name="")
        values = session.run(wanted, {PATCH: patches, IS_TRAINING: False})
    # Two of them keep an axis of length 1.
    return {part: value.reshape(len(patches), -1) for part, value in values.items()}


def fetches(network: str) -> dict[str, str]:
    """Return what is taken from a network: name of the part -> TensorFlow's name."""
    return BACKBONE_FETCHES if network in BACKBONES else VGG_FETCHES


def frozen_graph(v1: Any, wheel: Wheel, network: str, outputs: Sequence[str]) -> Any:
    """Return the part of a graph that inference needs, its variables replaced by their values.

    As a whole the graph cannot be imported: of its gradients, today's TensorFlow infers other
    shapes than those noted.
    """
    meta_graph = v1.MetaGraphDef.FromString(wheel.checkpoint(network, ".meta"))
    wanted = [name.removesuffix(":0") for name in outputs]
    definition = v1.graph_util.extract_sub_graph(meta_graph.graph_def, wanted)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".index", ".data-00000-of-00001"):
            (Path(folder) / suffix).write_bytes(wheel.checkpoint(network, suffix))
        reader = v1.train.NewCheckpointReader(f"{folder}/")
        for node in definition.node:
            node.attr.pop("_class", None)  # says with which variable to place it
            if node.op == "VariableV2":
                tensor = v1.make_tensor_proto(reader.get_tensor(node.name))
                node.op = "Const"
                node.attr.clear()
                node.attr["dtype"].type = tensor.dtype
                node.attr["value"].tensor.CopyFrom(tensor)
    return definition
