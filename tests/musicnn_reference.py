"""Independent networks, as their authors describe them, and a writer of checkpoints."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from livegenre.arrays import FloatArray
from tools.musicnn.bundle import MAGIC
from tools.musicnn.tensors import expected_shapes

RESTART_INTERVAL = 4
"""Entries of a block between two keys that are written in full."""


@dataclass(frozen=True, slots=True)
class Outputs:
    pooled: FloatArray
    embedding: FloatArray
    logits: FloatArray


def random_tensors(
    seed: int, shapes: Mapping[str, tuple[int, ...]] | None = None
) -> dict[str, FloatArray]:
    """Return a network that passes signals on neither faded nor blown up."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for name, shape in (shapes or expected_shapes()).items():
        if name.endswith("kernel"):
            values = rng.standard_normal(shape) / np.sqrt(math.prod(shape[:-1]))
        elif name.endswith("variance"):
            values = rng.uniform(0.5, 1.5, shape)
        elif name.endswith("gamma"):
            values = rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)
        else:
            values = rng.uniform(-0.5, 0.5, shape)
        tensors[name] = values.astype(np.float32)
    return tensors


def forward(tensors: Mapping[str, FloatArray], patch: FloatArray) -> Outputs:
    """Run the network on one patch [shape=(n_frames, 96)]."""
    normalise = partial(normalised, tensors)

    def convolve(values: FloatArray, number: int) -> FloatArray:
        layer = f"conv2d_{number}" if number else "conv2d"
        kernel = tensors[f"{layer}/kernel"][:, :, 0, :]
        n_taps = len(kernel)
        padded = np.pad(values, (((n_taps - 1) // 2, n_taps // 2), (0, 0)))
        windows = sliding_window_view(padded, kernel.shape[:2])
        convolved = np.tensordot(windows, kernel, 2) + tensors[f"{layer}/bias"]
        return normalise(np.maximum(convolved, 0), number + 1)

    image = normalise(patch, 0)
    front = np.concatenate([convolve(image, number).max(axis=1) for number in range(5)], axis=1)
    first = convolve(front, 5)[:, 0]
    second = convolve(first, 6)[:, 0] + first
    third = convolve(second, 7)[:, 0] + second
    stages = np.concatenate([front, first, second, third], axis=1)
    maxima, means = stages.max(axis=0), stages.mean(axis=0)
    flat = normalise(np.stack([maxima, means], axis=1).reshape(-1), 9)
    dense = flat @ tensors["dense/kernel"] + tensors["dense/bias"]
    embedding = normalise(np.maximum(dense, 0), 10)
    logits = embedding @ tensors["dense_1/kernel"] + tensors["dense_1/bias"]
    return Outputs(np.concatenate([maxima, means]), embedding, logits)


def forward_vgg(
    tensors: Mapping[str, FloatArray], patch: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Run the VGG on one patch [shape=(187, 96)]; return what is pooled last, and the logits."""
    channels = normalised(tensors, patch[..., np.newaxis], 0)
    for number, size in enumerate([(4, 1), (1, 4), (2, 2), (2, 2), (4, 4)], start=1):
        kernel, bias = tensors[f"{number}CNN/kernel"], tensors[f"{number}CNN/bias"]
        windows = sliding_window_view(np.pad(channels, ((1, 1), (1, 1), (0, 0))), (3, 3), (0, 1))
        convolved = np.einsum("tfcij,ijco->tfo", windows, kernel, optimize=True) + bias
        normal = normalised(tensors, np.maximum(convolved, 0), number)
        pooled = sliding_window_view(normal, size, (0, 1)).max(axis=(-2, -1))
        channels = pooled[:: size[0], :: size[1]]
    flat = channels.reshape(-1)
    return flat, flat @ tensors["dense/kernel"] + tensors["dense/bias"]


def normalised(tensors: Mapping[str, FloatArray], values: FloatArray, number: int) -> FloatArray:
    """Return what a batch normalisation gives after training."""
    layer = f"batch_normalization_{number}" if number else "batch_normalization"
    mean, variance = tensors[f"{layer}/moving_mean"], tensors[f"{layer}/moving_variance"]
    normal: FloatArray = (values - mean) / np.sqrt(variance + 1e-3)
    return normal * tensors[f"{layer}/gamma"] + tensors[f"{layer}/beta"]


def write_bundle(
    tensors: Mapping[str, FloatArray], entries_per_block: int = 10
) -> tuple[bytes, bytes]:
    """Return the index and the data of a TensorFlow V2 checkpoint."""
    data, entries = b"", [(b"", _field(1, 1))]
    for name, tensor in sorted(tensors.items(), key=lambda item: item[0].encode()):
        shape = b"".join(_field(2, _field(1, size)) for size in tensor.shape)
        place = _field(4, len(data)) + _field(5, tensor.nbytes) + b"\x35\0\0\0\0"
        entries.append((name.encode(), _field(1, 1) + _field(2, shape) + place))
        data += tensor.astype("<f4").tobytes()
    table, handles = b"", []
    for start in range(0, len(entries), entries_per_block):
        some = entries[start : start + entries_per_block]
        table, handle = _append(table, _block(some))
        handles.append((some[-1][0], handle))
    table, metaindex = _append(table, _block([]))
    table, index = _append(table, _block(handles))
    return table + (metaindex + index).ljust(40, b"\0") + MAGIC.to_bytes(8, "little"), data


def _append(table: bytes, block: bytes) -> tuple[bytes, bytes]:
    handle = _varint(len(table)) + _varint(len(block))
    return table + block + b"\0crc.", handle


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    block, restarts, before = b"", [0], b""
    for number, (key, value) in enumerate(entries):
        n_shared = 0
        if number and number % RESTART_INTERVAL == 0:
            restarts.append(len(block))
        else:
            while n_shared < min(len(key), len(before)) and key[n_shared] == before[n_shared]:
                n_shared += 1
        sizes = (n_shared, len(key) - n_shared, len(value))
        block += b"".join(map(_varint, sizes)) + key[n_shared:] + value
        before = key
    tail = [*restarts, len(restarts)]
    return block + b"".join(at.to_bytes(4, "little") for at in tail)


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])
