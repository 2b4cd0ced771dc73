"""Which model hears which clip, so that none is heard by one that knows its artist."""

from collections.abc import Callable
from pathlib import Path

import pytest

from livegenre.errors import ModelError
from livegenre.training.dataset import DataError
from tests.evaluation_clips import write_csv
from tools.evaluation.clips import Clip
from tools.evaluation.subject import fold_models, one_model

ROWS = [
    {"fold": 0, "set": "one", "id": "a", "artist": "Ann"},
    {"fold": 1, "set": "one", "id": "b", "artist": "Bob"},
    {"fold": 1, "set": "two", "id": "a", "artist": ""},
]


def clip(set_: str, id_: str, by: str = "") -> Clip:
    return Clip(Path(f"{set_}/{id_}.wav"), "loud", set_, id_, by)


@pytest.fixture
def folds(make_model: Callable[..., Path], tmp_path: Path) -> Path:
    """Return a folder of two models that differ in name alone."""
    folder = tmp_path / "folds"
    folder.mkdir()
    for number in (0, 1):
        make_model(name=f"fold {number}").rename(folder / f"fold-{number}.onnx")
    write_csv(folder / "folds.csv", ROWS)
    return folder


def test_each_clip_is_heard_by_the_model_that_did_not_hear_it(folds: Path) -> None:
    subject = fold_models(folds)
    assert subject.by_folds
    heard_by = {
        (c.set, c.id): subject.file_for(c).name
        for c in (clip("one", "a", "Ann"), clip("one", "b", "Bob"), clip("two", "a"))
    }
    assert heard_by == {
        ("one", "a"): "fold-0.onnx",
        ("one", "b"): "fold-1.onnx",
        ("two", "a"): "fold-1.onnx",
    }


def test_clip_in_no_fold_is_heard_by_the_first_model(folds: Path) -> None:
    subject = fold_models(folds)
    stranger = clip("three", "x", "Cleo")
    subject.check([stranger])
    assert not subject.is_in_fold(stranger)
    assert subject.file_for(stranger).name == "fold-0.onnx"


def test_clip_in_no_fold_whose_artist_is_in_one_is_refused(folds: Path) -> None:
    with pytest.raises(DataError, match=r"three/x\.wav: is in no fold .* others by bob are"):
        fold_models(folds).check([clip("one", "b", "Bob"), clip("three", "x", "bob")])


def test_one_model_hears_all(tiny_model: Path) -> None:
    subject = one_model(str(tiny_model))
    subject.check([clip("one", "a", "Ann")])
    assert not subject.by_folds
    assert subject.file_for(clip("one", "a", "Ann")) == tiny_model


def test_fold_without_a_model_is_refused(folds: Path) -> None:
    write_csv(folds / "folds.csv", [*ROWS, {"fold": 2, "set": "one", "id": "c", "artist": ""}])
    with pytest.raises(ModelError, match=r"fold-2\.onnx: no such file"):
        fold_models(folds)


def test_fold_that_is_no_number_is_refused(folds: Path) -> None:
    write_csv(folds / "folds.csv", [{"fold": "x", "set": "one", "id": "c"}])
    with pytest.raises(DataError, match=r"folds\.csv: fold 'x' is no number"):
        fold_models(folds)


def test_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"folds\.csv: No such file"):
        fold_models(tmp_path)


def test_models_of_other_labels_are_refused(folds: Path, make_model: Callable[..., Path]) -> None:
    make_model(labels=("low", "high")).rename(folds / "fold-1.onnx")
    with pytest.raises(ModelError, match=r"fold-1\.onnx: its labels are not those of fold-0"):
        fold_models(folds)


def test_artist_in_two_folds_is_refused(folds: Path) -> None:
    write_csv(folds / "folds.csv", [*ROWS, {"fold": 0, "set": "two", "id": "c", "artist": "Bob"}])
    with pytest.raises(DataError, match=r"folds\.csv: Bob is in more than one fold"):
        fold_models(folds)


def test_clip_in_two_folds_is_refused(folds: Path) -> None:
    write_csv(folds / "folds.csv", [*ROWS, {"fold": 0, "set": "two", "id": "a", "artist": ""}])
    with pytest.raises(DataError, match=r"folds\.csv: a is in more than one fold"):
        fold_models(folds)
