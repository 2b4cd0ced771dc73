"""``replay --play``: what is shown of a sample is shown as it is heard."""

import math
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

import livegenre.sources.playback
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import DeviceError
from livegenre.features import create_extractor
from livegenre.screen import Meter
from livegenre.session import Ears, run_session
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.playback import _Outlet
from livegenre.tap import Tap
from tests.virtual_microphone import PATIENCE_SECONDS, SINK, VirtualMicrophone, wait_until

RATE = 44_100
FRAME_SECONDS = 0.1
"""How often the screen looks at the meter."""
STEPS_SECONDS = (1.0, 2.3, 3.6, 4.9, 6.2)
"""When a loud half second begins in the file; not at one phase of the screen's frames."""
LOUD_DBFS = -20.0


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    frames = np.full(8 * RATE, 0.001)
    for seconds in STEPS_SECONDS:
        frames[round(seconds * RATE) :][: RATE // 2] = 0.5
    soundfile.write(tmp_path / "steps.wav", frames, RATE)
    return tmp_path / "steps.wav"


@dataclass
class Onsets:
    """Notes when something becomes loud, in monotonic seconds."""

    at: list[float] = field(default_factory=list)
    _was_loud: bool = False

    def observe(self, loud: bool) -> None:
        if loud and not self._was_loud:
            self.at.append(time.monotonic())
        self._was_loud = loud


@contextmanager
def monitored() -> Iterator[Onsets]:
    """Note what the sink plays, as it plays it."""
    onsets = Onsets()
    command = ["parec", f"--device={SINK}.monitor", "--rate=44100", "--channels=1"]
    with subprocess.Popen([*command, "--latency-msec=10"], stdout=subprocess.PIPE) as recorder:
        assert recorder.stdout
        pipe = recorder.stdout.fileno()

        def listen() -> None:
            while data := os.read(pipe, 1_024):
                samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(int)
                onsets.observe(bool(np.abs(samples).max(initial=0) > 8_000))

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield onsets
        finally:
            recorder.terminate()
            listener.join(PATIENCE_SECONDS)


@contextmanager
def often(call: Callable[[], None]) -> Iterator[None]:
    """Call something as often as the screen draws."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(FRAME_SECONDS):
            call()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.device
@pytest.mark.parametrize("latency_seconds", [0.05, 0.1, 0.5])
def test_meter_and_decisions_are_within_100_ms_of_the_sound(
    virtual_microphone: VirtualMicrophone,
    steps: Path,
    tiny_model: Path,
    latency_seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the output's latency."""
    monkeypatch.setattr(livegenre.sources.playback, "LATENCY_SECONDS", latency_seconds)
    classifier = Classifier.load(tiny_model)
    decided: list[tuple[float, float]] = []
    metered = Onsets()

    def show(decision: Decision) -> None:
        decided.append((decision.time, time.monotonic()))

    with monitored() as heard, Tap(open_source(ReplayOptions(spec=str(steps), play=True))) as tap:
        meter = Meter(tap.sample_rate)
        tap.listen(meter.push)
        with often(lambda: metered.observe(meter.levels().rms_dbfs > LOUD_DBFS)):
            extractor = create_extractor(classifier.card.features)
            decider = Decider(classifier.card.labels, unsure_threshold=0.6)
            run_session(tap, Ears(extractor, classifier, decider), show=show)
    assert len(heard.at) == len(metered.at) == len(STEPS_SECONDS)
    early = np.array(heard.at) - np.array(metered.at)
    begin = np.median(np.array(heard.at) - np.array(STEPS_SECONDS))
    late = np.array([shown_at - (begin + seconds) for seconds, shown_at in decided])
    print(f"meter ahead of the sound, ms: {np.round(1000 * early)}")
    print(f"decisions behind the sound, ms: {np.round(1000 * late)}")
    assert np.abs(early).max() <= 0.1
    assert np.abs(np.median(late)) <= 0.1


def test_an_output_that_tells_no_times_has_the_latency_of_its_stream() -> None:
    outlet = _Outlet(1_000)
    outlet.latency = 0.3
    assert outlet.sounds_at(0) == np.inf
    outlet.ring.write(np.ones(50, np.float32))
    block = np.empty((40, 1), np.float32)
    outlet.fill(block, 40, SimpleNamespace(currentTime=0.0, outputBufferDacTime=0.0), None)
    assert outlet.sounds_at(40) == pytest.approx(time.monotonic() + 0.34, abs=0.05)


def test_an_output_that_is_starved_gets_silence_and_the_sound_is_late_by_it() -> None:
    outlet = _Outlet(1_000)
    outlet.ring.write(np.ones(30, np.float32))
    block = np.empty((40, 1), np.float32)
    for called_at in (7.0, 7.04):
        outlet.fill(
            block, 40, SimpleNamespace(currentTime=called_at, outputBufferDacTime=8.0), None
        )
    assert not block.any()
    before = outlet.sounds_at(30)
    outlet.ring.write(np.ones(30, np.float32))
    outlet.fill(block, 40, SimpleNamespace(currentTime=9.0, outputBufferDacTime=11.0), None)
    np.testing.assert_array_equal(block[:, 0], [1] * 30 + [0] * 10)
    assert outlet.sounds_at(30) > before + 0.9


@pytest.mark.device
def test_an_output_that_hangs_is_an_error(
    virtual_microphone: VirtualMicrophone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(livegenre.sources.playback, "DEAF_SECONDS", 0.5)
    with open_source(ReplayOptions(spec="tone:220", play=True)) as source:
        source.read(1_000)
        with virtual_microphone.hung(), pytest.raises(DeviceError, match="takes no more sound"):
            wait_until(lambda: source.read(1_000) is None)


@pytest.mark.device
@pytest.mark.parametrize("n", [1, 300, 100_000])
def test_no_read_returns_more_than_was_asked_for(
    virtual_microphone: VirtualMicrophone, n: int
) -> None:
    options = ReplayOptions(spec="noise:white", duration_seconds=0.1, play=True)
    blocks = []
    with open_source(options) as source:
        while (block := source.read(n)) is not None:
            assert len(block) <= n
            blocks.append(block)
    with open_source(ReplayOptions(spec="noise:white", speed=math.inf)) as unpaced:
        np.testing.assert_array_equal(np.concatenate(blocks), unpaced.read(RATE // 10))


@pytest.mark.device
@pytest.mark.parametrize("read_before", [0.1, 0.45])
def test_after_a_jump_nothing_is_read_of_the_sound_before_it(
    virtual_microphone: VirtualMicrophone, tmp_path: Path, read_before: float
) -> None:
    """Neither of what was ready to be played, nor where that was the end of the file."""
    sound = np.linspace(-0.9, 0.9, RATE // 2)
    soundfile.write(tmp_path / "ramp.wav", sound, RATE, subtype="FLOAT")
    with open_source(ReplayOptions(spec=str(tmp_path / "ramp.wav"), play=True)) as source:
        heard = 0
        while heard < read_before * RATE:
            block = source.read(441)
            assert block is not None
            heard += len(block)
        assert source.position_seconds == pytest.approx(heard / RATE, abs=1e-3)
        source.seek(0.2)
        rest = []
        while (block := source.read(RATE)) is not None:
            rest.append(block)
    np.testing.assert_allclose(np.concatenate(rest), sound[RATE // 5 :], atol=1e-6)


def test_an_output_goes_over_what_is_to_be_skipped() -> None:
    outlet = _Outlet(1_000)
    block, times = (
        np.empty((40, 1), np.float32),
        SimpleNamespace(currentTime=0.0, outputBufferDacTime=0.1),
    )
    outlet.ring.write(np.ones(100, np.float32))
    outlet.fill(block, 40, times, None)
    outlet.skip()
    outlet.ring.write(np.full(100, 2, np.float32))
    outlet.fill(block, 40, times, None)
    assert (block == 2).all()
    assert outlet.sounds_at(100) == pytest.approx(time.monotonic() + 0.1, abs=0.05)
