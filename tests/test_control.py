"""What the keys ask of a session happens between two samples, and the log tells of it."""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from livegenre.classifier import Classifier
from livegenre.control import Control
from livegenre.control.inputs import Inputs
from livegenre.control.models import Models
from livegenre.corrections import Correction, Corrections, read_corrections
from livegenre.decision import Decider, Decision
from livegenre.errors import DeviceError
from livegenre.features import create_extractor
from livegenre.outputs.base import Event
from livegenre.screen.controls import Choice, Controls
from livegenre.session import Ears, run_session
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.decoded import DecodedSource
from livegenre.sources.devices import InputDevice
from livegenre.sources.microphone import Microphone
from livegenre.sources.pacing import PacedSource
from livegenre.sources.replay import Replay
from livegenre.sources.signal import SignalDecoder
from livegenre.sources.survey import survey_inputs
from livegenre.tap import Tap
from livegenre.verify import TOLERANCE, largest_difference
from tests.conftest import CARD, CLASSIC_SPEC, write_model
from tests.rows import KeptRows
from tests.test_sources_swap import OTHER, two_inputs
from tests.virtual_microphone import SINK, VirtualMicrophone, wait_until

__all__ = ["two_inputs"]

RATE = CLASSIC_SPEC.sample_rate
SECONDS = 20.0


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise that swells and fades: no two windows of it are alike."""
    time_seconds = np.arange(round(SECONDS * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(time_seconds))
    path = tmp_path_factory.mktemp("music") / "song.wav"
    soundfile.write(path, 0.1 * (1.1 + np.sin(0.7 * time_seconds)) * noise, RATE)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models of other labels and steps, and a file that is none."""
    folder = tmp_path_factory.mktemp("models")
    other = replace(
        CARD,
        name="other",
        labels=("soft", "hard", "never"),
        features=replace(CLASSIC_SPEC, step_frames=30, window_frames=90, min_frames=50),
    )
    write_model(folder / "tiny.onnx", CARD.to_json())
    write_model(folder / "other.onnx", other.to_json(), n_labels=3)
    (folder / "broken.onnx").write_text("no model")
    return folder


def load(folder: Path, name: str) -> Ears:
    classifier = Classifier.load(folder / f"{name}.onnx")
    card = classifier.card
    decider = Decider(card.labels, unsure_threshold=card.unsure_threshold)
    return Ears(create_extractor(card.features), classifier, decider)


def no_inputs() -> list[InputDevice]:
    raise DeviceError("the sound system does not answer")


