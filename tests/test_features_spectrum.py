"""Frame features of spectra are librosa's, frame by frame."""

import librosa
import numpy as np
import pytest

from livegenre.features.filterbanks import chroma_bank, mel_bank, split_bank
from livegenre.features.spectrum import chroma, log_mel_spectra, magnitude_spectra, spectral_shape

SAMPLE_RATE = 22050
SAMPLES = np.random.default_rng(6).normal(size=20 * 512).cumsum().astype(np.float32)
FRAMES = np.lib.stride_tricks.sliding_window_view(SAMPLES, 2048)[::512]
MAGNITUDES = np.abs(librosa.stft(SAMPLES, n_fft=2048, hop_length=512, center=False))


def test_magnitudes_equal_librosas() -> None:
    np.testing.assert_allclose(magnitude_spectra(FRAMES), MAGNITUDES.T, rtol=1e-6)


def test_shape_equals_librosas() -> None:
    expected = [
        librosa.feature.spectral_centroid(S=MAGNITUDES, sr=SAMPLE_RATE)[0],
        librosa.feature.spectral_bandwidth(S=MAGNITUDES, sr=SAMPLE_RATE)[0],
        librosa.feature.spectral_rolloff(S=MAGNITUDES, sr=SAMPLE_RATE)[0],
    ]
    actual = spectral_shape(MAGNITUDES.T, SAMPLE_RATE)
    np.testing.assert_allclose(actual.T, expected, rtol=1e-5)


def test_a_sine_has_its_own_frequency_and_hardly_any_width() -> None:
    time = np.arange(2048) / SAMPLE_RATE
    sine = np.sin(2.0 * np.pi * 3000.0 * time).astype(np.float32)
    centroid, bandwidth, rolloff = spectral_shape(magnitude_spectra(sine[None]), SAMPLE_RATE)[0]
    assert centroid == pytest.approx(3000.0, abs=1.0)
    assert bandwidth < 20.0
    assert rolloff == pytest.approx(3000.0, abs=15.0)


def test_silence_has_no_shape_and_no_chroma() -> None:
    silence = np.zeros((2, 1025), np.float32)
    assert not spectral_shape(silence, SAMPLE_RATE).any()
    assert not chroma(silence, chroma_bank(SAMPLE_RATE, 2048, 0.0)).any()


def test_log_mel_spectra_equal_librosas_before_they_are_clipped() -> None:
    mel = librosa.feature.melspectrogram(S=MAGNITUDES**2, sr=SAMPLE_RATE)
    expected = librosa.power_to_db(mel, top_db=None)
    bank = split_bank(mel_bank(SAMPLE_RATE, 2048, 128), 4)
    np.testing.assert_allclose(log_mel_spectra(MAGNITUDES.T**2, bank).T, expected, atol=1e-3)


@pytest.mark.parametrize("tuning", [-0.5, 0.0, 0.27])
def test_chroma_equals_librosas(tuning: float) -> None:
    power = MAGNITUDES**2
    expected = librosa.feature.chroma_stft(S=power, sr=SAMPLE_RATE, tuning=tuning)
    actual = chroma(power.T, chroma_bank(SAMPLE_RATE, 2048, tuning))
    np.testing.assert_allclose(actual.T, expected, atol=1e-5)
