"""What inspect finds out about a sound: librosa's own numbers, whatever the sound."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("librosa", reason="needs pip install 'livegenre[inspect]'")
pytest.importorskip("matplotlib", reason="needs pip install 'livegenre[inspect]'")

import librosa

from livegenre.arrays import FloatArray
from livegenre.inspection import pooling
from livegenre.inspection.findings import Findings
from livegenre.inspection.frames import Frames, measure
from livegenre.inspection.grid import Grid
from livegenre.inspection.hearing import limit_seconds
from livegenre.inspection.pooling import Columns, SpectrumPool
from livegenre.inspection.rhythm import find_rhythm
from livegenre.inspection.spectrogram_panels import mel_dbfs, spectrogram_dbfs
from livegenre.inspection.tables import FRAME_COLUMNS, decisions_csv, frames_csv
from livegenre.inspection.zoom import zoom_in
from livegenre.library import replay
from livegenre.sources.signal import SignalDecoder
from tests import inspection_made
from tests.conftest import DEMO
from tests.inspection_made import found, heard

RATES = (4_000, 8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 384_000)


def measured(samples: FloatArray, rate: int = 22_050) -> Frames:
    return measure(samples, SpectrumPool(Grid.of(len(samples), rate)))


def middle(values: FloatArray) -> FloatArray:
    """Return values of frames that lie wholly within the sound."""
    return values[..., 3:-3]


@pytest.fixture(scope="module")
def demo() -> Findings:
    return inspection_made.demo()


@pytest.fixture(scope="module")
def tone() -> Findings:
    return found("tone:220", seconds=6.0)


def test_frames_are_librosas_at_its_usual_rate_and_as_long_at_others() -> None:
    usual = Grid.of(22_050, 22_050)
    assert (usual.n_fft, usual.hop_length, usual.n_frames) == (2048, 512, 44)
    for rate in RATES:
        assert 0.06 < Grid.of(rate, rate).n_fft / rate < 0.13


def test_values_are_librosas_own_defaults_on_real_music(demo: Findings) -> None:
    y, frames, feature = demo.heard.samples, demo.frames, librosa.feature
    for name, mine, theirs in (
        ("rms", frames.rms, feature.rms(y=y)[0]),
        ("crossings", frames.crossing_rate, feature.zero_crossing_rate(y)[0] * 22_050),
        ("centroid", frames.centroid, feature.spectral_centroid(y=y)[0]),
        ("rolloff", frames.rolloff, feature.spectral_rolloff(y=y)[0]),
        ("bandwidth 2", frames.bandwidth[0], feature.spectral_bandwidth(y=y, p=2)[0]),
        ("bandwidth 3", frames.bandwidth[1], feature.spectral_bandwidth(y=y, p=3)[0]),
        ("bandwidth 4", frames.bandwidth[2], feature.spectral_bandwidth(y=y, p=4)[0]),
        ("mel", frames.mel, feature.melspectrogram(y=y)),
        ("mfcc", frames.mfcc, feature.mfcc(y=y)),
        ("chroma", frames.chroma, feature.chroma_stft(y=y)),
        ("onset", demo.rhythm.onset, librosa.onset.onset_strength(y=y)),
    ):
        np.testing.assert_allclose(mine, theirs, rtol=2e-3, atol=2e-3, err_msg=name)


def test_sound_at_22050_hz_is_what_librosa_loads(demo: Findings) -> None:
    stereo, rate = soundfile.read(DEMO, start=20 * 44_100, frames=8 * 44_100, dtype="float32")
    loaded = librosa.resample(librosa.to_mono(stereo.T), orig_sr=rate, target_sr=22_050)
    np.testing.assert_allclose(demo.heard.samples, loaded, atol=2e-4)


def test_tempo_and_tempogram_are_librosas(demo: Findings) -> None:
    y, rhythm = demo.heard.samples, demo.rhythm
    assert rhythm.tempo is not None
    assert rhythm.tempo == pytest.approx(librosa.feature.tempo(y=y)[0])
    whole = librosa.feature.tempogram(y=y, win_length=344)
    rows = librosa.tempo_frequencies(344)
    shown = (rows >= 30) & (rows <= 300)
    np.testing.assert_allclose(rhythm.tempi, rows[shown])
    np.testing.assert_allclose(rhythm.tempogram, whole[shown], atol=1e-3)
    assert len(rhythm.beats) > 8
    assert rhythm.others == (rhythm.tempo / 2, rhythm.tempo * 2)


def test_stretches_of_a_long_sound_give_what_the_whole_gives(
    demo: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegenre.inspection.frames.STRETCH_FRAMES", 7)
    monkeypatch.setattr("livegenre.inspection.rhythm.STRETCH_FRAMES", 50)
    monkeypatch.setattr(pooling, "MOST_COLUMNS", 40)
    frames = measured(demo.heard.samples)
    rhythm = find_rhythm(frames)
    np.testing.assert_allclose(frames.mfcc, demo.frames.mfcc, atol=1e-2)
    columns = Columns.of(frames.grid.n_frames)
    assert columns.length == 9
    assert len(columns.starts) == 39
    for mine, whole in (
        (frames.spectrogram, demo.frames.spectrogram),
        (rhythm.tempogram, demo.rhythm.tempogram),
    ):
        np.testing.assert_allclose(mine, columns.largest(whole), rtol=1e-3, atol=1e-5)
    assert rhythm.tempo == demo.rhythm.tempo


def test_tone_has_its_frequency_its_crossings_and_its_pitch_class(tone: Findings) -> None:
    frames = tone.frames
    assert np.median(frames.centroid) == pytest.approx(220, abs=1)
    assert np.median(frames.crossing_rate) == pytest.approx(440, abs=2)
    assert np.median(frames.rolloff) == pytest.approx(220, abs=11)
    assert set(middle(frames.chroma).argmax(axis=0)) == {9}  # A
    assert np.median(frames.rms) == pytest.approx(0.5 / math.sqrt(2), rel=1e-3)


def test_levels_are_those_of_sines_whatever_the_scale(tone: Findings) -> None:
    half_of_full_scale = 20 * math.log10(0.5)
    loudest = spectrogram_dbfs(tone.frames.spectrogram[:, 3:-3]).max()
    assert loudest == pytest.approx(half_of_full_scale, abs=1.5)  # between two bins
    assert middle(mel_dbfs(tone)).max() == pytest.approx(half_of_full_scale, abs=2)


def test_zoom_shows_each_crossing_of_a_tone_where_it_is(tone: Findings) -> None:
    zoom, period = tone.zoom, 44_100 / 220
    assert len(zoom.samples) == pytest.approx(8 * period, abs=20)
    assert 15 <= len(zoom.crossings) <= 17
    places = (zoom.first + zoom.crossings) / (period / 2)
    np.testing.assert_allclose(places, np.round(places), atol=0.01)


def test_steady_tone_noise_and_one_click_have_no_tempo(tone: Findings) -> None:
    assert tone.rhythm.tempo is None
    assert find_rhythm(measured(SignalDecoder("noise:pink").read(200_000)[:, 0])).tempo is None
    click = np.zeros(200_000, np.float32)
    click[90_000] = 1
    assert find_rhythm(measured(click)).tempo is None


def test_clicks_have_the_tempo_at_which_they_come() -> None:
    clicks = np.zeros(22_050 * 10, np.float32)
    clicks[:: 22_050 // 2] = 1
    rhythm = find_rhythm(measured(clicks))
    assert rhythm.tempo == pytest.approx(120, abs=3)
    assert np.median(np.diff(rhythm.beats)) == pytest.approx(0.5, abs=0.03)


def test_sweep_goes_up_in_centroid_and_crossings() -> None:
    frames = measured(SignalDecoder("sweep", sample_rate=22_050).read(200_000)[:, 0])
    for values in (frames.centroid, frames.crossing_rate):
        high = middle(values)[-150:]  # from 400 Hz on, where a frame holds many periods
        assert np.all(np.diff(high) >= 0)
        assert high[-1] > 8 * high[0]


def test_scaled_mfccs_have_mean_0_and_deviation_1(demo: Findings) -> None:
    scaled = demo.frames.mfcc_scaled
    np.testing.assert_allclose(scaled.mean(axis=1), 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=1), 1, rtol=1e-3)


@pytest.mark.parametrize("rate", RATES)
def test_every_rate_has_whole_mel_bands(rate: int) -> None:
    frames = measured(SignalDecoder("noise:white").read(rate)[:, 0], rate)
    assert frames.mel.min() > 0


@pytest.mark.parametrize("n", [1, 2, 100, 5_000])
@pytest.mark.parametrize("value", [0.0, 0.5])
def test_short_and_silent_sounds_have_numbers(n: int, value: float) -> None:
    samples = np.full(n, value, np.float32)
    frames = measured(samples)
    for values in (frames.centroid, frames.bandwidth, frames.mfcc_scaled, frames.chroma):
        assert np.isfinite(values).all()
    assert np.isfinite(find_rhythm(frames).onset).all()
    assert len(zoom_in(samples, frames).samples) <= n


def test_answers_are_those_of_replay(demo: Findings) -> None:
    told = list(replay("demo", start_seconds=20.0, duration_seconds=8.0))
    assert [each.posterior for each in demo.heard.answers.decisions] == [
        each.posterior for each in told
    ]


def test_table_of_frames_holds_the_values_with_the_newest_answer(demo: Findings) -> None:
    rows = list(csv.DictReader(io.StringIO(frames_csv(demo))))
    assert tuple(rows[0]) == FRAME_COLUMNS
    assert len(rows) == demo.frames.grid.n_frames
    assert [float(row["time"]) for row in rows[:2]] == [20.0, pytest.approx(20.02322, abs=1e-5)]
    for name, values in (
        ("rms", demo.frames.rms),
        ("bandwidth_p4_hz", demo.frames.bandwidth[2]),
        ("mfcc_19", demo.frames.mfcc[19]),
        ("chroma_b", demo.frames.chroma[11]),
    ):
        np.testing.assert_allclose([float(row[name]) for row in rows], values, rtol=1e-5)
    assert rows[0]["state"] == rows[0]["label"] == ""
    last = demo.heard.answers.decisions[-1]
    assert (rows[-1]["state"], rows[-1]["label"]) == (last.state, last.label or "")


def test_table_of_decisions_holds_every_posterior_by_time() -> None:
    findings = found("silence", seconds=3.0)
    loud = found("demo", start=12.0, seconds=3.0, model="cnn")
    rows = list(csv.DictReader(io.StringIO(decisions_csv(loud))))
    assert len(rows) == len(loud.heard.answers.decisions)
    first, decision = rows[0], loud.heard.answers.decisions[0]
    assert float(first["time"]) == pytest.approx(12.0 + decision.time)
    shares = [float(first[f"posterior_{label}"]) for label in loud.heard.answers.labels]
    assert sum(shares) == pytest.approx(1.0, abs=1e-4)
    silent = next(csv.DictReader(io.StringIO(decisions_csv(findings))))
    assert silent["state"] == "silence"
    assert silent["posterior_rock"] == ""


def test_what_was_left_out_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full((8_000 * 6, 2), 0.1), 8_000)
    whole = heard(str(path))
    assert whole.is_whole
    assert not whole.cut
    assert whole.channels == "stereo→mono"
    assert whole.seconds == 6.0
    part = heard(str(path), seconds=2.0)
    assert not part.is_whole
    assert not part.cut
    assert part.seconds == 2.0
    assert not heard(str(path), start=1.0).is_whole
    monkeypatch.setattr("livegenre.inspection.hearing.USUAL_SECONDS", 3.0)
    assert limit_seconds(None, 8_000) == 3.0
    long = heard(str(path))
    assert long.cut
    assert long.seconds == pytest.approx(3.0, abs=0.5)


def test_no_more_is_heard_than_memory_holds() -> None:
    assert limit_seconds(7_200.0, 44_100) < 3_700
    assert limit_seconds(None, 384_000) < 600
