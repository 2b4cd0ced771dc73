"""A replay can be moved about in: from there on it is what a replay from there would be."""

import itertools
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.replay import SPEEDS, Replay

RATE = 24_000
SECONDS = 4.0
FORMATS = [
    *(("WAV", "PCM_16", 0.0), ("FLAC", "PCM_16", 0.0), ("OGG", "VORBIS", 0.0)),
    ("MP3", "MPEG_LAYER_III", 1e-6),
    ("OGG", "OPUS", 0.02),
]
"""With the largest difference: Opus remembers, for half a second, from where it was jumped to."""


def music() -> FloatArray:
    """A sweep with noise: no two places of it are alike."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(time))
    return (0.3 * np.sin(300 * time**2) + 0.05 * noise).astype(np.float32)


def write(folder: Path, kind: str = "WAV", subtype: str = "PCM_16") -> Path:
    path = folder / f"music.{kind.lower()}"
    soundfile.write(path, music(), RATE, format=kind, subtype=subtype)
    return path


def rest(source: Replay, n: int = 1_000) -> FloatArray:
    blocks = [np.zeros(0, np.float32)]
    while (block := source.read(n)) is not None:
        blocks.append(block)
    return np.concatenate(blocks)


def open_fast(path: Path | str, **options: float | bool) -> Replay:
    return open_source(ReplayOptions(spec=str(path), speed=math.inf, **options))  # type: ignore[arg-type]


def from_start(path: Path, seconds: float) -> FloatArray:
    with open_fast(path, start_seconds=seconds) as source:
        return rest(source)


@pytest.mark.parametrize(("kind", "subtype", "difference"), FORMATS)
def test_sound_after_a_seek_is_that_of_a_replay_from_there(
    kind: str, subtype: str, difference: float, tmp_path: Path
) -> None:
    path = write(tmp_path, kind, subtype)
    with open_fast(path) as source:
        for place in (2.0, 0.0, 3.25, 1.1):
            source.read(7_777)
            source.seek(place)
            assert source.position_seconds == pytest.approx(place, abs=1 / RATE)
            block = source.read(10_000)
            assert block is not None
            expected = from_start(path, place)[: len(block)]
            np.testing.assert_allclose(block, expected, rtol=0, atol=difference)
        source.seek(3.0)
        np.testing.assert_allclose(rest(source), from_start(path, 3.0), rtol=0, atol=difference)


@pytest.mark.ffmpeg
@pytest.mark.parametrize("name", ["x.m4a", "x.webm"])
def test_files_that_ffmpeg_reads_too(name: str, tmp_path: Path) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    path = tmp_path / name
    command = ["ffmpeg", "-v", "error", "-i", str(write(tmp_path)), str(path)]
    subprocess.run(command, check=True)
    with open_fast(path) as source:
        assert source.end_seconds is None
        for place in (2.0, 0.5):
            source.seek(place)
            np.testing.assert_array_equal(rest(source), from_start(path, place))


def test_place_is_counted_from_where_the_replay_begins(tmp_path: Path) -> None:
    path = write(tmp_path)
    with open_fast(path, start_seconds=1.0) as source:
        assert source.end_seconds == 3.0
        source.seek(1.5)
        np.testing.assert_array_equal(rest(source), from_start(path, 2.5))


def test_duration_is_a_place_unless_it_loops(tmp_path: Path) -> None:
    path = write(tmp_path)
    with open_fast(path, duration_seconds=2.0) as source:
        source.read(RATE)
        source.seek(0.5)
        assert len(rest(source)) == 1.5 * RATE
    with open_fast(path, duration_seconds=6.0, loop=True) as source:
        assert (source.end_seconds, source.duration_seconds) == (SECONDS, 6.0)
        source.read(RATE)
        source.seek(3.0)
        assert len(rest(source)) == 5 * RATE


def test_loop_goes_on_from_its_beginning_after_a_seek(tmp_path: Path) -> None:
    path = write(tmp_path)
    whole = from_start(path, 0.0)
    with open_fast(path, loop=True) as source:
        source.seek(3.5)
        blocks = [source.read(RATE // 2) for _ in range(3)]
    heard = np.concatenate([block for block in blocks if block is not None])
    np.testing.assert_array_equal(heard, [*whole[int(3.5 * RATE) :], *whole[:RATE]])


def test_end_can_be_left_again(tmp_path: Path) -> None:
    path = write(tmp_path)
    with open_fast(path) as source:
        assert len(rest(source)) == SECONDS * RATE
        source.seek(3.0)
        assert len(rest(source)) == RATE
        assert source.state == "ended"


def test_signals_have_places_too() -> None:
    with open_fast("noise:pink") as source, open_fast("noise:pink", start_seconds=2.0) as other:
        source.read(100)
        source.seek(2.0)
        np.testing.assert_array_equal(source.read(5_000), other.read(5_000))
        assert source.end_seconds is None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, RATE - 1), st.integers(1, 5_000)), min_size=1, max_size=6),
)
def test_any_seeks_and_reads_deliver_what_lies_there(jumps: list[tuple[int, int]]) -> None:
    with open_fast("sweep") as whole, open_fast("sweep") as source:
        expected = whole.read(2 * 44_100)
        assert expected is not None
        for place, n in jumps:
            source.seek(place / 44_100)
            np.testing.assert_array_equal(source.read(n), expected[place : place + n])


def test_damage_can_be_left_behind(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:-RATE])
    with open_fast(path) as source:
        with pytest.raises(FileError, match="is missing"):
            rest(source)
        source.seek(1.0)
        assert source.read(100) is not None


def test_time_that_seeking_takes_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    now = itertools.count(100.0, 1e-4)
    offset = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: next(now) + offset[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: offset.append(offset.pop() + seconds))
    with open_source(ReplayOptions(spec="tone:220")) as source:
        source.read(441)
        offset[0] += 2.0
        source.seek(10.0)
        block = source.read(100_000)
        assert block is not None
        assert len(block) < 0.2 * 44_100


def test_speeds_are_steps_and_have_ends() -> None:
    with open_source(ReplayOptions(spec="silence", speed=1.0)) as source:
        for _ in SPEEDS:
            if (speed := source.next_speed(faster=True)) is not None:
                source.change_speed(speed)
        assert source.speed == SPEEDS[-1]
        assert source.next_speed(faster=True) is None
        assert source.next_speed(faster=False) == 4.0
        source.change_speed(0.25)
        assert source.next_speed(faster=False) is None
        source.change_speed(3.0)
        assert (source.next_speed(faster=False), source.next_speed(faster=True)) == (2.0, 4.0)
        source.change_speed(math.inf)
        assert source.next_speed(faster=True) is None
        assert source.next_speed(faster=False) == SPEEDS[-1]


@pytest.mark.parametrize(
    ("options", "n_channels", "subtype", "words"),
    [
        ({}, 1, "PCM_16", ("mono", "16-bit")),
        ({}, 2, "FLOAT", ("stereo\N{RIGHTWARDS ARROW}mono", "float32")),
        ({"channel": "2"}, 2, "PCM_24", ("ch 2 of 2", "24-bit")),
        ({}, 6, "PCM_U8", ("6 channels\N{RIGHTWARDS ARROW}mono", "8-bit")),
    ],
)
def test_it_says_what_it_is_made_of(
    options: dict[str, str], n_channels: int, subtype: str, words: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "some.wav"
    soundfile.write(path, np.zeros((100, n_channels)), RATE, subtype=subtype)
    with open_source(ReplayOptions(spec=str(path), **options)) as source:  # type: ignore[arg-type]
        assert (source.channels, source.sample_format) == words
