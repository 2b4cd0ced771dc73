"""The same music is found however it was copied; other music is not."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.sources.ffmpeg import find_ffmpeg
from livegenre.training.likeness import SAMPLE_RATE, Pair, same_music, take_print
from livegenre.training.sound import read_sound
from tests.conftest import DEMO
from tests.genre_folders import write_cut


def print_of(path: Path) -> FloatArray:
    (samples,) = read_sound(path, SAMPLE_RATE)
    return take_print(samples)


@pytest.mark.ffmpeg
@pytest.mark.parametrize(
    ("start", "options"),
    [
        (2.0, ["-af", "volume=-7dB", "-b:a", "96k", "-f", "mp3"]),
        (0.63, ["-af", "volume=-12dB", "-ar", "32000", "-b:a", "64k", "-f", "mp3"]),
    ],
)
def test_copy_that_is_encoded_anew_quieter_and_cut_is_found(
    tmp_path: Path, start: float, options: list[str]
) -> None:
    if find_ffmpeg() is None:
        pytest.skip("needs ffmpeg")
    whole = write_cut(tmp_path / "whole.flac", 30.0, seconds=18)
    copy = tmp_path / "copy.mp3"
    command = ["ffmpeg", "-v", "error", "-ss", str(start), "-i", str(whole), *options, str(copy)]
    subprocess.run(command, check=True)
    (pair,) = same_music([print_of(whole), print_of(copy)])
    assert (pair.first, pair.second) == (0, 1)
    assert pair.likeness > 0.8


def test_part_of_a_longer_recording_is_found(tmp_path: Path) -> None:
    part = write_cut(tmp_path / "part.flac", 31.3, seconds=12)
    assert [(p.first, p.second) for p in same_music([print_of(part), print_of(DEMO)])] == [(0, 1)]


def test_other_music_of_the_same_piece_is_not_found(tmp_path: Path) -> None:
    cuts = [write_cut(tmp_path / f"{n}.flac", n, seconds=11.5) for n in (0.5, 12.0, 26.0, 38.5)]
    assert same_music([print_of(cut) for cut in cuts]) == []


def test_what_cannot_be_told_is_like_nothing() -> None:
    time = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype("f4")
    silence = np.zeros(10 * SAMPLE_RATE, np.float32)
    short = tone[: 3 * SAMPLE_RATE]
    prints = [take_print(sound) for sound in (tone, tone, silence, silence, short, short)]
    assert same_music(prints) == []
    assert same_music([]) == []


def test_noise_is_like_itself_alone() -> None:
    rng = np.random.default_rng(0)
    noises = [0.1 * rng.standard_normal(12 * SAMPLE_RATE, "f4") for _ in range(6)]
    prints = [take_print(each) for each in (*noises, noises[0][SAMPLE_RATE // 3 :])]
    assert [(p.first, p.second) for p in same_music(prints)] == [(0, 6)]


@pytest.mark.music
def test_songs_by_one_artist_are_not_the_same(gtzan: Path) -> None:
    clips = [f"jazz/jazz.{n:05}.flac" for n in range(12)]
    prints = [print_of(gtzan / clip) for clip in clips if (gtzan / clip).exists()]
    pairs: list[Pair] = same_music(prints)
    assert pairs == []
