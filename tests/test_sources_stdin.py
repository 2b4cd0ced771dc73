import io
import os
import pty
import shutil
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.errors import FileError, UsageError
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.decoded import DecodedSource
from livegenre.sources.pcm import ENCODINGS, RawFormat
from livegenre.sources.stdin import StdinDecoder

RATE = 8_000
FRAMES = np.random.default_rng(0).uniform(-0.9, 0.9, (4_000, 2)).astype(np.float32)
DTYPES = {"u8": "u1", "s8": "i1", "s16": "i2", "s32": "i4", "f32": "f4", "f64": "f8"}


def encode(frames: FloatArray, encoding: str) -> bytes:
    """What a program of another maker would write."""
    order = ">" if encoding.endswith("be") else "<"
    kind = encoding.removesuffix("le").removesuffix("be")
    if kind.startswith("f"):
        return frames.astype(order + DTYPES[kind]).tobytes()
    bits = int(kind[1:])
    integers = np.round(frames.astype(np.float64) * (2 ** (bits - 1) - 1)).astype(np.int64)
    if kind == "s24":
        octets = integers.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3]
        return bytes(octets if order == "<" else octets[:, ::-1])
    return bytes((integers + (128 if kind == "u8" else 0)).astype(order + DTYPES[kind]))


def wav(data: bytes, *, size: int | None = None, **fields: int) -> bytes:
    """A WAV file around samples; ``size`` is what its header says of their length."""
    values = {"tag": 1, "channels": 2, "rate": RATE, "bits": 16} | fields
    frame = values["channels"] * values["bits"] // 8
    form = struct.pack(
        "<HHIIHH",
        *(values["tag"], values["channels"], values["rate"]),
        *(values["rate"] * frame, frame, values["bits"]),
    )
    size = len(data) if size is None else size
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    chunks += b"LIST" + struct.pack("<I", 5) + b"title\0" + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", min(size + len(chunks), 0xFFFFFFFF)) + chunks + data


@pytest.fixture
def send() -> Iterator[Callable[[bytes], int]]:
    """Write bytes into a pipe from a thread and give its other end."""
    writers: list[threading.Thread] = []
    ends: list[int] = []

    def start(data: bytes) -> int:
        read_end, write_end = os.pipe()

        def write() -> None:
            with open(write_end, "wb") as pipe:
                try:
                    pipe.write(data)
                    pipe.flush()
                except BrokenPipeError:
                    pass

        writers.append(threading.Thread(target=write))
        writers[-1].start()
        ends.append(read_end)
        return read_end

    yield start
    for end in ends:
        os.close(end)
    for writer in writers:
        writer.join()


def read_all(decoder: StdinDecoder, *, n: int = 300, **options: Any) -> FloatArray:
    with DecodedSource(decoder, **options) as source:
        blocks = []
        while (block := source.read(n)) is not None:
            blocks.append(block)
    return np.concatenate(blocks)


class TestRaw:
    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_every_encoding(self, encoding: str, send: Callable[[bytes], int]) -> None:
        raw = RawFormat.parse(f"{RATE},2,{encoding}")
        samples = read_all(StdinDecoder(raw, fd=send(encode(FRAMES, encoding))), channel=1)
        tolerance = 1 / 60 if "8" in encoding else 1e-4
        np.testing.assert_allclose(samples, FRAMES[:, 1], atol=tolerance)

    @settings(max_examples=25, deadline=None)
    @given(sizes=st.lists(st.integers(1, 5_000), min_size=1, max_size=5), n=st.integers(1, 9_000))
    def test_the_pieces_in_which_bytes_come_change_nothing(self, sizes: list[int], n: int) -> None:
        data = encode(FRAMES, "s24le")
        read_end, write_end = os.pipe()

        def write() -> None:
            start = 0
            while start < len(data):
                for size in sizes:
                    os.write(write_end, data[start : start + size])
                    start += size
            os.close(write_end)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            decoder = StdinDecoder(RawFormat(RATE, 2, "s24le"), fd=read_end)
            samples = read_all(decoder, n=n, channel=0)
        finally:
            writer.join()
            os.close(read_end)
        np.testing.assert_allclose(samples, FRAMES[:, 0], atol=1e-6)

    def test_part_of_a_frame_at_the_end_is_dropped(self, send: Callable[[bytes], int]) -> None:
        decoder = StdinDecoder(RawFormat(RATE, 2, "s16le"), fd=send(bytes(4 * 10 + 3)))
        assert len(read_all(decoder)) == 10

    @pytest.mark.parametrize(
        "text",
        [
            *("", "44100", "44100,2", "44100,2,s16le,x"),
            *("0,2,s16le", "44100,0,s16le", "a,2,s16le", "-1,2,s16le", "44100,2.5,s16le"),
            *(
                "44100,1025,u8",
                "44100,1000000,s16le",
                "44100,2,s16",
                "44100,2,mp3",
                "9" * 5_000 + ",2,s16le",
            ),
        ],
    )
    def test_a_format_that_is_none(self, text: str) -> None:
        with pytest.raises(UsageError, match="--raw"):
            RawFormat.parse(text)

    def test_a_format_is_read_with_spaces_and_capitals(self) -> None:
        assert RawFormat.parse(" 44100, 2,S16LE") == RawFormat(44_100, 2, "s16le")

    def test_the_most_channels(self) -> None:
        assert RawFormat.parse("44100,1024,u8").n_channels == 1_024


