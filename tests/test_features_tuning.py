"""The tuning of a window is librosa's estimate on the same power spectra."""

import librosa
import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.features.spectrum import magnitude_spectra
from livegenre.features.tuning import NO_PEAKS, Peaks, estimate_tuning, find_peaks

SAMPLE_RATE = 22050


def chord_power(tuning: float) -> FloatArray:
    """Power spectra of ten frames of a chord, all of it off by ``tuning`` semitones."""
    time = np.arange(10 * 2048) / SAMPLE_RATE
    pitches_hz = [440.0 * 2.0 ** ((semitone + tuning) / 12.0) for semitone in (0, 4, 7, 12, 19)]
    samples = sum(np.sin(2.0 * np.pi * hz * time) for hz in pitches_hz)
    return magnitude_spectra(np.asarray(samples, np.float32).reshape(10, 2048)) ** 2


def peaks_of(power: FloatArray) -> Peaks:
    return find_peaks(power, np.arange(len(power)), SAMPLE_RATE)


@pytest.mark.parametrize("tuning", [-0.45, -0.2, 0.0, 0.13, 0.4])
def test_a_mistuned_chord_is_heard_as_such(tuning: float) -> None:
    assert estimate_tuning(peaks_of(chord_power(tuning))) == pytest.approx(tuning, abs=0.05)


@pytest.mark.parametrize("seed", range(20))
def test_the_estimate_equals_librosas_on_noise(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(size=(12, 2048)).astype(np.float32)
    power = magnitude_spectra(noise) ** 2
    assert estimate_tuning(peaks_of(power)) == librosa.estimate_tuning(S=power.T, sr=SAMPLE_RATE)


def test_without_a_peak_the_tuning_is_zero() -> None:
    assert estimate_tuning(peaks_of(np.zeros((3, 1025), np.float32))) == 0.0


def test_peaks_are_kept_by_frame_number() -> None:
    peaks = peaks_of(chord_power(0.1))
    halves = peaks.within(0, 4) + peaks.within(4, 10)
    np.testing.assert_array_equal(halves.power, peaks.power)
    assert set(peaks.within(4, 6).frame) == {4, 5}
    assert not len(NO_PEAKS.within(0, 10).frame)
