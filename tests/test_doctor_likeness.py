from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.doctor.likeness import MUSIC_DB, SPREAD_DB, USUAL_DB, compare
from livegenre.doctor.spectrum import N_BANDS
from tests.conftest import DEMO
from tools import measure_likeness


@pytest.fixture
def music() -> tuple[FloatArray, int]:
    frames, rate = sf.read(DEMO, dtype="float32", frames=3 * 44_100)
    return frames.mean(axis=1), rate


def test_tables_have_a_number_for_each_band() -> None:
    assert len(MUSIC_DB) == len(SPREAD_DB) == N_BANDS
    assert min(SPREAD_DB) > 0
    assert sum(MUSIC_DB) == pytest.approx(0, abs=1)


def test_music_is_nearer_than_a_tone(music: tuple[FloatArray, int]) -> None:
    samples, rate = music
    tone = np.sin(np.arange(3 * rate) * (2 * np.pi * 1_000 / rate)).astype(np.float32)
    assert compare(samples, rate).distance_db < USUAL_DB < compare(tone, rate).distance_db


def test_the_band_that_differs_most_is_named(music: tuple[FloatArray, int]) -> None:
    samples, rate = music
    whistle = np.sin(np.arange(len(samples)) * (2 * np.pi * 6_000 / rate)).astype(np.float32)
    likeness = compare(samples + whistle, rate)
    assert likeness.band_hz[0] < 6_000 < likeness.band_hz[1]
    assert likeness.band_difference_db > 20


@given(st.floats(min_value=0.01, max_value=2.0))
def test_loudness_makes_no_difference(gain: float) -> None:
    samples = np.random.default_rng(0).standard_normal(22_050).astype(np.float32)
    expected = compare(samples, 22_050).distance_db
    assert compare(np.float32(gain) * samples, 22_050).distance_db == pytest.approx(expected, 1e-4)


def test_sound_of_a_telephone_is_compared_where_it_is() -> None:
    samples = np.random.default_rng(0).standard_normal(24_000).astype(np.float32)
    likeness = compare(samples, 8_000)
    assert np.isfinite(likeness.distance_db)
    assert likeness.band_hz[1] <= 4_000


@pytest.mark.music
def test_most_music_is_usual(gtzan: Path) -> None:
    clips = sorted(gtzan.glob("*/*.flac"))[::20]
    distances = [compare(*sf.read(clip, dtype="float32")).distance_db for clip in clips]
    assert np.mean(np.array(distances) < USUAL_DB) > 0.8


@pytest.mark.music
@pytest.mark.slow
def test_tables_are_what_the_tool_measures(
    gtzan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = (gtzan, gtzan.parent / "elsewhere")
    words = [word for folder in folders for word in ("--manifest", str(folder / "manifest.csv"))]
    monkeypatch.setattr("sys.argv", ["measure_likeness.py", *words])
    measure_likeness.main()
    _, *lines = capsys.readouterr().out.splitlines()
    printed = {name: literal_eval(value) for name, value in (line.split(" = ") for line in lines)}
    np.testing.assert_allclose(printed["MUSIC_DB"], MUSIC_DB, atol=0.11)
    np.testing.assert_allclose(printed["SPREAD_DB"], SPREAD_DB, atol=0.11)
    assert printed["USUAL_DB"] == pytest.approx(USUAL_DB, abs=0.11)
