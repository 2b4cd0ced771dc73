import contextlib
import gc
import math
import os
import shutil
import struct
import subprocess
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.errors import FileError, LivegenreError, UsageError
from livegenre.sources import ReplayOptions, file, open_source
from livegenre.sources.base import Source
from livegenre.sources.sndfile import SndfileDecoder

RATE = 24_000  # one that Opus knows

# Those that libsndfile writes and reads again; the others of its list are write-only or raw.
EXACT = ["AIFF", "AU", "AVR", "CAF", "FLAC", "IRCAM", "MAT4", "MAT5", "MPC2K", "NIST", "PAF"]
EXACT += ["PVF", "RF64", "SD2", "VOC", "W64", "WAV", "WAVEX"]
LOSSY = [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("WAV", "IMA_ADPCM")]
CUT_SHOWS: list[tuple[str, str | None]] = [
    (kind, None) for kind in ("WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "OGG")
]
CUT_SHOWS += [("OGG", "OPUS")]


def music(seconds: float = 1.0, n_channels: int = 1) -> FloatArray:
    """A few harmonics, their levels swelling, another pitch in each channel."""
    time = np.arange(round(seconds * RATE)) / RATE
    pitches = [220 * 1.5**k for k in range(n_channels)]
    swell = 0.2 * (1.1 + np.sin(2 * np.pi * 3 * time))
    waves = [np.sin(2 * np.pi * hz * time) + np.sin(4 * np.pi * hz * time) / 2 for hz in pitches]
    return (np.stack(waves, axis=1) * swell[:, np.newaxis]).astype(np.float32)


def write(path: Path, frames: FloatArray | None = None, **options: str | int) -> Path:
    frames = music() if frames is None else frames
    soundfile.write(path, frames, int(options.pop("rate", RATE)), **options)
    return path


def read_all(options: ReplayOptions, *, n: int = 1_000) -> FloatArray:
    with open_source(options) as source:
        blocks = []
        while (block := source.read(n)) is not None:
            blocks.append(block)
    return np.concatenate([np.zeros(0, np.float32), *blocks])


def replay(path: Path | str, *, n: int = 1_000, **options: Any) -> FloatArray:
    return read_all(ReplayOptions(spec=str(path), speed=math.inf, **options), n=n)


def test_clipping_is_seen_in_each_channel_that_is_heard(tmp_path: Path) -> None:
    frames = np.zeros((3_000, 2), np.float32)
    frames[100:110, 0], frames[105:120, 1] = 1.0, -1.0
    path = write(tmp_path / "loud.wav", frames, subtype="FLOAT")
    for channel, n_clipped in (("mix", 20), ("left", 10), ("2", 15)):
        with open_source(ReplayOptions(spec=str(path), channel=channel)) as source:
            while source.read(107) is not None:
                pass
            assert source.clipping.samples == n_clipped


def read_until_error(path: Path, *, n: int = 1_000) -> tuple[FloatArray, FileError]:
    """What is delivered before the error, and the error."""
    blocks = []

    def read_on(source: Source) -> None:
        while (block := source.read(n)) is not None:
            blocks.append(block)

    options = ReplayOptions(spec=str(path), speed=math.inf)
    with open_source(options) as source, pytest.raises(FileError) as caught:
        read_on(source)
    return np.concatenate(blocks), caught.value


def read_to_the_damage(path: Path) -> weakref.ref[SndfileDecoder]:
    decoder = SndfileDecoder(str(path))
    with contextlib.closing(decoder), contextlib.suppress(FileError):
        while decoder.read(1_000) is not None:
            pass
    return weakref.ref(decoder)


class TestFormats:
    @pytest.mark.parametrize("kind", EXACT)
    def test_sixteen_bits_arrive_as_they_were(self, kind: str, tmp_path: Path) -> None:
        frames = music(n_channels=2)
        path = write(tmp_path / "x", frames, format=kind, subtype="PCM_16")
        exact = np.round(frames * 32_767) / 32_768
        np.testing.assert_allclose(replay(path, channel="left"), exact[:, 0], atol=2 / 32_768)
        np.testing.assert_allclose(replay(path), exact.mean(axis=1), atol=2 / 32_768)

    @pytest.mark.parametrize(("kind", "subtype"), LOSSY)
    def test_lossy_ones_nearly(self, kind: str, subtype: str, tmp_path: Path) -> None:
        path = write(tmp_path / "x", music(3.0), format=kind, subtype=subtype)
        samples = replay(path)
        assert abs(len(samples) - 3 * RATE) <= 2_048
        n = min(len(samples), 3 * RATE)
        assert np.corrcoef(samples[:n], music(3.0)[:n, 0])[0, 1] > 0.99

    @pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
    def test_any_width_of_wav(self, subtype: str, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav", subtype=subtype)
        tolerance = 1 / 64 if subtype == "PCM_U8" else 1e-4
        np.testing.assert_allclose(replay(path), music()[:, 0], atol=tolerance)

    @pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), *LOSSY[:3], ("FLAC", None)])
    def test_block_sizes_change_nothing(
        self, kind: str, subtype: str | None, tmp_path: Path
    ) -> None:
        frames = music(2.0) + np.random.default_rng(2).normal(0, 0.1, (2 * RATE, 1))
        path = tmp_path / "x"
        soundfile.write(path, frames, RATE, format=kind, subtype=subtype)
        whole = replay(path, n=10 * RATE)
        for n in (19, 777, 1_152, 4_097):
            np.testing.assert_array_equal(replay(path, n=n), whole)

    def test_an_mp3_is_decoded_as_one_piece_though_read_in_blocks(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(2).normal(0, 0.1, (2 * RATE, 1))
        path = tmp_path / "x.mp3"
        soundfile.write(path, noise, RATE)
        expected, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_allclose(replay(path, n=1_000), expected, atol=1e-6)

    def test_a_name_that_is_no_utf_8(self, tmp_path: Path) -> None:
        path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.wav")
        try:
            shutil.copy(os.fsencode(write(tmp_path / "x.wav")), path)
        except OSError:
            pytest.skip("this file system wants UTF-8")
        assert len(replay(os.fsdecode(path))) == RATE


class TestFfmpeg:
    pytestmark = pytest.mark.ffmpeg

    @pytest.fixture(autouse=True)
    def _needs_ffmpeg(self) -> None:
        if not shutil.which("ffmpeg"):
            if os.environ.get("CI"):
                pytest.fail("CI must have ffmpeg")
            pytest.skip("no ffmpeg")

    @pytest.fixture
    def convert(self, tmp_path: Path) -> Callable[..., Path]:
        def convert(name: str, seconds: float = 2.0, n_channels: int = 1) -> Path:
            wav = write(tmp_path / "original.wav", music(seconds, n_channels))
            path = tmp_path / name
            command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(wav), str(path)]
            subprocess.run(command, check=True)
            return path

        return convert

    @pytest.mark.parametrize("name", ["x.m4a", "x.wma", "x.webm", "x.mka", "x.wv", "x.mp4"])
    def test_other_formats(self, name: str, convert: Callable[..., Path]) -> None:
        with open_source(ReplayOptions(spec=str(convert(name)), speed=math.inf)) as source:
            assert source.sample_rate in (RATE, 48_000)
            samples = replay(convert(f"again-{name}"))
            assert len(samples) == pytest.approx(2 * source.sample_rate, rel=0.05)
        assert np.sqrt(np.mean(samples**2)) == pytest.approx(
            float(np.sqrt(np.mean(music() ** 2))), rel=0.1
        )

    def test_channels(self, convert: Callable[..., Path]) -> None:
        path = convert("x.wv", n_channels=2)
        np.testing.assert_allclose(replay(path, channel="2"), music(2.0, 2)[:, 1], atol=1e-4)

    def test_start_and_loop(self, convert: Callable[..., Path]) -> None:
        path = convert("x.wv")
        looped = replay(path, start_seconds=1.5, loop=True, duration_seconds=1.0)
        expected = np.tile(music(2.0)[-RATE // 2 :, 0], 2)
        np.testing.assert_allclose(looped, expected, atol=1e-4)

    @pytest.mark.parametrize("name", ["x.m4a", "x.wma", "x.webm", "x.mka"])
    def test_a_start_is_counted_in_samples(self, name: str, convert: Callable[..., Path]) -> None:
        path = convert(name, 4.0)
        with open_source(ReplayOptions(spec=str(path))) as source:
            rate = source.sample_rate
        whole = replay(path)
        for seconds in (0.02, 0.5, 1.234, 3.3):
            late = replay(path, start_seconds=seconds)
            np.testing.assert_array_equal(late, whole[round(seconds * rate) :])

    def test_a_start_beyond_the_end(self, convert: Callable[..., Path]) -> None:
        with pytest.raises(FileError, match=r"no sound in it after --start 9"):
            replay(convert("x.m4a"), start_seconds=9.0)

    def test_a_damaged_file_is_heard_up_to_the_damage(self, convert: Callable[..., Path]) -> None:
        path = convert("x.wv", 5.0)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        samples, error = read_until_error(path)
        assert len(samples) >= RATE
        np.testing.assert_allclose(samples, music(5.0)[: len(samples), 0], atol=1e-4)
        assert "damaged" in str(error)

    def test_leaving_early_leaves_no_process(self, convert: Callable[..., Path]) -> None:
        path = convert("x.m4a", 20.0)
        with open_source(ReplayOptions(spec=str(path), speed=math.inf)) as source:
            source.read(10)
            process = source._sound._decoder._process  # type: ignore[attr-defined]
            assert process.poll() is None
        assert process.poll() is not None

    def test_a_film_without_sound(self, tmp_path: Path) -> None:
        path = tmp_path / "x.gif"
        film = ["-f", "lavfi", "-i", "color=s=16x16:d=0.1"]
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *film, str(path)], check=True)
        with pytest.raises(FileError, match=r"x\.gif: .*is it a sound file\?"):
            replay(path)


