"""From labelled sound to a model file: the tool as its user meets it."""

import csv
import math
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from livegenre.classifier import Classifier
from livegenre.corrections import Corrections
from livegenre.decision import Decision
from livegenre.features import create_extractor
from livegenre.features.statistics import STATISTICS_FEATURES
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import windows
from livegenre.training.installation import GOLDEN_SIGNALS, golden_features
from tests.conftest import CARD, ROOT
from tools.export_onnx import main

SAMPLE_RATE = 22_050
KINDS = ("hiss", "hum", "clicks")
QUICK = ("--folds", "2", "--repeats", "1")


def sound(kind: str, rng: np.random.Generator) -> NDArray[np.floating]:
    """Return 1.6 s of one of three kinds of sound that no classifier could confuse."""
    time = np.arange(round(1.6 * SAMPLE_RATE)) / SAMPLE_RATE
    if kind == "hiss":
        return 0.1 * rng.standard_normal(len(time))
    if kind == "hum":
        return 0.3 * np.sin(2 * np.pi * rng.uniform(100, 300) * time)
    return 0.8 * (np.arange(len(time)) % rng.integers(2000, 4000) < 5)


def write_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    rows = list(rows)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write four clips by two artists of each kind, and a manifest."""
    folder = tmp_path_factory.mktemp("music")
    rng = np.random.default_rng(0)
    rows = []
    for kind in KINDS:
        for number in range(4):
            path = folder / f"{kind}{number}.wav"
            soundfile.write(path, sound(kind, rng), SAMPLE_RATE)
            rows.append({"path": path.name, "genre": kind, "artist": f"{kind}{number % 2}"})
    return write_csv(folder / "manifest.csv", rows)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write a table in the published layout: 12 tracks of three genres, three rows each."""
    rng = np.random.default_rng(0)
    rows = []
    for genre in range(3):
        for number in range(4):
            for part in range(3):
                values = np.exp(rng.normal(genre, 0.3, len(STATISTICS_FEATURES)))
                rows.append(
                    dict(zip(STATISTICS_FEATURES, values, strict=True))
                    | {"filename": f"{KINDS[genre]}.{number:05}.{part}.wav", "label": KINDS[genre]}
                    | {"tempo": 120, "length": 220500}
                )
    return write_csv(tmp_path / "table.csv", rows)


@pytest.fixture
def train(tmp_path: Path, music: Path) -> list[str]:
    """Return the arguments that train on the made-up music."""
    cache = music.parent / "cache"
    out = tmp_path / "model.onnx"
    return ["--manifest", str(music), "--cache", str(cache), "--out", str(out), *QUICK]


def out_of(arguments: list[str]) -> Path:
    return Path(arguments[arguments.index("--out") + 1])


@pytest.mark.parametrize("estimator", ["logreg", "svm", "mlp", "knn", "forest"])
def test_every_estimator_becomes_a_model_that_knows_the_sounds(
    train: list[str], music: Path, estimator: str
) -> None:
    assert main([*train, "--estimator", estimator]) == 0
    classifier = Classifier.load(out_of(train))
    assert classifier.card.labels == tuple(sorted(KINDS))
    golden = classifier.judge(golden_features(classifier.card.features)).posterior
    heard = dict(zip(GOLDEN_SIGNALS, golden.argmax(axis=1), strict=True))
    assert classifier.card.labels[heard["tone:220"]] == "hum"


def test_card_says_what_was_measured_and_how(train: list[str]) -> None:
    told = ["--name", "toy", "--version", "7", "--licence", "CC0", "--description", "made up"]
    assert main([*train, *told]) == 0
    card = Classifier.load(out_of(train)).card
    assert (card.name, card.version, card.licence) == ("toy", "7", "CC0")
    assert card.accuracy is not None
    assert card.accuracy.n == 12
    assert card.accuracy.unit == "clips"
    assert card.accuracy.low < card.accuracy.value <= card.accuracy.high
    assert card.accuracy.protocol == "2-fold artist-grouped cross-validation x 1"
    assert "12 tracks by 6 artists" in card.training_data
    assert card.features.window_seconds == pytest.approx(3, abs=0.02)
    assert set(card.golden) == set(GOLDEN_SIGNALS)
    assert len(card.typical) == len(STATISTICS_FEATURES)
    assert all(math.isfinite(value) for value in card.typical)
    assert {"scikit-learn", "skl2onnx", "livegenre"} <= set(card.library_versions)