class TestWav:
    @pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
    @pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64"])
    def test_what_libsndfile_writes_is_read_as_libsndfile_reads_it(
        self, kind: str, subtype: str, send: Callable[[bytes], int]
    ) -> None:
        file = io.BytesIO()
        soundfile.write(file, FRAMES, RATE, format=kind, subtype=subtype)
        file.seek(0)
        expected, _ = soundfile.read(file, dtype="float32")
        decoder = StdinDecoder(fd=send(file.getvalue()))
        assert (decoder.sample_rate, decoder.n_channels) == (RATE, 2)
        samples = read_all(decoder, channel=0)
        np.testing.assert_array_equal(samples, expected[:, 0])

    @pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
    def test_a_length_that_the_writer_did_not_know(
        self, size: int, send: Callable[[bytes], int]
    ) -> None:
        decoder = StdinDecoder(fd=send(wav(encode(FRAMES, "s16le"), size=size)))
        assert decoder.n_frames is None
        assert len(read_all(decoder)) == len(FRAMES)

    def test_what_follows_the_samples_is_no_sound(self, send: Callable[[bytes], int]) -> None:
        data = encode(FRAMES, "s16le")
        decoder = StdinDecoder(fd=send(wav(data + b"LIST\4\0\0\0tail", size=len(data))))
        assert decoder.n_frames == len(FRAMES)
        assert len(read_all(decoder)) == len(FRAMES)

    def test_start_and_duration(self, send: Callable[[bytes], int]) -> None:
        decoder = StdinDecoder(fd=send(wav(encode(FRAMES, "s16le"))), start_seconds=0.25)
        samples = read_all(decoder, channel=0, duration_seconds=0.1)
        np.testing.assert_allclose(samples, FRAMES[2_000:2_800, 0], atol=1e-4)

    def test_a_start_beyond_the_end(self, send: Callable[[bytes], int]) -> None:
        decoder = StdinDecoder(fd=send(wav(encode(FRAMES, "s16le"))), start_seconds=9.0)
        with pytest.raises(FileError, match="no sound in it after --start 9"):
            read_all(decoder, start_seconds=9.0)

    def test_a_cut_is_an_error_after_the_sound(self, send: Callable[[bytes], int]) -> None:
        data = encode(FRAMES, "s16le")
        decoder = StdinDecoder(fd=send(wav(data[:4_000], size=len(data))))
        with DecodedSource(decoder) as source:
            block = source.read(1_000)
            assert block is not None
            assert len(block) == 1_000
            with pytest.raises(FileError, match=r"cut short, 0\.4 s before the end"):
                source.read(1_000)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "ended after 0 bytes"),
            (b"RIFF", "ended after 4 bytes"),
            (b"ID3\4" + bytes(100), r"no WAV, it begins with b'ID3.*ffmpeg"),
            (bytes(100), "no WAV"),
            (wav(b"", channels=0, size=100), "0 channels"),
            (wav(b"", channels=1_025, size=100), "1,025 channels, not 1 to 1,024"),
            (wav(b"", channels=20_000, bits=8, size=100), "20,000 channels"),
            (wav(b"", tag=2, bits=4, size=100), "WAV of kind 2 with 4 bits"),
            (wav(b"", tag=0x55, size=100), "WAV of kind 85"),
            (b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd", "without format"),
            (b"RIFF\0\0\0\0WAVEfmt \2\0\0\0\1\0", "cut short"),
            (b"RIFF\0\0\0\0WAVEjunk\xff\xff\xff\xff" + bytes(100), "without format"),
        ],
    )
    def test_what_is_no_wav(self, data: bytes, words: str, send: Callable[[bytes], int]) -> None:
        with pytest.raises(FileError, match=words) as caught:
            StdinDecoder(fd=send(data))
        assert str(caught.value).startswith("stdin: ")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("rate", [0, 1, 768_000])
    def test_rates_that_no_sound_has(self, rate: int, send: Callable[[bytes], int]) -> None:
        with pytest.raises(FileError, match=r"stdin: .* Hz is outside"):
            DecodedSource(StdinDecoder(fd=send(wav(bytes(100), rate=rate))))

    def test_a_sample_that_is_no_number(self, send: Callable[[bytes], int]) -> None:
        data = wav(np.array([0, 0, np.nan, 0], "<f4").tobytes(), tag=3, bits=32, channels=1)
        with pytest.raises(FileError, match=r"stdin: a sample of .* is no sound"):
            read_all(StdinDecoder(fd=send(data)))


