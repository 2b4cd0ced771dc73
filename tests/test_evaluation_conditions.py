"""What conditions do to sound, by their physics."""

import shutil

import numpy as np
import pytest
from scipy.signal import correlate, welch

from livegenre.errors import UsageError
from tests.evaluation_clips import RATE
from tools.evaluation.conditions import (
    CONDITIONS,
    TALK,
    Sound,
    chosen_conditions,
    impulse_response,
    pink_noise,
    rms,
    talk_over,
)

QUICK = [name for name in CONDITIONS if name != "codec_64k"]


@pytest.fixture
def music() -> Sound:
    """Return 4 s of noise at an RMS of 0.1, peaks far below full scale."""
    samples = 0.1 * np.random.default_rng(1).standard_normal(4 * RATE)
    return Sound(samples.astype(np.float32), RATE)


def degraded(name: str, sound: Sound, seed: int = 0) -> Sound:
    return CONDITIONS[name](sound, np.random.default_rng(seed))


def level_db(sound: Sound, low_hz: float, high_hz: float) -> float:
    """Return the mean power density in a band, in dB."""
    frequency, power = welch(sound.samples, sound.sample_rate, nperseg=4096)
    return float(10 * np.log10(power[(frequency >= low_hz) & (frequency <= high_hz)].mean()))


@pytest.mark.parametrize("name", QUICK)
def test_same_seed_gives_the_same_samples_and_the_length_is_kept(name: str, music: Sound) -> None:
    before = music.samples.copy()
    once, again = degraded(name, music), degraded(name, music)
    np.testing.assert_array_equal(once.samples, again.samples)
    np.testing.assert_array_equal(music.samples, before)
    assert once.samples.dtype == np.float32
    assert len(once.samples) / once.sample_rate == pytest.approx(4.0, abs=1e-4)


@pytest.mark.parametrize("name", ["noise_10db", "room_300ms"])
def test_other_seeds_give_other_samples(name: str, music: Sound) -> None:
    assert (degraded(name, music, 0).samples != degraded(name, music, 1).samples).any()


@pytest.mark.parametrize("snr_db", [20, 10, 5])
def test_noise_has_the_ratio_of_its_name(snr_db: int, music: Sound) -> None:
    noise = degraded(f"noise_{snr_db}db", music).samples - music.samples
    assert 20 * np.log10(rms(music.samples) / rms(noise)) == pytest.approx(snr_db, abs=0.01)


def test_pink_noise_falls_by_3_db_an_octave() -> None:
    noise = Sound(pink_noise(20 * RATE, RATE, np.random.default_rng(0)), RATE)
    octaves = [level_db(noise, low, 2 * low) for low in (250, 500, 1000, 2000, 4000)]
    np.testing.assert_allclose(np.diff(octaves), -10 * np.log10(2), atol=0.3)


@pytest.mark.parametrize("rt60_seconds", [0.3, 0.6, 1.0])
def test_room_decays_by_60_db_in_its_time(rt60_seconds: float) -> None:
    response = impulse_response(rt60_seconds, RATE, np.random.default_rng(0))[1:]
    decay = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / np.sum(response**2))
    fifth, twenty_fifth = (int(np.argmax(decay <= level)) / RATE for level in (-5, -25))
    assert 3 * (twenty_fifth - fifth) == pytest.approx(rt60_seconds, rel=0.1)


def test_room_is_heard_through_a_small_loudspeaker_at_the_level_of_the_music(music: Sound) -> None:
    found = degraded("room_600ms", music)
    within = level_db(found, 300, 5000)
    assert within - level_db(found, 0, 100) > 20
    assert within - level_db(found, 9000, 11_000) > 20
    assert rms(found.samples) == pytest.approx(rms(music.samples), rel=1e-3)


@pytest.mark.parametrize("gain_db", [-30, -20])
def test_lower_gain_only_scales(gain_db: int, music: Sound) -> None:
    found = degraded(f"gain_{gain_db}db", music)
    np.testing.assert_allclose(found.samples, music.samples * 10 ** (gain_db / 20), rtol=1e-5)


def test_higher_gain_clips_what_goes_beyond_full_scale(music: Sound) -> None:
    found = degraded("gain_+12db", music).samples
    share = np.mean(np.abs(music.samples) > 10 ** (-12 / 20))
    assert np.abs(found).max() == 1.0
    assert np.mean(np.abs(found) == 1.0) == pytest.approx(share)
    assert 0.005 < share < 0.05


def test_telephone_is_a_narrow_band_at_8_khz_in_255_levels(music: Sound) -> None:
    found = degraded("telephone", music)
    assert found.sample_rate == 8000
    within = level_db(found, 400, 3000)
    assert within - level_db(found, 0, 150) > 20
    assert within - level_db(found, 3900, 4000) > 10
    assert len(np.unique(found.samples)) <= 255


@pytest.mark.ffmpeg
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg")
def test_codec_keeps_length_and_place(music: Sound) -> None:
    found = degraded("codec_64k", music)
    assert found.samples.shape == music.samples.shape
    likeness = correlate(found.samples, music.samples, "same")
    assert likeness.argmax() == len(music.samples) // 2
    assert likeness.max() > 0.5 * np.sum(music.samples**2)
    assert (found.samples != music.samples).any()


def test_talk_is_5_db_below_the_music_and_all_through_it(music: Sound) -> None:
    voice = Sound(music.samples[:8000] * 3, 8000)
    found = talk_over(music, np.random.default_rng(0), voices=[voice])
    talk = found.samples - music.samples
    assert 20 * np.log10(rms(music.samples) / rms(talk)) == pytest.approx(5, abs=0.01)
    np.testing.assert_allclose(talk[:RATE], talk[RATE : 2 * RATE], atol=1e-5)


def test_silence_stays_finite_under_every_condition() -> None:
    nothing = Sound(np.zeros(RATE, np.float32), RATE)
    assert all(np.isfinite(degraded(name, nothing).samples).all() for name in QUICK)


def test_conditions_are_chosen_by_name() -> None:
    assert chosen_conditions("none") == ()
    assert chosen_conditions("all") == (*CONDITIONS, TALK)
    assert chosen_conditions("telephone,talk") == ("telephone", "talk")
    with pytest.raises(UsageError, match="'telefone': is none of all, none, noise_20db"):
        chosen_conditions("telefone")


def test_codec_without_ffmpeg_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="needs ffmpeg"):
        chosen_conditions("codec_64k")
