"""One file is heard once, from end to end, in windows that do not overlap."""

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from livegenre.classifier import Classifier, model_path
from livegenre.collection import hearing
from livegenre.collection.hearing import hear, hear_track
from livegenre.collection.windows import windows_apart
from livegenre.errors import FileError, ModelError
from livegenre.features.base import FeatureSpec
from livegenre.sources import ReplayOptions, open_source
from tests.conftest import CLASSIC_SPEC, DEMO
from tests.music_files import task_for, write_sound


def spans(path: Path, spec: FeatureSpec) -> list[tuple[float, float]]:
    with open_source(ReplayOptions(spec=str(path), speed=np.inf)) as source:
        return [(begin, end) for begin, end, _ in windows_apart(source, spec)]


@pytest.mark.parametrize("seconds", [1.2, 2.9, 3.1, 7.0, 10.0])
def test_windows_follow_each_other_to_the_end(tmp_path: Path, seconds: float) -> None:
    found = spans(write_sound(tmp_path / "a.wav", seconds=seconds), CLASSIC_SPEC)
    assert found[0][0] == 0
    assert all(end == begin for (_, end), (begin, _) in pairwise(found))
    assert 0 <= seconds - found[-1][1] < CLASSIC_SPEC.min_seconds


def test_the_last_window_is_as_long_as_what_is_left(tmp_path: Path) -> None:
    found = spans(write_sound(tmp_path / "a.wav", seconds=8.5), CLASSIC_SPEC)
    assert found[-1][1] == pytest.approx(8.5, abs=0.2)


def test_windows_do_not_depend_on_the_rate_of_the_file(tmp_path: Path) -> None:
    one = write_sound(tmp_path / "a.wav", seconds=8.0)
    other = write_sound(tmp_path / "b.wav", seconds=8.0, rate=48_000)
    assert np.allclose(spans(one, CLASSIC_SPEC), spans(other, CLASSIC_SPEC), atol=0.2)


def test_a_loud_file_is_loud_and_a_quiet_one_is_quiet(tmp_path: Path, tiny_model: Path) -> None:
    for level, label in ((0.3, "loud"), (0.01, "quiet")):
        path = write_sound(tmp_path / "a.wav", level, seconds=4.0)
        track = hear(task_for(path, tiny_model)).track
        assert (track.state, track.label) == ("genre", label)
        assert track.posterior[label] > 0.9
        assert track.seconds == pytest.approx(4.0, abs=0.2)


def test_a_silent_file_is_silence_and_no_model_runs(tmp_path: Path, tiny_model: Path) -> None:
    track = hear(task_for(write_sound(tmp_path / "a.wav", 0.0), tiny_model)).track
    assert (track.state, track.label, track.posterior) == ("silence", None, {})
    assert track.shares == {"silence": 1.0}


def test_a_change_within_a_track_is_told_with_its_time(tmp_path: Path, tiny_model: Path) -> None:
    import soundfile

    noise = np.random.default_rng(1).uniform(-1, 1, 40 * 22_050)
    noise[: 20 * 22_050] *= 0.01
    soundfile.write(tmp_path / "a.wav", noise, 22_050)
    turns = hear(task_for(tmp_path / "a.wav", tiny_model)).track.turns
    assert [turn.answer for turn in turns] == ["quiet", "loud"]
    assert turns[1].time == pytest.approx(20, abs=3.1)


def test_the_demo_is_metal_and_then_classical() -> None:
    track = hear_track("demo", Classifier.load(model_path("cnn")))
    assert [turn.answer for turn in track.turns][:2] == ["metal", "classical"]
    assert track.turns[1].time == pytest.approx(24, abs=3.1)
    assert sum(track.posterior.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("name", ["tags", "classic"])
def test_any_model_will_do(name: str) -> None:
    classifier = Classifier.load(model_path(name))
    track = hear_track(str(DEMO), classifier)
    assert set(track.posterior) == set(classifier.card.labels)
    assert sum(track.shares.values()) == pytest.approx(1, abs=1e-6)


def test_what_is_no_music_has_no_genre(tmp_path: Path, make_model: Callable[..., Path]) -> None:
    model = make_model(not_music_threshold=0.5, others={"not_music": [3.0]})
    track = hear(task_for(write_sound(tmp_path / "a.wav", seconds=4.0), model)).track
    assert (track.state, track.label) == ("not_music", None)
    assert track.posterior["loud"] > 0.9, "what it would be is still told"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"hello", "is it a sound file?"), (b"RIFF", "")],
    ids=["empty", "text", "head"],
)
def test_a_broken_file_is_an_error_without_its_path(
    tmp_path: Path, tiny_model: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        hear(task_for(path, tiny_model))
    assert said in str(caught.value)
    assert not str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_cut_short_or_too_short_is_an_error(
    tmp_path: Path, tiny_model: Path
) -> None:
    whole = write_sound(tmp_path / "whole.wav", seconds=4.0).read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="damaged or cut short"):
        hear(task_for(tmp_path / "cut.wav", tiny_model))
    short = write_sound(tmp_path / "short.wav", seconds=0.5)
    with pytest.raises(FileError, match=r"^is too short: the model needs 1.00 s"):
        hear(task_for(short, tiny_model))


def test_a_file_that_is_gone_is_an_error(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(FileError, match=r"^No such file or directory; check"):
        hear(task_for(tmp_path / "gone.wav", tiny_model))


def test_a_file_that_changes_while_it_is_heard_is_not_believed(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sound(tmp_path / "a.wav")

    def heard_and_changed(path: str, classifier: Classifier) -> object:
        track = hear_track(path, classifier)
        os.truncate(path, 100)
        return track

    monkeypatch.setattr(hearing, "hear_track", heard_and_changed)
    with pytest.raises(FileError, match="was changed while it was heard"):
        hear(task_for(path, tiny_model))


def test_another_model_than_where_the_run_was_started_is_refused(
    tmp_path: Path, tiny_model: Path, make_model: Callable[..., Path]
) -> None:
    task = task_for(write_sound(tmp_path / "a.wav"), tiny_model)
    os.replace(make_model(version="2"), tiny_model)
    with pytest.raises(ModelError, match="another one is here"):
        hear(task)