class TestWaiting:
    def test_a_silent_pipe_does_not_hold_the_reader(self) -> None:
        read_end, write_end = os.pipe()
        decoder = StdinDecoder(RawFormat(RATE, 1, "s16le"), fd=read_end)
        source = DecodedSource(decoder)
        began = time.monotonic()
        block = source.read(1_000)
        assert time.monotonic() - began < 5.0
        assert block is not None
        assert len(block) == 0
        os.write(write_end, bytes(7))
        block = source.read(1_000)
        assert block is not None
        assert len(block) == 3
        os.close(write_end)
        assert source.read(1_000) is None
        os.close(read_end)

    def test_a_keyboard_is_no_sound(self) -> None:
        ours, theirs = pty.openpty()
        with pytest.raises(FileError, match="stdin: is the keyboard"):
            StdinDecoder(fd=theirs)
        os.close(ours)
        os.close(theirs)

    def test_a_closed_descriptor(self) -> None:
        read_end, write_end = os.pipe()
        os.close(read_end)
        os.close(write_end)
        with pytest.raises(FileError, match="stdin: cannot be read"):
            StdinDecoder(fd=read_end)

    def test_a_directory(self, tmp_path: Path) -> None:
        fd = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(FileError, match="stdin: cannot be read"):
            StdinDecoder(fd=fd)
        os.close(fd)


def test_a_pipe_cannot_loop() -> None:
    with pytest.raises(UsageError, match="--loop"):
        open_source(ReplayOptions(spec="-", loop=True))


READ_STDIN = """
import math, sys
from livegenre.sources import ReplayOptions, open_source
raw = sys.argv[1] if len(sys.argv) > 1 else None
total = 0
with open_source(ReplayOptions(spec="-", raw=raw, speed=math.inf)) as source:
    while (block := source.read(1000)) is not None:
        total += len(block)
print(source.name, source.sample_rate, total)
"""


def test_a_file_may_be_standard_input(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", FRAMES, RATE)
    with open(tmp_path / "x.wav", "rb") as file:
        run = subprocess.run([sys.executable, "-c", READ_STDIN], stdin=file, capture_output=True)
    assert run.stdout.decode().split() == ["stdin", "8000", "4000"]


@pytest.mark.ffmpeg
@pytest.mark.parametrize("form", ["wav", "s16le", "f32le"])
def test_ffmpeg_may_send_it(form: str) -> None:
    if not shutil.which("ffmpeg"):
        if os.environ.get("CI"):
            pytest.fail("CI must have ffmpeg")
        pytest.skip("no ffmpeg")
    tone = ["-f", "lavfi", "-i", "sine=d=2:r=16000", "-ac", "2", "-f", form, "-"]
    raw = [] if form == "wav" else [f"16000,2,{form}"]
    with subprocess.Popen(["ffmpeg", "-v", "error", *tone], stdout=subprocess.PIPE) as ffmpeg:
        run = subprocess.run(
            [sys.executable, "-c", READ_STDIN, *raw], stdin=ffmpeg.stdout, capture_output=True
        )
    assert run.stdout.decode().split() == ["stdin", "16000", str(2 * 16_000)]