def test_same_seed_gives_the_same_file(train: list[str]) -> None:
    contents = []
    for _ in range(2):
        assert main([*train, "--estimator", "mlp", "--seed", "3"]) == 0
        contents.append(out_of(train).read_bytes())
    assert contents[0] == contents[1]


def test_second_run_reads_the_cache(train: list[str], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fresh = [*train, "--cache", str(cache)]
    assert main(fresh) == 0
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(kept) == 12
    assert main(fresh) == 0
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept
    assert main([*fresh, "--step", "0.25"]) == 0
    assert len(list(cache.iterdir())) == 24


def test_table_alone_trains_a_model_and_warns_of_missing_artists(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model.onnx"
    assert main(["--table", str(table), "--out", str(out), *QUICK]) == 0
    card = Classifier.load(out).card
    assert card.accuracy is not None
    assert card.accuracy.n == 12
    assert "no artists are known" in capsys.readouterr().err


def test_test_split_is_never_trained_on_and_gives_the_accuracy(
    train: list[str], music: Path
) -> None:
    rows = read_csv(music)
    for row in rows:
        row["split"] = "test" if "3" in row["path"] else "train"
    manifest = write_csv(music.parent / "split.csv", rows)
    assert main([*train, "--manifest", str(manifest)]) == 0
    card = Classifier.load(out_of(train)).card
    assert card.accuracy is not None
    assert (card.accuracy.n, card.accuracy.protocol) == (3, "test split")
    assert "9 tracks by" in card.training_data


def test_compare_prints_both_protocols_and_writes_nothing(
    train: list[str],
    table: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--table", str(table), *QUICK, "--compare"]) == 0
    printed = capsys.readouterr().out
    for expected in ("logreg", "svm", "mlp", "knn", "forest", "random split", "artist-grouped"):
        assert expected in printed
    assert not out_of(train).exists()


def test_unreadable_recording_is_named_and_left_out(
    train: list[str], music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (music.parent / "torn.wav").write_text("this is no sound")
    rows = [*read_csv(music), {"path": "torn.wav", "genre": "hum", "artist": "x"}]
    rows.append({"path": "gone.wav", "genre": "hum", "artist": "x"})
    manifest = write_csv(music.parent / "torn.csv", rows)
    assert main([*train, "--manifest", str(manifest)]) == 0
    said = capsys.readouterr().err
    assert "torn.wav" in said
    assert "gone.wav" in said
    assert "left out 2 of 14 recordings" in said


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([{"path": "a.wav", "style": "x"}], "no column genre"),
        ([{"path": "a.wav", "genre": ""}], "row 1 has no genre"),
        ([{"path": "a.wav", "genre": "x"}], "none of 1 recordings"),
        ([{"path": "hum0.wav", "genre": "x"}], "only one genre"),
        (
            [{"path": "hum0.wav", "genre": "x"}, {"path": "hiss0.wav", "genre": "y"}],
            "two artists are needed",
        ),
        ([{"path": "hum0.wav", "genre": "x", "split": "exam"}], "split 'exam' is none of"),
    ],
)
def test_bad_manifest_is_one_clear_line(
    train: list[str],
    music: Path,
    rows: list[dict[str, str]],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = write_csv(music.parent / "bad.csv", rows)
    assert main([*train, "--manifest", str(manifest)]) == 1
    last_line = capsys.readouterr().err.splitlines()[-1]
    assert complaint in last_line
    assert not out_of(train).exists()


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [("rms_var", "loud", "'loud' is no value"), ("rms_var", "-1", "'-1'"), ("label", "", "label")],
)
def test_bad_table_is_one_clear_line(
    table: Path,
    tmp_path: Path,
    column: str,
    value: str,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = read_csv(table)
    rows[4][column] = value
    bad = write_csv(tmp_path / "bad.csv", rows)
    assert main(["--table", str(bad), "--out", str(tmp_path / "m.onnx")]) == 1
    said = capsys.readouterr().err
    assert "row 5" in said
    assert complaint in said


def test_more_folds_than_artists_is_one_clear_line(
    train: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*train, "--folds", "7"]) == 1
    assert "6 artists are fewer than 7 folds" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--table", "t.csv"],
        ["--table", "t.csv", "--out", "no/such/folder/m.onnx"],
        ["--table", "t.csv", "--out", "m.onnx", "--estimator", "oracle"],
        ["--table", "t.csv", "--out", "m.onnx", "--window", "0.5"],
        ["--table", "t.csv", "--out", "m.onnx", "--window", "inf"],
        ["--table", "t.csv", "--out", "m.onnx", "--folds", "1"],
        ["--table", "t.csv", "--out", "m.onnx", "--precision", "70"],
    ],
)
def test_wrong_usage_exits_with_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_missing_file_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "gone.csv"
    assert main(["--table", str(missing), "--out", str(tmp_path / "m.onnx")]) == 1
    assert (
        capsys.readouterr().err
        == f"export_onnx: {missing}: No such file or directory; check the path\n"
    )


