"""What was heard once is remembered, by all that it depends on, and by however many processes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from livegenre.errors import SourceError
from tests.evaluation_clips import decision, heard, write_noise
from tools.evaluation.answers import Heard
from tools.evaluation.clips import Clip
from tools.evaluation.hearing import Hearer, Setting, Task, hearers
from tools.evaluation.store import Store


def never() -> Heard:
    raise AssertionError("it was remembered")


def timeless(found: Heard | SourceError) -> Heard:
    """Return what was heard without what hearing it cost."""
    assert isinstance(found, Heard)
    return replace(found, decisions=tuple(replace(d, compute_seconds=0.0) for d in found.decisions))


def hear_all(tasks: list[Task], setting: Setting, jobs: int) -> list[Heard | SourceError]:
    with hearers(setting, jobs) as hear:
        return list(hear(tasks))


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    for name, level in (("quiet", 0.02), ("loud", 0.25)):
        write_noise(tmp_path / f"{name}.wav", level, 2.0)
    return [Clip(tmp_path / f"{name}.wav", name) for name in ("quiet", "loud")]


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path / "kept", seed=0)


def test_store_returns_all_that_was_heard(tmp_path: Path) -> None:
    clip = heard("blues", decision(1, None, "silence"), decision(2, 0.9, "genre"), seconds=2.5)
    store = Store(tmp_path / "kept")
    assert store.remember(("a", "b"), "blues", lambda: clip) is clip
    assert Store(tmp_path / "kept").remember(("a", "b"), "blues", never) == clip
    with pytest.raises(AssertionError, match="it was remembered"):
        store.remember(("a", "c"), "blues", never)


def test_label_may_change_without_hearing_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    clip = store.remember(("a",), "blues", lambda: heard("blues", decision(1, 0.5)))
    assert store.remember(("a",), "jazz", never) == replace(clip, label="jazz")


def test_processes_hear_the_same_in_the_same_order(
    tiny_model: Path, clips: list[Clip], setting: Setting, tmp_path: Path
) -> None:
    tasks = [Task(clip, tiny_model, name) for name in (None, "noise_5db") for clip in clips]
    alone = hear_all(tasks, setting, 1)
    two = hear_all(tasks, replace(setting, cache=tmp_path / "other"), 2)
    assert [timeless(found) for found in alone] == [timeless(found) for found in two]
    assert [found.label for found in map(timeless, alone)] == ["quiet", "loud"] * 2
    assert hear_all(tasks, setting, 2) == alone


@pytest.mark.parametrize("what", ["model", "clip", "condition", "seed"])
def test_change_is_heard_anew(
    what: str,
    tiny_model: Path,
    make_model: Callable[..., Path],
    clips: list[Clip],
    setting: Setting,
) -> None:
    task = Task(clips[1], tiny_model, "noise_5db")
    before = Hearer(setting).hear(task)
    if what == "model":
        task = replace(task, model=make_model(temperature=9.0))
    if what == "clip":
        write_noise(clips[1].path, 0.2, 2.0)
    if what == "condition":
        task = replace(task, condition="noise_10db")
    if what == "seed":
        setting = replace(setting, seed=1)
    # In a process of its own: that a file's digest is read once is no part of this.
    (after,) = hear_all([task], setting, 2)
    assert timeless(after) != timeless(before)


def test_clip_that_cannot_be_heard_is_an_error_and_not_remembered(
    tiny_model: Path, clips: list[Clip], setting: Setting
) -> None:
    clips[0].path.write_bytes(b"this is no sound")
    for jobs in (1, 2):
        first, second = hear_all([Task(c, tiny_model) for c in clips], setting, jobs)
        assert isinstance(first, SourceError)
        assert "quiet.wav" in str(first)
        assert isinstance(second, Heard)
    assert len(list(setting.cache.iterdir())) == 1


def test_talk_takes_one_of_the_voices(
    tiny_model: Path, clips: list[Clip], setting: Setting
) -> None:
    task = Task(clips[0], tiny_model, "talk")
    found = Hearer(replace(setting, voices=(clips[1].path,))).hear(task)
    assert timeless(found) != timeless(Hearer(setting).hear(replace(task, condition=None)))