class Log(KeptRows):
    """Rows in memory, and the events as they were told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        super().__init__()

    def event(self, event: Event) -> None:
        super().event(event)
        self.events.append(event)


@dataclass
class Session:
    """A session whose person presses keys at given decisions, and what became of it."""

    control: Control
    tap: Tap
    ears: Ears
    log: Log
    decisions: list[Decision] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    informed: list[Ears] = field(default_factory=list)

    def run(
        self,
        presses: Mapping[int, Callable[[Controls], object]],
        *,
        block_seconds: float = 0.05,
    ) -> None:
        def show(decision: Decision) -> None:
            self.decisions.append(decision)
            if (press := presses.get(len(self.decisions))) is not None:
                press(self.control)
            while words := self.control.answer():
                self.answers.append(words)

        self.control.on_change(self.informed.append)
        with self.tap, self.control:
            run_session(
                self.tap,
                self.ears,
                sinks=[self.log],
                show=show,
                conductor=self.control,
                block_seconds=block_seconds,
            )

    @property
    def events(self) -> list[dict[str, Any]]:
        return [
            {"type": event.kind, "time": event.time, **event.values} for event in self.log.events
        ]

    @property
    def end(self) -> dict[str, Any]:
        return self.log.lines[-1]

    def between(self, begin: float, end: float = math.inf) -> list[Decision]:
        """Return the decisions of a part, in time from its beginning."""
        return [
            replace(found, time=round(found.time - begin, 6))
            for found in self.decisions
            if begin < found.time <= end
        ]


def begin(
    folder: Path,
    spec: Path | str,
    *,
    models: Sequence[str] = ("tiny",),
    load_next: Callable[[str], Ears] | None = None,
    source: Replay | None = None,
    corrections: Path = Path("/dev/null/none"),
    **options: Any,
) -> Session:
    options = {"speed": math.inf, **options}
    source = source or open_source(ReplayOptions(spec=str(spec), **options))
    tap, ears, log = Tap(source), load(folder, models[0]), Log()
    control = Control(
        tap,
        source,
        ears,
        models=Models(models, load_next or (lambda name: load(folder, name))),
        inputs=Inputs(no_inputs),
        corrections=Corrections(corrections),
        sinks=[log],
    )
    return Session(control, tap, ears, log)


def replayed(folder: Path, spec: Path, start_seconds: float, model: str = "tiny") -> list[Decision]:
    session = begin(folder, spec, models=[model], start_seconds=start_seconds)
    session.run({})
    return session.between(0.0)


def move(seconds: float) -> Callable[[Controls], object]:
    return lambda controls: controls.seek(seconds)


class TestMoving:
    @pytest.mark.parametrize("offset", [5.0, -2.0, -100.0])
    @pytest.mark.parametrize("block_seconds", [0.007, 0.05, 3.0])
    def test_decisions_after_it_are_those_of_a_replay_from_there(
        self, folder: Path, song: Path, offset: float, block_seconds: float
    ) -> None:
        session = begin(folder, song)
        session.run({12: lambda controls: controls.seek(offset)}, block_seconds=block_seconds)
        (seek,) = session.events
        assert seek["position"] == pytest.approx(max(0.0, seek["before"] + offset))
        expected = replayed(folder, song, seek["position"])
        assert largest_difference(expected, session.between(seek["time"])) <= TOLERANCE
        before = session.between(0.0, seek["time"])
        assert largest_difference(replayed(folder, song, 0.0)[: len(before)], before) <= TOLERANCE

    def test_time_only_grows_and_no_sound_is_lost(self, folder: Path, song: Path) -> None:
        session = begin(folder, song)
        session.run({10: lambda controls: controls.seek(-5.0)})
        times = [found.time for found in session.decisions]
        assert times == sorted(set(times))
        (seek,) = session.events
        assert session.end["seconds"] == pytest.approx(SECONDS + seek["before"] - seek["position"])
        assert session.end["lost"] == 0
        assert session.answers == [f"now at 0:0{seek['position']:.1f}"]

    def test_nothing_is_held_over_from_the_other_place(self, folder: Path, song: Path) -> None:
        session = begin(folder, song)
        session.run({12: lambda controls: controls.seek(3.0)})
        (seek,) = session.events
        after = [found for found in session.decisions if found.time > seek["time"]]
        assert after[0].early
        assert all(found.since > seek["time"] for found in after)

    def test_several_presses_at_once_are_one_move(self, folder: Path, song: Path) -> None:
        session = begin(folder, song)
        session.run({8: lambda controls: [controls.seek(5.0), controls.seek(5.0)]})
        (seek,) = session.events
        assert seek["position"] == pytest.approx(seek["before"] + 10.0)

    def test_the_end_is_not_jumped_over(self, folder: Path, song: Path) -> None:
        session = begin(folder, song)
        session.run({30: lambda controls: controls.seek(5.0)})
        assert session.events == []
        assert session.answers == ["the end is nearer than that"]
        assert largest_difference(replayed(folder, song, 0.0), session.between(0.0)) <= TOLERANCE

    def test_a_loop_is_gone_round(self, folder: Path, song: Path) -> None:
        session = begin(folder, song, loop=True, duration_seconds=30.0)
        session.run({30: lambda controls: controls.seek(10.0)})
        (seek,) = session.events
        assert seek["position"] == pytest.approx(seek["before"] + 10.0 - SECONDS)
        assert session.end["seconds"] == 30.0

    def test_a_pipe_cannot_be_moved_about_in(self, folder: Path) -> None:
        sound = DecodedSource(SignalDecoder("noise:pink"), duration_seconds=5.0)
        paced = PacedSource(sound, math.inf)
        pipe = Replay(sound, paced, fixed_place="stdin has no place to go to")
        session = begin(folder, "", source=pipe)
        session.run({2: lambda controls: controls.seek(5.0)})
        assert session.answers == ["stdin has no place to go to"]
        assert session.events == []

    @settings(
        max_examples=6,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        moves=st.dictionaries(st.integers(2, 40), st.sampled_from([-20.0, -5.0, 5.0]), max_size=5),
        block_seconds=st.sampled_from([0.01, 0.05, 0.3]),
    )
    def test_each_stretch_is_heard_as_if_it_were_alone(
        self, folder: Path, song: Path, moves: dict[int, float], block_seconds: float
    ) -> None:
        session = begin(folder, song)
        session.run({n: move(by) for n, by in moves.items()}, block_seconds=block_seconds)
        starts = [{"time": 0.0, "position": 0.0}, *session.events]
        for start, end in zip(starts, [*session.events, {"time": math.inf}], strict=True):
            heard = session.between(start["time"], end["time"])
            expected = replayed(folder, song, start["position"])[: len(heard)] if heard else []
            assert largest_difference(expected, heard) <= TOLERANCE


class TestSpeed:
    def test_it_is_told_and_has_ends(self, folder: Path) -> None:
        session = begin(folder, "noise:pink", duration_seconds=8.0)
        presses: dict[int, Callable[[Controls], object]] = {
            1: lambda controls: controls.change_speed(faster=True),
            2: lambda controls: controls.change_speed(faster=False),
            3: lambda controls: controls.change_speed(faster=True),
        }
        session.run(presses)
        assert [event["speed"] for event in session.events] == [8.0]
        assert session.answers == [
            "that is the fastest",
            "speed 8\N{MULTIPLICATION SIGN}",
            "that is the fastest",
        ]

    def test_it_takes_less_time(self, folder: Path) -> None:
        session = begin(folder, "noise:pink", duration_seconds=8.0, speed=4.0)
        began = time.monotonic()
        session.run({1: lambda controls: controls.change_speed(faster=True)})
        assert 0.9 < time.monotonic() - began < 1.8

    def test_what_is_played_has_one(self, folder: Path) -> None:
        sound = DecodedSource(SignalDecoder("noise:pink"), duration_seconds=3.0)
        paced = PacedSource(sound, math.inf)
        played = Replay(sound, paced, fixed_speed="what is played is heard at its own speed")
        session = begin(folder, "", source=played)
        session.run({1: lambda controls: controls.change_speed(faster=True)})
        assert session.answers == ["what is played is heard at its own speed"]


def wait_and(press: Callable[[Controls], object]) -> Callable[[Controls], object]:
    """Press, and give the threads behind the scenes time before the next read."""

    def pressed(controls: Controls) -> None:
        press(controls)
        time.sleep(0.3)

    return pressed


class TestModels:
    def switch(self, controls: Controls) -> None:
        controls.next_model()

    def run(self, folder: Path, song: Path, *models: str, **options: float) -> Session:
        session = begin(folder, song, models=models)
        session.run({10: self.switch, 11: lambda controls: time.sleep(0.5)}, **options)
        return session

    @pytest.mark.parametrize("block_seconds", [0.007, 0.05, 2.0])
    def test_it_takes_turns_between_two_samples(
        self, folder: Path, song: Path, block_seconds: float
    ) -> None:
        session = self.run(folder, song, "tiny", "other", block_seconds=block_seconds)
        (change,) = session.events
        before = session.between(0.0, change["time"])
        expected = replayed(folder, song, 0.0)[: len(before)]
        assert largest_difference(expected, before) <= TOLERANCE
        expected = replayed(folder, song, change["time"], "other")
        assert largest_difference(expected, session.between(change["time"])) <= TOLERANCE
        assert (session.end["seconds"], session.end["lost"]) == (SECONDS, 0)

    def test_the_log_tells_what_labels_there_are_from_then_on(
        self, folder: Path, song: Path
    ) -> None:
        session = self.run(folder, song, "tiny", "other")
        (change,) = session.events
        assert change["type"] == "model"
        assert (change["model"], change["multi_label"]) == ("other", False)
        assert change["labels"] == ("soft", "hard", "never")
        assert change["step_seconds"] == pytest.approx(30 * 512 / RATE, abs=1e-6)
        labels = [tuple(found.posterior) for found in session.decisions]
        assert set(labels) == {("quiet", "loud"), ("soft", "hard", "never")}
        assert [ears.classifier.card.name for ears in session.informed] == ["other"]
        assert session.answers == ["loading other ...", "model other"]

    def test_they_come_round(self, folder: Path, song: Path) -> None:
        session = begin(folder, song, models=("tiny", "other"))
        session.run({4: wait_and(self.switch), 8: wait_and(self.switch)}, block_seconds=0.05)
        assert [ears.classifier.card.name for ears in session.informed][:1] == ["other"]
        assert {"loading other ...", "model other", "loading tiny ..."} <= set(session.answers)

    def test_one_that_cannot_be_used_is_told_and_passed_over(
        self, folder: Path, song: Path
    ) -> None:
        session = begin(folder, song, models=("tiny", "broken", "other"))
        press = wait_and(self.switch)
        session.run({4: press, 5: press, 6: press, 12: press, 13: press, 14: press})
        assert any("broken.onnx: not a usable ONNX file" in words for words in session.answers)
        assert [event["model"] for event in session.events][:1] == ["other"]

    def test_alone_it_has_no_turns(self, folder: Path, song: Path) -> None:
        session = self.run(folder, song, "tiny")
        assert session.answers == ["there is no other model"]
        assert session.events == []

    def test_one_on_its_way_is_awaited_at_the_end(self, folder: Path) -> None:
        """Else the program aborts: a thread that it ends meanwhile is in the midst of C++."""
        loaded = threading.Event()

        def load_slowly(name: str) -> Ears:
            time.sleep(0.5)
            ears = load(folder, name)
            loaded.set()
            return ears

        names = ("tiny", "other")
        session = begin(folder, "noise:pink", models=names, load_next=load_slowly)

        def switch_and_quit(controls: Controls) -> None:
            controls.next_model()
            threading.Timer(0.1, controls.quit).start()

        session.run({3: switch_and_quit})
        assert loaded.is_set()

    def test_move_and_model_at_once(self, folder: Path, song: Path) -> None:
        session = begin(folder, song, models=("tiny", "other"))
        session.run(
            {
                9: wait_and(lambda controls: controls.next_model()),
                10: wait_and(lambda controls: controls.seek(-3.0)),
            }
        )
        assert {event["type"] for event in session.events} == {"seek", "model"}
        last = session.events[-1]
        position = next(found for found in session.events if found["type"] == "seek")["position"]
        expected = replayed(folder, song, position, "other")
        assert largest_difference(expected, session.between(last["time"])) <= TOLERANCE


def test_marks_are_in_the_log(folder: Path, song: Path) -> None:
    session = begin(folder, song)
    session.run({6: lambda controls: controls.mark(3.25)})
    assert session.events == [{"type": "mark", "time": 3.25}]
    assert session.events[0] in session.log.lines


def test_corrections_are_kept_and_in_the_log(folder: Path, song: Path, tmp_path: Path) -> None:
    session = begin(folder, song, corrections=tmp_path / "corrections")
    session.run({9: lambda controls: controls.correct("quiet")})
    (kept,) = read_corrections(tmp_path / "corrections")
    assert isinstance(kept, Correction)
    assert (kept.label, kept.answered, kept.model) == ("quiet", "loud", "tiny")
    assert kept.time == session.decisions[8].time
    assert session.events == [{"type": "correction", "time": kept.time, "label": "quiet"}]
    assert session.answers == ["kept as quiet, 1 in this session"]


def test_silence_is_not_kept_as_anything(folder: Path, tmp_path: Path) -> None:
    session = begin(folder, "silence", duration_seconds=5.0, corrections=tmp_path / "corrections")
    session.run({3: lambda controls: controls.correct("quiet")})
    assert session.answers == ["silence: nothing to correct"]
    assert not (tmp_path / "corrections").exists()


def test_correction_that_cannot_be_kept_is_told_and_nothing_ends(folder: Path, song: Path) -> None:
    session = begin(folder, song)
    session.run({9: lambda controls: controls.correct("quiet")})
    assert "give --corrections another place" in session.answers[0]
    assert session.events == []
    assert session.end["reason"] == "end"


def test_quit_ends_the_session(folder: Path) -> None:
    session = begin(folder, "noise:pink")
    session.run({3: lambda controls: controls.quit()})
    assert session.end["reason"] == "quit"
    assert len(session.decisions) == 3


def test_replay_has_no_device(folder: Path, song: Path) -> None:
    session = begin(folder, song)
    assert session.control.devices() == "replay: no device"
    assert session.control.open_device("any") == "there is no input any"
    session.run({})


def test_any_requests_from_another_thread_leave_time_growing_and_the_log_whole(
    folder: Path, tmp_path: Path
) -> None:
    session = begin(
        folder,
        "sweep",
        corrections=tmp_path / "corrections",
        models=("tiny", "other"),
        speed=8.0,
        loop=True,
        duration_seconds=60.0,
    )
    random = np.random.default_rng(0)
    over = threading.Event()
    asked: list[int] = []

    def press_keys() -> None:
        control = session.control
        keys: list[Callable[[], object]] = [
            lambda: control.seek(-5.0),
            lambda: control.seek(5.0),
            lambda: control.change_speed(faster=True),
            control.next_model,
            lambda: control.mark(1.0),
            lambda: control.correct("loud"),
            control.why,
        ]
        while not over.wait(0.1):
            choice = int(random.integers(len(keys)))
            keys[choice]()
            asked.append(choice)

    person = threading.Thread(target=press_keys)
    person.start()
    try:
        session.run({})
    finally:
        over.set()
        person.join()
    times = [found.time for found in session.decisions]
    assert times == sorted(set(times))
    kinds = [event["type"] for event in session.events]
    assert {"seek", "model", "mark", "correction"} <= set(kinds)
    assert abs(kinds.count("mark") - asked.count(4)) <= 5
    assert session.end["seconds"] == 60.0


class TestInputs:
    def test_a_list_comes_from_behind_the_scenes_and_is_found_anew_each_time(self) -> None:
        go_on = threading.Event()
        lists = iter([[device("line in")], [device("line in"), device("desk")]])

        def survey() -> list[InputDevice]:
            go_on.wait()
            return next(lists)

        inputs = Inputs(survey)
        began = time.monotonic()
        assert inputs.choices(None) == "looking for inputs ..."
        assert inputs.choices(None) == "looking for inputs ..."
        assert time.monotonic() - began < 0.1
        go_on.set()
        assert names(inputs) == ["line in"]
        assert names(inputs) == ["line in", "desk"]
        assert inputs.device("desk") == device("desk")
        assert inputs.device("attic") is None

    def test_equal_names_are_told_apart_and_the_current_one_is_marked(self) -> None:
        pair = [device("mic"), device("mic", "PulseAudio", "alsa_input.mic"), device("desk")]
        inputs = Inputs(lambda: pair)
        found = listed(inputs, replace(pair[1], index=9))
        assert [(choice.name, choice.is_current) for choice in found] == [
            ("mic (ALSA)", False),
            ("mic (alsa_input.mic)", True),
            ("desk", False),
        ]
        assert found[0].detail == "ALSA, 2 in, 48 kHz"
        assert inputs.device("mic (alsa_input.mic)") == pair[1]

    def test_one_that_only_this_program_can_see_is_listed_too(self) -> None:
        inputs = Inputs(lambda: [device("desk")])
        found = listed(inputs, device("held by us"))
        assert [(choice.name, choice.is_current) for choice in found] == [
            ("held by us", True),
            ("desk", False),
        ]

    def test_trouble_is_told_and_tried_again_only_later(self) -> None:
        calls: list[int] = []

        def survey() -> list[InputDevice]:
            calls.append(0)
            return no_inputs()

        inputs = Inputs(survey)
        inputs.choices(None)
        wait_until(lambda: inputs.choices(None) == "the sound system does not answer")
        for _ in range(20):
            assert inputs.choices(None) == "the sound system does not answer"
        assert len(calls) == 1

    def test_none_at_all(self) -> None:
        inputs = Inputs(list)
        inputs.choices(None)
        wait_until(lambda: inputs.choices(None) == "no input was found; connect one")


def device(name: str, host_api: str = "ALSA", source: str | None = None) -> InputDevice:
    return InputDevice(0, name, host_api, 2, 48_000, is_default=False, pulse_source=source)


def listed(inputs: Inputs, current: InputDevice | None = None) -> Sequence[Choice]:
    end = time.monotonic() + 20.0
    while isinstance(found := inputs.choices(current), str):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


def names(inputs: Inputs) -> list[str]:
    return [choice.name for choice in listed(inputs)]


@pytest.fixture
def listening(
    folder: Path, tmp_path: Path, virtual_microphone: VirtualMicrophone, two_inputs: None
) -> Session:
    source = Microphone(f"{SINK}.monitor")
    tap, ears, log = Tap(source), load(folder, "tiny"), Log()
    models = Models(["tiny", "other"], lambda name: load(folder, name))
    control = Control(
        tap,
        source,
        ears,
        models=models,
        inputs=Inputs(survey_inputs),
        corrections=Corrections(tmp_path / "corrections"),
        sinks=[log],
    )
    return Session(control, tap, ears, log)


@pytest.mark.device
def test_another_input_and_another_model_while_listening(listening: Session) -> None:
    control = listening.control

    def person() -> None:
        wait_until(lambda: len(listening.decisions) >= 8)
        while isinstance(found := control.devices(), str):
            time.sleep(0.05)
        control.open_device(next(one.name for one in found if OTHER in one.name.lower()))
        count = len(listening.decisions)
        wait_until(lambda: any(found.lost for found in listening.decisions))
        wait_until(lambda: len(listening.decisions) >= count + 8)
        control.next_model()
        wait_until(lambda: "hard" in listening.decisions[-1].posterior)
        control.quit()

    keyboard = threading.Thread(target=person)
    keyboard.start()
    listening.run({})
    keyboard.join()
    changes = [line for line in listening.log.lines if line["type"] == "device"]
    assert [(line["state"], line["device"]) for line in changes[-2:]] == [
        ("reconnecting", f"Monitor of {OTHER}"),
        ("live", f"Monitor of {OTHER}"),
    ]
    swapped = next(place for place, found in enumerate(listening.decisions) if found.lost)
    assert listening.decisions[swapped].early
    levels = [found.level_dbfs for found in listening.decisions]
    np.testing.assert_allclose(levels[swapped - 3 : swapped], 20 * math.log10(0.5), atol=0.5)
    np.testing.assert_allclose(levels[swapped : swapped + 3], 20 * math.log10(0.25), atol=0.5)
    assert [ears.classifier.card.name for ears in listening.informed] == ["tiny", "other"]
    assert listening.end["reason"] == "quit"
    times = [found.time for found in listening.decisions]
    assert times == sorted(set(times))
