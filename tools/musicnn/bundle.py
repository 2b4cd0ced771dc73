"""Read TensorFlow V2 checkpoints ("tensor bundles") without TensorFlow.

The index is an uncompressed table in LevelDB's format; it says where in the data file each tensor
lies. Checksums are not verified: whoever reads a checkpoint knows the digest of its archive.
"""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError

FOOTER_BYTES = 48
MAGIC = 0xDB4775248B80FB57
UNCOMPRESSED = 0
DT_FLOAT = 1

Message: TypeAlias = dict[int, list[int | bytes]]
"""The fields of a protocol buffer: number -> values, as often as they occur."""


class CheckpointError(LivegenreError):
    """A checkpoint cannot be read, or does not hold the tensors that it should."""


def read_bundle(index: bytes, data: bytes) -> dict[str, FloatArray]:
    """Return every float32 tensor of a checkpoint of one shard by its name.

    Parameters
    ----------
    index : bytes
        Content of the ``.index`` file.
    data : bytes
        Content of the ``.data-00000-of-00001`` file.

    Raises
    ------
    CheckpointError
        If the index is damaged or compressed, or a tensor lies outside the data.
    """
    try:
        return dict(_tensors(index, data))
    except (IndexError, ValueError, OverflowError) as error:
        raise CheckpointError("its index is damaged; get it anew") from error


def _tensors(index: bytes, data: bytes) -> Iterator[tuple[str, FloatArray]]:
    for key, value in _table(index):
        entry = _message(value)
        # The entry without a name is the bundle's header.
        if key and _number(entry, 1) == DT_FLOAT:
            name = key.decode()
            yield name, _tensor(name, entry, data)


def _tensor(name: str, entry: Message, data: bytes) -> FloatArray:
    """Cut one tensor out of the data; the entry is a BundleEntryProto."""
    shape_message = _message(b"".join(_bytes(entry, 2)))
    shape = tuple(_number(_message(dim), 1) for dim in _bytes(shape_message, 2))
    offset, n_bytes = _number(entry, 4), _number(entry, 5)
    if n_bytes != 4 * math.prod(shape) or offset + n_bytes > len(data):
        raise CheckpointError(f"tensor {name} lies outside its data file; get it anew")
    return np.frombuffer(data[offset : offset + n_bytes], "<f4").reshape(shape)


def _table(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield every key and value of a LevelDB table.

    Source: https://github.com/google/leveldb/blob/main/doc/table_format.md
    """
    footer = table[-FOOTER_BYTES:]
    if len(footer) < FOOTER_BYTES or int.from_bytes(footer[-8:], "little") != MAGIC:
        raise CheckpointError("its index is no table of tensors; get it anew")
    _, at = _handle(footer, 0)  # the metaindex, which is empty
    index_handle, _ = _handle(footer, at)
    for _, value in _block(table, *index_handle):
        handle, _ = _handle(value, 0)
        yield from _block(table, *handle)


def _block(table: bytes, offset: int, n_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of a block; a key repeats the start of the key before it."""
    if table[offset + n_bytes] != UNCOMPRESSED:
        raise CheckpointError("its index is compressed, which this reader does not know")
    block = table[offset : offset + n_bytes]
    n_restarts = int.from_bytes(block[-4:], "little")
    end = n_bytes - 4 - 4 * n_restarts
    key, at = b"", 0
    while at < end:
        n_shared, at = _varint(block, at)
        n_unshared, at = _varint(block, at)
        n_value, at = _varint(block, at)
        key = key[:n_shared] + block[at : at + n_unshared]
        at += n_unshared
        yield key, block[at : at + n_value]
        at += n_value


def _handle(buffer: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Read offset and size of a block, and say where they end."""
    offset, at = _varint(buffer, at)
    n_bytes, at = _varint(buffer, at)
    return (offset, n_bytes), at


def _message(buffer: bytes) -> Message:
    """Take a protocol buffer apart."""
    fields: Message = {}
    at = 0
    while at < len(buffer):
        tag, at = _varint(buffer, at)
        value: int | bytes
        match tag & 7:
            case 0:
                value, at = _varint(buffer, at)
            case 1 | 5 as wire_type:
                n_bytes = 8 if wire_type == 1 else 4
                value, at = buffer[at : at + n_bytes], at + n_bytes
            case 2:
                n_bytes, at = _varint(buffer, at)
                value, at = buffer[at : at + n_bytes], at + n_bytes
            case _:
                raise CheckpointError("its index holds no protocol buffers; get it anew")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _number(message: Message, field: int) -> int:
    """Return an integer field, 0 where it is absent."""
    value = message.get(field, [0])[-1]
    if not isinstance(value, int):
        raise CheckpointError("its index is damaged; get it anew")
    return value


def _bytes(message: Message, field: int) -> list[bytes]:
    """Return the values of a field of bytes, none where it is absent."""
    return [value for value in message.get(field, []) if isinstance(value, bytes)]


def _varint(buffer: bytes, at: int) -> tuple[int, int]:
    """Read an integer of seven bits a byte, low bits first, and say where it ends."""
    value = shift = 0
    while True:
        byte = buffer[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