def test_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    script = ROOT / "tools" / "export_onnx.py"
    done = subprocess.run(
        [sys.executable, script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "examples:" in done.stdout


def correct(path: Path, sound: str, label: str) -> Path:
    """Correct a few windows of a sound, as the live screen does."""
    spec = replace(CARD.features, step_frames=11)
    corrections = Corrections(path)
    with open_source(ReplayOptions(spec=sound, speed=math.inf, duration_seconds=2.0)) as source:
        for time, window in windows(source, create_extractor(spec)):
            decision = Decision(time, "unsure", None, 0.0, {}, {}, True, -20, 0, 0.0, {}, 0.0)
            corrections.keep(CARD, window.features, decision, label)
    return path


def test_what_was_corrected_is_learnt_and_told(
    train: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer() -> str:
        classifier = Classifier.load(out_of(train))
        heard = classifier.judge(golden_features(classifier.card.features)).posterior
        return classifier.card.labels[int(heard[GOLDEN_SIGNALS.index("noise:pink")].argmax())]

    assert main(train) == 0
    assert answer() == "hiss"
    path = correct(tmp_path / "corrections.jsonl", "noise:pink", "hum")
    with path.open("a") as file:
        file.write('{"format": 1, "sess')
    capsys.readouterr()
    assert main([*train, "--add-corrections", str(path)]) == 0
    assert answer() == "hum"
    printed = capsys.readouterr()
    assert "line 5 is left out: it was cut off" in printed.err
    before, after = (line for line in printed.out.splitlines() if " corrections: " in line)
    assert before.startswith("without corrections: ")
    assert after.startswith("with 4 corrections: ")
    for line in (before, after):
        assert " of 12 clips, 2-fold artist-grouped cross-validation x 1; mean over genres" in line
    assert "13 tracks by 7 artists" in Classifier.load(out_of(train)).card.training_data


def test_every_estimator_is_compared_with_what_was_corrected(
    train: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = correct(tmp_path / "corrections.jsonl", "noise:pink", "hum")
    assert main([*train, "--compare", "--add-corrections", str(path)]) == 0
    assert "12 clips" in capsys.readouterr().out


def test_corrections_that_cannot_be_used_are_one_clear_line(
    train: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone.jsonl"
    polka = correct(tmp_path / "polka.jsonl", "tone:220", "polka")
    for path, complaint in (
        (gone, "No such file or directory; check the path"),
        (polka, "label 'polka' is none of clicks, hiss, hum"),
    ):
        assert main([*train, "--add-corrections", str(path)]) == 1
        last_line = capsys.readouterr().err.splitlines()[-1]
        assert last_line == f"export_onnx: {path}: {complaint}"
    assert not out_of(train).exists()
