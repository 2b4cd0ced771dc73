"""Known faults, made: each is told, and nothing else is."""

from collections.abc import Callable

import numpy as np
import pytest
import soundfile as sf

from livegenre.arrays import FloatArray
from livegenre.doctor.capture import Sound
from livegenre.doctor.findings import Finding
from livegenre.doctor.hearing import judge_sound
from tests.conftest import DEMO

RATE = 44_100
SECONDS = 3


@pytest.fixture(scope="module")
def music() -> FloatArray:
    frames, _ = sf.read(DEMO, dtype="float32", start=RATE, frames=SECONDS * RATE)
    samples: FloatArray = frames.mean(axis=1)
    return samples


def judge(samples: FloatArray, **others: bool) -> dict[str, Finding]:
    sound = Sound("made", samples.astype(np.float32)[:, np.newaxis], RATE)
    return {finding.name: finding for finding in judge_sound(sound, **others)}


def wrong(findings: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.state for name, finding in findings.items() if finding.state != "ok"}


def tones(*pairs: tuple[float, float]) -> FloatArray:
    time = np.arange(SECONDS * RATE) / RATE
    return np.asarray(sum(a * np.sin(2 * np.pi * hz * time) for hz, a in pairs), np.float32)


def through_a_telephone(samples: FloatArray) -> FloatArray:
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE) > 3_400] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def with_a_hole(samples: FloatArray) -> FloatArray:
    return np.concatenate((samples[: 2 * RATE], np.zeros(RATE, np.float32)))


def test_music_is_in_order(music: FloatArray) -> None:
    assert wrong(judge(music)) == {}


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (lambda music: 0.01 * music, "level"),
        (lambda music: 1e-4 * music, "level"),
        (lambda music: np.clip(8 * music, -1, 1), "clipping"),
        (lambda music: 0.3 * np.clip(8 * music, -1, 1), "clipping"),
        (lambda music: music + 0.1, "DC offset"),
        (lambda music: music + tones((50, 0.1), (100, 0.1), (150, 0.05)), "mains hum"),
        (lambda music: music + tones((60, 0.1), (120, 0.1), (180, 0.05)), "mains hum"),
        (through_a_telephone, "band limit"),
        (with_a_hole, "silence"),
    ],
)
def test_fault_is_told(
    music: FloatArray, fault: Callable[[FloatArray], FloatArray], name: str
) -> None:
    findings = judge(fault(music))
    assert wrong(findings).pop(name) == "warning"
    assert findings[name].cure
    assert set(wrong(findings)) <= {name, "likeness"}


def test_values_are_what_was_made(music: FloatArray) -> None:
    assert judge(tones((1_000, 0.1)))["level"].value == pytest.approx(-23.0, abs=0.1)
    assert judge(music + 0.1)["DC offset"].value == pytest.approx(10, abs=0.1)
    assert judge(through_a_telephone(music))["band limit"].value == pytest.approx(3.4, abs=0.2)
    assert judge(with_a_hole(music))["silence"].value == pytest.approx(1, abs=0.01)
    hum = judge(0.1 * music + tones((60, 0.1), (120, 0.1)))["mains hum"]
    assert hum.value == pytest.approx(-20, abs=0.5)
    assert "60 Hz" in hum.meaning


def test_steady_noise_is_no_music() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(SECONDS * RATE)
    assert "noise floor" in wrong(judge(noise.astype(np.float32)))


def test_a_tone_is_far_from_music() -> None:
    assert "likeness" in wrong(judge(tones((1_000, 0.1))))


def test_likeness_needs_sound(music: FloatArray) -> None:
    assert "likeness" in judge(music)
    assert "likeness" not in judge(1e-5 * music)


def test_zeros_alone_are_bad_from_a_microphone_and_a_warning_from_a_monitor() -> None:
    zeros = np.zeros(SECONDS * RATE, np.float32)
    assert wrong(judge(zeros)) == {"silence": "bad"}
    assert wrong(judge(zeros, is_monitor=True)) == {"silence": "warning"}


def test_mix_of_channels_that_cancel_or_are_empty_is_told(music: FloatArray) -> None:
    def judge_pair(other: FloatArray) -> Finding:
        sound = Sound("made", np.stack([other, music], axis=1), RATE)
        return next(finding for finding in judge_sound(sound) if finding.name == "mix")

    assert judge_pair(music).state == "ok"
    assert judge_pair(np.roll(music, RATE)).state == "ok"
    empty, opposite = judge_pair(0 * music), judge_pair(-0.99 * music)
    assert empty.state == opposite.state == "warning"
    assert empty.value == pytest.approx(6.0, abs=0.1)
    assert "is 2" in empty.meaning


def test_clipping_of_one_channel_is_told(music: FloatArray) -> None:
    clipped = 0.5 * np.clip(8 * music, -1, 1)
    sound = Sound("made", np.stack([clipped, music], axis=1), RATE)
    assert "clipping" in wrong({finding.name: finding for finding in judge_sound(sound)})
