"""The banks are librosa's, computed without librosa."""

import librosa
import numpy as np
import pytest
import scipy.fft
import scipy.signal

from livegenre.features.filterbanks import (
    chroma_bank,
    cosine_basis,
    hann_taper,
    mel_bank,
    split_bank,
)

GEOMETRIES = [(22050, 2048, 128), (22050, 1024, 40), (16000, 512, 64), (44100, 4096, 128)]


@pytest.mark.parametrize("n_fft", [512, 2048])
def test_taper_equals_scipys_bit_for_bit(n_fft: int) -> None:
    np.testing.assert_array_equal(hann_taper(n_fft), scipy.signal.get_window("hann", n_fft))


@pytest.mark.parametrize(("sample_rate", "n_fft", "n_mels"), GEOMETRIES)
def test_mel_bank_equals_librosas(sample_rate: int, n_fft: int, n_mels: int) -> None:
    expected = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels)
    np.testing.assert_allclose(mel_bank(sample_rate, n_fft, n_mels), expected, rtol=1e-5, atol=1e-9)


def test_mel_bank_without_a_bin_in_every_band_is_refused() -> None:
    with pytest.raises(ValueError, match="n_mels: 1000 bands"):
        mel_bank(22050, 2048, 1000)


def test_split_bank_gives_the_same_bands() -> None:
    bank = mel_bank(22050, 2048, 128)
    power = np.random.default_rng(2).random((5, 1025), np.float32)
    parts = [power[:, bins] @ weights for bins, weights in split_bank(bank, 4)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), power @ bank.T, rtol=1e-5)


@pytest.mark.parametrize(("sample_rate", "n_fft"), [(22050, 2048), (16000, 1024)])
def test_chroma_bank_equals_librosas_at_every_tuning(sample_rate: int, n_fft: int) -> None:
    for tuning in np.linspace(-0.5, 0.5, 101)[:-1]:
        expected = librosa.filters.chroma(sr=sample_rate, n_fft=n_fft, tuning=tuning)
        actual = chroma_bank(sample_rate, n_fft, float(tuning))
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-7)


def test_cosine_basis_is_the_discrete_cosine_transform() -> None:
    spectra = np.random.default_rng(1).normal(size=(3, 128))
    expected = scipy.fft.dct(spectra, type=2, norm="ortho")[:, :20]
    np.testing.assert_allclose(spectra @ cosine_basis(20, 128).T, expected, atol=1e-5)


def test_banks_are_shared_and_cannot_be_written() -> None:
    assert mel_bank(22050, 2048, 128) is mel_bank(22050, 2048, 128)
    with pytest.raises(ValueError, match="read-only"):
        mel_bank(22050, 2048, 128)[0, 0] = 1.0
