"""The header of a WAV stream that comes through a pipe, where no one can seek."""

import struct
from dataclasses import dataclass

from livegenre.errors import FileError
from livegenre.sources.pcm import MAX_CHANNELS, RawFormat
from livegenre.sources.pipe import Pipe

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_ENCODINGS = {
    (_PCM, 8): "u8",
    (_PCM, 16): "s16le",
    (_PCM, 24): "s24le",
    (_PCM, 32): "s32le",
    (_FLOAT, 32): "f32le",
    (_FLOAT, 64): "f64le",
}
UNKNOWN_BYTES = 0x7FFF0000
"""Writers that cannot seek put 0, or a number from here up, where the length belongs."""
_MOST_HEADER_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a header says."""

    raw: RawFormat
    """Rate, channels and encoding."""
    n_frames: int | None
    """How many frames follow; None where the writer did not know."""


def read_header(pipe: Pipe, name: str) -> WavHeader:
    """Read up to the first sample; wait for as long as it takes.

    Parameters
    ----------
    pipe : Pipe
        At the stream's very beginning.
    name : str
        What to call the stream in messages.

    Raises
    ------
    FileError
        If it is not WAV, or WAV of a kind that is not read here.
    OSError
        If the pipe cannot be read.
    """
    start = _read_exactly(pipe, 12, name)
    if start[:4] not in (b"RIFF", b"RF64") or start[8:] != b"WAVE":
        raise FileError(
            f"{name}: no WAV, it begins with {start!r}; send it through ffmpeg -i - -f wav -, "
            "or say what raw samples are with --raw RATE,CHANNELS,FORMAT"
        )
    raw: RawFormat | None = None
    skipped = 0
    while skipped < _MOST_HEADER_BYTES:
        kind, size = struct.unpack("<4sI", _read_exactly(pipe, 8, name))
        if kind == b"data" and raw:
            known = 0 < size < UNKNOWN_BYTES
            return WavHeader(raw, size // raw.frame_bytes if known else None)
        skipped += size
        if skipped > _MOST_HEADER_BYTES or kind == b"data":
            break
        body = _read_exactly(pipe, size + size % 2, name)
        if kind == b"fmt ":
            raw = _parse_format(body, name)
    raise FileError(f"{name}: a WAV header without format or samples; write it anew by ffmpeg")


def _parse_format(body: bytes, name: str) -> RawFormat:
    if len(body) < 16:
        raise FileError(f"{name}: a WAV header cut short; write it anew by ffmpeg")
    tag, n_channels, sample_rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        (tag,) = struct.unpack_from("<H", body, 24)
    encoding = _ENCODINGS.get((tag, bits))
    if encoding is None:
        raise FileError(
            f"{name}: WAV of kind {tag} with {bits} bits is not read from a pipe; "
            "write it by ffmpeg with -c:a pcm_s16le"
        )
    if not 0 < n_channels <= MAX_CHANNELS:
        raise FileError(
            f"{name}: a WAV header with {n_channels:,} channels, not 1 to {MAX_CHANNELS:,}; "
            "write it anew by ffmpeg"
        )
    return RawFormat(sample_rate, n_channels, encoding)


def _read_exactly(pipe: Pipe, n: int, name: str) -> bytes:
    data = b""
    while len(data) < n:
        more = pipe.read(n - len(data))
        if more is None:
            raise FileError(f"{name}: ended after {len(data)} bytes of a header; nothing sent?")
        data += more
    return data