def test_what_only_ffmpeg_reads_says_so_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "x.m4a"
    path.write_bytes(b"\0\0\0\x20ftypM4A " + bytes(100))
    with pytest.raises(FileError, match="install ffmpeg"):
        replay(path)


class TestParts:
    @pytest.fixture
    def song(self, tmp_path: Path) -> Path:
        return write(tmp_path / "song.wav", music(2.0), subtype="FLOAT")

    def test_name_rate_and_length(self, song: Path) -> None:
        with open_source(ReplayOptions(spec=str(song), speed=math.inf)) as source:
            assert (source.name, source.sample_rate) == ("song.wav", RATE)
            assert source.duration_seconds == 2.0
            assert (source.lost, source.state) == (0, "live")

    @settings(max_examples=20, deadline=None)
    @given(start=st.floats(0, 1.9), duration=st.floats(0.01, 3.0))
    def test_start_and_duration(
        self, tmp_path_factory: pytest.TempPathFactory, start: float, duration: float
    ) -> None:
        path = write(tmp_path_factory.mktemp("song") / "x.wav", music(2.0), subtype="FLOAT")
        begin, length = round(start * RATE), round(duration * RATE)
        expected = music(2.0)[begin : begin + length, 0]
        samples = replay(path, start_seconds=start, duration_seconds=duration)
        np.testing.assert_array_equal(samples, expected)
        options = ReplayOptions(spec=str(path), start_seconds=start, duration_seconds=duration)
        with open_source(options) as source:
            assert source.duration_seconds == pytest.approx(len(expected) / RATE)

    def test_a_loop_joins_end_and_start_without_a_gap(self, song: Path) -> None:
        looped = replay(song, start_seconds=0.5, loop=True, duration_seconds=4.0)
        once = music(2.0)[RATE // 2 :, 0]
        np.testing.assert_array_equal(looped, np.tile(once, 3)[: 4 * RATE])

    def test_a_loop_has_no_length(self, song: Path) -> None:
        with open_source(ReplayOptions(spec=str(song), loop=True)) as source:
            assert source.duration_seconds is None

    def test_a_compressed_file_can_start_anywhere(self, tmp_path: Path) -> None:
        for name in ("x.mp3", "x.ogg", "x.flac"):
            path = write(tmp_path / name, music(4.0))
            whole = replay(path)
            for seconds in (0.2, 1.0, 2.5, 3.9):
                late = replay(path, start_seconds=seconds)
                np.testing.assert_allclose(late, whole[round(seconds * RATE) :], atol=1e-6)

    @pytest.mark.parametrize(
        ("channel", "index"), [("left", 0), ("1", 0), ("right", 1), ("2", 1), ("3", 2)]
    )
    def test_one_channel(self, channel: str, index: int, tmp_path: Path) -> None:
        frames = music(0.1, 3)
        path = write(tmp_path / "x.wav", frames, subtype="FLOAT")
        np.testing.assert_array_equal(replay(path, channel=channel), frames[:, index])

    def test_the_mix_is_the_mean(self, tmp_path: Path) -> None:
        frames = music(0.1, 3)
        path = write(tmp_path / "x.wav", frames, subtype="FLOAT")
        np.testing.assert_allclose(replay(path), frames.mean(axis=1), atol=1e-6)

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"channel": "right"}, "song.wav: no channel 2, it has only one channel"),
            ({"channel": "5"}, "no channel 5"),
            ({"channel": "0"}, "choose 1, 2"),
            ({"channel": "9" * 5_000}, "left, right or mix"),
            ({"channel": "middle"}, "left, right or mix"),
            ({"start_seconds": 2.0}, r"song.wav: lasts 2\.0 s; --start is beyond that"),
            ({"start_seconds": -1.0}, "--start -1"),
            ({"start_seconds": math.nan}, "--start nan"),
            ({"start_seconds": math.inf}, "--start inf"),
            ({"duration_seconds": 0.0}, "--duration 0"),
            ({"duration_seconds": -3.0}, "--duration -3"),
            ({"start_seconds": 1e6}, "--start is beyond that"),
            ({"start_seconds": 1e15}, r"--start 1e\+15: must be 0 to 1,000,000 s"),
            ({"start_seconds": 1e308}, r"--start 1e\+308"),
            ({"duration_seconds": 1e15}, r"--duration 1e\+15: .* at most 1,000,000 s"),
            ({"duration_seconds": 1e308}, r"--duration 1e\+308"),
            ({"raw": "8000,2,u8"}, r"livegenre replay - --raw 8000,2,u8 < .*song\.wav"),
        ],
    )
    def test_parts_that_are_not_there(
        self, song: Path, options: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(LivegenreError, match=words):
            replay(song, **options)

    @pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
    def test_a_speed_that_is_none(self, song: Path, speed: float) -> None:
        with pytest.raises(UsageError, match="--speed"):
            open_source(ReplayOptions(spec=str(song), speed=speed))

    def test_play_has_one_speed(self, song: Path) -> None:
        with pytest.raises(UsageError, match="--play"):
            open_source(ReplayOptions(spec=str(song), speed=2.0, play=True))


class TestBadInput:
    def complain(self, path: Path | str) -> str:
        with pytest.raises(FileError) as caught:
            replay(path)
        message = str(caught.value)
        assert "\n" not in message
        assert os.path.basename(str(path)) in message
        return message

    def test_missing(self, tmp_path: Path) -> None:
        assert "No such file" in self.complain(tmp_path / "no.wav")

    def test_a_directory(self, tmp_path: Path) -> None:
        assert "is a directory" in self.complain(tmp_path)

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "x.wav").touch()
        assert "is empty" in self.complain(tmp_path / "x.wav")

    def test_without_permission(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav")
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("permissions do not bind root")
        assert "Permission denied" in self.complain(path)

    @pytest.mark.parametrize("name", ["a\0b.wav", "x" * 300])
    def test_a_name_that_none_can_have(self, name: str) -> None:
        with pytest.raises(FileError, match="check the path"):
            replay(name)

    @pytest.mark.parametrize("name", ["x.wav", "x.mp3", "x.flac", "x.ogg", "x.m4a"])
    def test_text(self, name: str, tmp_path: Path) -> None:
        (tmp_path / name).write_text("This is no music at all.\n" * 5_000)
        assert "is it a sound file?" in self.complain(tmp_path / name)

    def test_a_device_without_end(self) -> None:
        assert "is no regular file" in self.complain("/dev/zero")

    def test_a_named_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.wav")
        assert "livegenre replay - <" in self.complain(tmp_path / "pipe.wav")

    def test_raw_samples(self, tmp_path: Path) -> None:
        (tmp_path / "x.raw").write_bytes(bytes(1_000))
        assert "--raw 44100,2,s16le" in self.complain(tmp_path / "x.raw")

    def test_a_header_and_nothing_else(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav", np.zeros((0, 1), np.float32))
        assert "no sound in it" in self.complain(path)
        with pytest.raises(FileError, match="beyond"):
            replay(path, start_seconds=1.0)

    def test_an_empty_loop_does_not_spin(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav", np.zeros((0, 1), np.float32))
        with pytest.raises(FileError, match="no sound in it"):
            replay(path, loop=True)

    @pytest.mark.parametrize("rate", [1, 3_999, 384_001, 768_000])
    def test_rates_that_no_sound_has(self, rate: int, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav", rate=rate)
        assert f"{rate:,} Hz is outside 4,000 to 384,000 Hz" in self.complain(path)

    @pytest.mark.parametrize("rate", [4_000, 384_000])
    def test_the_outermost_rates_are_good(self, rate: int, tmp_path: Path) -> None:
        assert len(replay(write(tmp_path / "x.wav", rate=rate))) == RATE

    @pytest.mark.parametrize("field", ["channels", "rate"])
    def test_a_header_with_zeros(self, field: str, tmp_path: Path) -> None:
        data = bytearray(write(tmp_path / "x.wav").read_bytes())
        if field == "channels":
            data[22:24] = struct.pack("<H", 0)
        else:
            data[24:28] = struct.pack("<I", 0)
        (tmp_path / "x.wav").write_bytes(data)
        self.complain(tmp_path / "x.wav")

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_a_sample_that_is_no_number(self, value: float, tmp_path: Path) -> None:
        frames = music()
        frames[18_000] = value
        path = write(tmp_path / "x.wav", frames, subtype="FLOAT")
        assert f"a sample of {value:g} at 0.750 s is no sound" in self.complain(path)
        with pytest.raises(FileError, match=r"at 0\.750 s"):
            replay(path, start_seconds=0.5)
        assert len(replay(path, duration_seconds=0.7)) == round(0.7 * RATE)

    def test_a_channel_that_is_not_heard_may_hold_anything(self, tmp_path: Path) -> None:
        frames = music(n_channels=2)
        frames[100, 1] = math.nan
        path = write(tmp_path / "x.wav", frames, subtype="FLOAT")
        np.testing.assert_array_equal(replay(path, channel="left"), frames[:, 0])

    def test_doubles_too_large_for_float32(self, tmp_path: Path) -> None:
        frames = np.full((1_000, 2), 1e300)
        path = tmp_path / "x.wav"
        soundfile.write(path, frames, RATE, subtype="DOUBLE")
        assert "a sample of inf at 0.000 s" in self.complain(path)

    def test_finite_samples_that_no_sound_has(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav", music() * np.float32(1e9), subtype="FLOAT")
        assert "is no sound" in self.complain(path)


class TestDamage:
    @pytest.mark.parametrize(("kind", "subtype"), CUT_SHOWS)
    def test_a_cut_that_libsndfile_takes_for_the_end_is_an_error_after_the_sound(
        self, kind: str, subtype: str | None, tmp_path: Path
    ) -> None:
        noise = np.random.default_rng(0).normal(0, 0.1, (5 * RATE, 1))
        path = tmp_path / "x"
        soundfile.write(path, noise, RATE, format=kind, subtype=subtype)
        whole = replay(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        samples, error = read_until_error(path)
        assert len(samples) > 2 * RATE
        np.testing.assert_array_equal(samples, whole[: len(samples)])
        assert f"x: damaged or cut short at {len(samples) / RATE:.1f} s (" in str(error)

    def test_a_cut_says_nothing_to_one_who_ends_before(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav", music(5.0))
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        assert len(replay(path, duration_seconds=2.0)) == 2 * RATE

    @pytest.mark.parametrize(
        ("name", "before", "size"),
        [
            *(("x.wav", b"data", size) for size in (0x7FFFF000, 0x80000000, 0xFFFFFFFF)),
            *(("x.aiff", b"SSND", size) for size in (0, 0x7FFFF000, 0x80000000, 0xFFFFFFFF)),
            *(("x.au", b"\0\0\0\x18", size) for size in (0x7FFFF000, 0xFFFFFFFF)),
        ],
    )
    def test_a_length_that_the_writer_did_not_know_is_no_damage(
        self, name: str, before: bytes, size: int, tmp_path: Path
    ) -> None:
        path = write(tmp_path / name)
        data = bytearray(path.read_bytes())
        at = data.index(before) + len(before)
        data[at : at + 4] = struct.pack("<I" if name == "x.wav" else ">I", size)
        path.write_bytes(data)
        assert len(replay(path)) == RATE

    def test_a_recording_that_was_never_closed_is_no_damage(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav")
        data = bytearray(path.read_bytes())
        data[4:8], data[40:44] = struct.pack("<I", 8), bytes(4)
        path.write_bytes(data)
        assert len(replay(path)) == RATE

    def test_a_header_counted_in_is_no_damage(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.wav")
        data = bytearray(path.read_bytes())
        data[40:44] = struct.pack("<I", len(data))
        path.write_bytes(data)
        assert len(replay(path)) == RATE

    @pytest.mark.parametrize("name", ["x.flac", "x.mp3", "x.wav"])
    def test_an_error_does_not_keep_the_decoder_alive(self, name: str, tmp_path: Path) -> None:
        path = write(tmp_path / name, music(5.0))
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        gc.disable()
        try:
            decoder = read_to_the_damage(path)
            assert decoder() is None
        finally:
            gc.enable()

    @pytest.mark.parametrize("name", ["x.flac", "x.mp3"])
    def test_a_cut_that_shows_is_an_error_after_the_sound(self, name: str, tmp_path: Path) -> None:
        path = write(tmp_path / name, music(5.0))
        whole = replay(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        samples, error = read_until_error(path)
        assert len(samples) > RATE
        np.testing.assert_allclose(samples, whole[: len(samples)], atol=1e-6)
        assert f"{name}: damaged or cut short at" in str(error)

    def test_libraries_do_not_write_on_the_screen(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        path = write(tmp_path / "x.mp3", music(5.0))
        data = bytearray(path.read_bytes())
        middle = len(data) // 2
        data[middle : middle + 3_000] = np.random.default_rng(0).bytes(3_000)
        path.write_bytes(data)
        read_until_error(path)
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize("name", ["x.wav", "x.flac", "x.mp3", "x.ogg", "x.aiff"])
    @pytest.mark.parametrize("seed", range(8))
    def test_no_damage_gives_anything_but_sound_or_one_error(
        self, name: str, seed: int, tmp_path: Path
    ) -> None:
        rng = np.random.default_rng(seed)
        path = write(tmp_path / name)
        data = bytearray(path.read_bytes())
        for _ in range(3):
            start = int(rng.integers(0, len(data)))
            data[start : start + 50] = rng.bytes(50)
        path.write_bytes(data[: int(rng.integers(1, len(data) + 1))])
        with contextlib.suppress(FileError):
            assert np.isfinite(replay(path, duration_seconds=10.0)).all()


def test_the_library_that_opens_a_file_is_not_needed_before() -> None:
    assert "soundfile" not in vars(file)
