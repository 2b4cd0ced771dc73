"""``livegenre train`` as its user meets it: from folders of music to a model that is used."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import livegenre
from livegenre.classifier import Classifier, model_path
from livegenre.cli import main
from livegenre.sources.ffmpeg import find_ffmpeg
from livegenre.training.comparing import by_window, in_brief
from livegenre.training.dataset import Rows, Track, combine
from tests.conftest import DEMO, ROOT
from tests.genre_folders import write_cut, write_genres


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write two genres of six tracks by three artists each."""
    return write_genres(tmp_path_factory.mktemp("music") / "genres")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def copy(music: Path, tmp_path: Path) -> Path:
    """Return music that may be spoilt."""
    return Path(shutil.copytree(music, tmp_path / "genres"))


def train(music: Path, cache: Path, *words: object) -> int:
    return main(["train", str(music), "--cache", str(cache), "--jobs", "1", *map(str, words)])


@pytest.fixture(scope="module")
def model(music: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "mine.onnx"
    assert train(music, cache, "--out", out, "--licence", "CC0", "--description", "the demo") == 0
    return out


def test_model_names_the_music_it_was_taught(model: Path) -> None:
    named = {
        (10 < decision.time < 22, decision.label)
        for decision in livegenre.replay(str(DEMO), model=str(model))
        if decision.state == "genre" and (10 < decision.time < 22 or 32 < decision.time < 48)
    }
    assert named == {(True, "metal"), (False, "classical")}


def test_card_tells_all_of_it(model: Path) -> None:
    card = Classifier.load(model).card
    assert (card.name, card.labels, card.licence) == ("mine", ("classical", "metal"), "CC0")
    assert card.accuracy is not None
    assert card.accuracy.n == 12
    assert "artist-grouped" in card.accuracy.protocol
    assert card.training_data.startswith("the demo: 12 tracks by 3 artists; above a posterior")
    bundled = Classifier.load(model_path("cnn")).card
    assert card.not_music_threshold == bundled.not_music_threshold
    assert card.tags == bundled.tags


def test_model_shows_its_card_and_verifies(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", str(model)]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "mine"
    words = ["replay", "--model", str(model), "--verify", "--duration", "5"]
    assert main(words) == 0


def test_report_has_interval_genres_and_confusions(
    music: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(music, cache, "--out", tmp_path / "mine.onnx") == 0
    out, err = capsys.readouterr()
    assert "100.0 % [75.8-100.0] of 12 clips, 3-fold artist-grouped" in out
    assert "is \\ named" in out
    assert "of genres named are right" in out
    assert "livegenre listen --model" in out
    assert "genre metal: only 6 tracks; 20 or more are better" in err


def test_json_is_one_object_with_the_warnings(
    music: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(music, cache, "--out", tmp_path / "mine.onnx", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accuracy"]["value"] == 1
    assert told["genres"]["metal"] == {"tracks": 6, "found": 1, "right": 1}
    assert any("only 6 tracks" in warning for warning in told["warnings"])


def test_model_that_is_there_is_kept_unless_it_may_be_replaced(
    music: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.onnx"
    out.write_text("precious")
    assert train(music, cache, "--out", out) == 1
    assert "is there already; --replace it" in capsys.readouterr().err
    assert out.read_text() == "precious"
    assert train(music, cache, "--out", out, "--replace") == 0
    assert Classifier.load(out).card.labels == ("classical", "metal")


@pytest.mark.parametrize(
    ("out", "complaint"),
    [("mine.bin", "must end in .onnx"), ("no/such/mine.onnx", "there is no folder")],
)
def test_place_for_no_model_is_refused_before_anything_is_heard(
    music: Path, tmp_path: Path, out: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(music, tmp_path / "cache", "--out", tmp_path / out) == 1
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "cache").exists()


def test_files_that_cannot_be_heard_are_a_line_each(
    copy: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "metal" / "broken.flac").write_bytes(b"fLaC and nothing else")
    (copy / "metal" / "empty\n🎸.mp3").touch()
    (copy / "metal" / "gone.wav").symlink_to("nowhere.wav")
    write_cut(copy / "metal" / "short.wav", 3.0, seconds=0.4)
    assert train(copy, cache, "--out", tmp_path / "mine.onnx") == 0
    err = capsys.readouterr().err
    lines = [line for line in err.splitlines() if line.startswith("left out: ")]
    assert len(lines) == 4
    assert any("short.wav: is shorter than the shortest window" in line for line in lines)
    assert any("empty?🎸.mp3" in line for line in lines)
    assert any("gone.wav: No such file or directory" in line for line in lines)


def test_too_little_of_a_genre_is_refused_by_name(
    copy: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(copy / "metal" / "Ann")
    assert train(copy, cache, "--out", tmp_path / "mine.onnx") == 1
    assert "genre metal: 4 usable tracks are too few" in capsys.readouterr().err
    shutil.rmtree(copy / "metal")
    assert train(copy, cache, "--out", tmp_path / "mine.onnx") == 1
    assert "two folders at least are needed" in capsys.readouterr().err


@pytest.mark.ffmpeg
def test_music_that_is_there_twice_is_told_and_kept_together(
    copy: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if find_ffmpeg() is None:
        pytest.skip("needs ffmpeg")
    whole = write_cut(copy / "classical" / "Dan" / "whole.flac", 30.0, seconds=18)
    wrong = copy / "metal" / "Eve" / "copy.mp3"
    wrong.parent.mkdir()
    encode = ["-af", "volume=-7dB", "-b:a", "96k", str(wrong)]
    subprocess.run(["ffmpeg", "-v", "error", "-ss", "2", "-i", str(whole), *encode], check=True)
    shutil.copy(copy / "metal" / "Ann" / "0.flac", copy / "metal" / "Ann" / "again.flac")
    assert train(copy, cache, "--out", tmp_path / "mine.onnx") == 0
    err = capsys.readouterr().err
    (same,) = [line for line in err.splitlines() if "is the same file as" in line]
    assert same.endswith(("0.flac: left out", "again.flac: left out"))
    (alike,) = [line for line in err.splitlines() if "sounds the same" in line]
    assert "copy.mp3" in alike
    assert "whole.flac" in alike
    assert "which is right?" in alike


def test_artists_nobody_knows_are_a_warning(
    copy: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in sorted(copy.rglob("*.flac")):
        path.rename(path.parent.parent / path.name)
    assert train(copy, cache, "--out", tmp_path / "mine.onnx") == 0
    err = capsys.readouterr().err
    assert "of 12 of 12 tracks nobody knows the artist" in err
    assert "accuracy is flattered" in err


def test_manifest_names_genres_and_artists(
    music: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        f"{path},{path.parent.parent.name},{path.parent.name}" for path in music.rglob("*.flac")
    ]
    manifest = tmp_path / "music.csv"
    manifest.write_text("\n".join(["path,genre,artist", *rows]))
    assert train(manifest, cache, "--out", tmp_path / "mine.onnx") == 0
    assert "nobody knows" not in capsys.readouterr().err
    assert "by 3 artists" in Classifier.load(tmp_path / "mine.onnx").card.training_data


def test_what_was_heard_is_heard_once(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for expected in ("heard 12 recordings", "heard 0 recordings"):
        assert train(music, tmp_path / "cache", "--out", tmp_path / "m.onnx", "--replace") == 0
        assert expected in capsys.readouterr().err
    for kept in (tmp_path / "cache").iterdir():
        kept.write_bytes(kept.read_bytes()[:-300])  # as a full disk leaves it
    assert train(music, tmp_path / "cache", "--out", tmp_path / "m.onnx", "--replace") == 0
    assert "heard 12 recordings" in capsys.readouterr().err


def test_what_cannot_be_kept_is_told_once_and_nothing_is_lost(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert train(music, tmp_path / "file" / "cache", "--out", tmp_path / "mine.onnx") == 0
    assert capsys.readouterr().err.count("is not kept for another time") == 1


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
def test_interrupted_run_goes_on_from_there(music: Path, tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "mine.onnx"
    words = ["train", str(music), "--cache", str(cache), "--out", str(out), "--jobs", "1"]
    command = [sys.executable, "-m", "livegenre", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as run:
        while not list(cache.glob("*.npz")):
            assert run.poll() is None
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert err.splitlines()[-1].startswith("interrupted; what was heard is kept")
    assert not out.exists()
    again = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "were known" in again.stderr
    assert out.exists()


@pytest.mark.parametrize(
    ("library", "complaint"),
    [("sklearn", "scikit-learn"), ("onnx", "onnx")],
)
def test_missing_library_is_one_line(library: str, complaint: str) -> None:
    program = (
        f"import sys\nsys.modules[{library!r}] = None\n"
        "from livegenre.cli import main\nsys.exit(main(['train', 'anything']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"train: {complaint}" in done.stderr
    assert "pip install 'livegenre[train]'" in done.stderr


def test_comparison_shows_random_splits_beside_the_grouped_one(
    music: Path,
    cache: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.chdir(tmp_path)
    assert train(music, cache, "--compare", "--folds", "2", "--json") == 0
    out, err = capsys.readouterr()
    estimators = json.loads(out)["estimators"]
    assert {"backbone", "ann", "knn", "svm", "forest", "logreg"} <= estimators.keys()
    assert "small-cnn" not in estimators
    assert "small-cnn is left out: it needs PyTorch; pip install torch" in err
    assert "random" in estimators["ann"]["tracks"]["protocol"]
    assert "artist-grouped" in estimators["ann"]["artists"]["protocol"]
    assert not list(tmp_path.glob("*.onnx"))


def test_windows_at_random_take_each_for_a_track() -> None:
    tracks = [Track("a", "x", "ann")] * 3 + [Track("b", "y", "bob")] * 2
    split = by_window(combine(Rows(np.zeros((5, 4), "f4"), tracks), None))
    assert list(split.track) == [0, 1, 2, 3, 4]
    assert list(split.row_genre) == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("estimator", ["logreg", "ann"])
def test_other_estimators_become_models_too(
    music: Path, cache: Path, tmp_path: Path, estimator: str
) -> None:
    out = tmp_path / "mine.onnx"
    assert train(music, cache, "--out", out, "--estimator", estimator, "--folds", "2") == 0
    decisions = livegenre.replay(str(DEMO), model=str(out))
    assert next(each for each in decisions if each.time > 6).posterior["metal"] > 0.5


def test_small_network_is_a_model_without_torch(music: Path, cache: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    out = tmp_path / "mine.onnx"
    assert train(music, cache, "--out", out, "--estimator", "small-cnn", "--folds", "2") == 0
    first = next(livegenre.replay(str(DEMO), model=str(out)))
    assert set(first.posterior) == {"classical", "metal"}


@pytest.mark.music
@pytest.mark.slow
def test_genres_of_gtzan_are_learnt(
    gtzan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.onnx"
    words = ["train", str(gtzan / "manifest.csv"), "--out", str(out), "--json"]
    assert main([*words, "--cache", str(tmp_path / "cache")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accuracy"]["value"] > 0.72
    assert told["calibration_error"] < 0.07


def test_accuracy_in_brief(model: Path) -> None:
    accuracy = Classifier.load(model).card.accuracy
    assert accuracy is not None
    assert in_brief(accuracy) == "100.0 \\[75.8-100.0], 100.0"
