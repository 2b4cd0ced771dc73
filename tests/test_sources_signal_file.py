"""livegenre signal: whole files of test signals, and nothing written over unasked."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.cli import main
from livegenre.sources.signal import SignalDecoder
from livegenre.sources.signal_file import write_signal


@pytest.mark.parametrize(
    ("name", "subtype"), [("a.wav", "PCM_24"), ("a.flac", "PCM_24"), ("a.ogg", "VORBIS")]
)
def test_the_ending_says_the_format(tmp_path: Path, name: str, subtype: str) -> None:
    assert main(["signal", "tone:220", "-o", str(tmp_path / name), "--seconds", "2.5"]) == 0
    info = soundfile.info(tmp_path / name)
    assert (info.channels, info.samplerate, info.subtype) == (1, 44_100, subtype)
    assert info.frames == 110_250
    spectrum = np.abs(np.fft.rfft(soundfile.read(tmp_path / name)[0][:44_100]))
    assert int(spectrum.argmax()) == 220
    assert spectrum[220] / 22_050 == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("spec", ["sweep", "noise:pink", "noise:white", "silence", "tone:1000"])
def test_samples_are_those_that_replay_hears(tmp_path: Path, spec: str) -> None:
    write_signal(spec, str(tmp_path / "a.wav"), seconds=1.5, sample_rate=44_100)
    samples = soundfile.read(tmp_path / "a.wav", dtype="float32")[0]
    np.testing.assert_allclose(samples, SignalDecoder(spec).read(66_150)[:, 0], atol=2e-7)


@pytest.mark.parametrize("rate", [8_000, 192_000])
def test_vorbis_takes_the_rates_that_it_is_said_to(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "a.ogg"
    write_signal("sweep", str(path), seconds=1.0, sample_rate=rate)
    assert soundfile.info(path).samplerate == rate


@pytest.mark.parametrize("rate", [4_000, 22_050, 96_000])
def test_other_rates_keep_the_frequency_and_hold_the_whole_sweep(rate: int) -> None:
    tone = SignalDecoder("tone:220", sample_rate=rate).read(rate)[:, 0]
    assert int(np.abs(np.fft.rfft(tone)).argmax()) == 220
    sweep = SignalDecoder("sweep", sample_rate=rate).read(10 * rate)[:, 0]
    last = np.abs(np.fft.rfft(sweep[-rate // 10 :]))
    highest_hz = 10 * int(last.argmax())
    assert highest_hz == pytest.approx(min(20_000, 0.46 * rate), rel=0.1)


@settings(max_examples=20, deadline=None)
@given(rate=st.integers(4_000, 384_000), hz=st.integers(1, 1_900))
def test_signal_is_the_same_however_it_is_read(rate: int, hz: int) -> None:
    whole = SignalDecoder(f"tone:{hz}", sample_rate=rate).read(3_000)
    parts = SignalDecoder(f"tone:{hz}", sample_rate=rate)
    np.testing.assert_array_equal(np.concatenate([parts.read(n) for n in (1, 1999, 1000)]), whole)


def test_a_file_is_written_over_only_by_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.wav"
    path.write_text("mine")
    assert main(["signal", "sweep", "-o", str(path)]) == 1
    assert "give --force" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert main(["signal", "sweep", "-o", str(path), "--seconds", "1", "--force"]) == 0
    assert soundfile.info(path).duration == 1.0
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sweep", "-o", "a.mp3"], 2),
        (["sweep", "-o", "-"], 2),
        (["sweep", "-o", "a.wav", "--seconds", "0"], 2),
        (["sweep", "-o", "a.wav", "--rate", "3"], 2),
        (["song.mp3", "-o", "a.wav"], 1),
        (["tone:30000", "-o", "a.wav"], 1),
        (["tone:3000", "-o", "a.wav", "--rate", "4000"], 1),
        (["sweep", "-o", "no/such/folder/a.wav"], 1),
        (["sweep", "-o", "a.ogg", "--rate", "384000"], 2),
    ],
)
def test_what_cannot_be_is_one_line_and_no_file(
    words: list[str],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["signal", *words]) == code
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_it_needs_no_library_that_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("librosa", "matplotlib"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(["signal", "silence", "-o", str(tmp_path / "a.flac"), "--seconds", "1"]) == 0
