"""Frame features of the samples alone are librosa's, frame by frame."""

import librosa
import numpy as np
import pytest

from livegenre.features.waveform import frame_rms, hop_energies, level_dbfs, zero_crossing_rate

HOP_LENGTH = 512
SAMPLES = np.random.default_rng(5).normal(size=40 * HOP_LENGTH).astype(np.float32)


@pytest.mark.parametrize("n_fft", [1024, 2048, 4096])
def test_rms_equals_librosas(n_fft: int) -> None:
    expected = librosa.feature.rms(y=SAMPLES, frame_length=n_fft, hop_length=HOP_LENGTH)[0]
    actual = frame_rms(hop_energies(SAMPLES, HOP_LENGTH), HOP_LENGTH, n_fft)
    np.testing.assert_allclose(actual, expected, rtol=1e-5)


@pytest.mark.parametrize("n_fft", [1024, 2048, 4096])
@pytest.mark.parametrize("smoothing", [1, 30])
def test_zero_crossing_rate_equals_librosas(n_fft: int, smoothing: int) -> None:
    samples = np.convolve(SAMPLES, np.ones(smoothing), mode="same").astype(np.float32)
    expected = librosa.feature.zero_crossing_rate(
        samples, frame_length=n_fft, hop_length=HOP_LENGTH
    )[0]
    np.testing.assert_array_equal(zero_crossing_rate(samples, HOP_LENGTH, n_fft), expected)


def test_what_is_almost_zero_does_not_cross_it() -> None:
    samples = np.tile(np.array([1e-11, -1e-11], np.float32), 4 * HOP_LENGTH)
    assert not zero_crossing_rate(samples, HOP_LENGTH, 2048).any()


def test_level_has_a_floor() -> None:
    faint = hop_energies(np.full(4 * HOP_LENGTH, 1e-9, np.float32), HOP_LENGTH)
    assert level_dbfs(faint, HOP_LENGTH) == -120.0
