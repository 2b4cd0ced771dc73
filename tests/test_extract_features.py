"""From folders of music to a table, whatever happens on the way."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from livegenre.features.statistics import STATISTICS_FEATURES
from tests.conftest import ROOT
from tests.genre_folders import write_genres
from tools.extract_features import main

TABLES = ROOT.parent / "shared" / "data" / "gtzan_features"


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_genres(tmp_path_factory.mktemp("music") / "genres", tracks=1)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def extract(music: Path, out: Path, *words: str) -> int:
    return main([str(music), "-o", str(out), "--jobs", "1", *words])


def test_table_has_a_row_for_each_recording_as_librosa_computes_it(
    music: Path, tmp_path: Path
) -> None:
    assert extract(music, tmp_path / "table.csv") == 0
    rows = read(tmp_path / "table.csv")
    assert list(rows[0]) == ["filename", "length", *STATISTICS_FEATURES, "label"]
    assert [row["filename"] for row in rows] == sorted(row["filename"] for row in rows)
    assert len(rows) == 6
    row = rows[0]
    assert row["label"] == "classical"
    assert row["filename"] == os.path.join("classical", "Ann", "0.flac")
    sound, rate = soundfile.read(music / row["filename"], dtype="float32")
    samples = librosa.resample(sound, orig_sr=rate, target_sr=22_050, res_type="soxr_hq")
    assert int(row["length"]) == len(samples)
    rolloff = librosa.feature.spectral_rolloff(y=samples, sr=22_050)
    assert float(row["rolloff_mean"]) == pytest.approx(rolloff.mean(), rel=1e-4)
    assert float(row["rolloff_var"]) == pytest.approx(rolloff.var(), rel=1e-3)


def test_gtzan_layout_has_the_published_columns(music: Path, tmp_path: Path) -> None:
    for path in sorted(music.rglob("*.flac")):  # the published names have no folders
        copy = tmp_path / path.relative_to(music).parts[0] / f"{path.parts[-3]}.{path.name}"
        copy.parent.mkdir(exist_ok=True)
        copy.symlink_to(path)
    assert extract(tmp_path, tmp_path / "table.csv", "--layout", "gtzan", "--segment", "1.5") == 0
    rows = read(tmp_path / "table.csv")
    columns = list(rows[0])
    assert len(columns) == 60
    assert columns[:4] == ["filename", "length", "chroma_stft_mean", "chroma_stft_var"]
    assert columns[14:20] == [
        "harmony_mean",
        "harmony_var",
        "perceptr_mean",
        "perceptr_var",
        "tempo",
        "mfcc1_mean",
    ]
    assert columns[-2:] == ["mfcc20_var", "label"]
    assert len(rows) == 12
    assert rows[1]["filename"] == "classical.0.1.flac"


def test_parquet_holds_the_same_numbers(music: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert extract(music, tmp_path / "table.csv") == 0
    assert extract(music, tmp_path / "table.parquet") == 0
    table = parquet.read_table(tmp_path / "table.parquet").to_pylist()
    rows = read(tmp_path / "table.csv")
    assert [row["filename"] for row in table] == [row["filename"] for row in rows]
    assert [row["rms_mean"] for row in table] == [float(row["rms_mean"]) for row in rows]
    assert not list(tmp_path.glob("*.unfinished"))


def test_what_the_table_has_is_not_read_again(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "table.csv"
    assert extract(music, out) == 0
    before = out.read_bytes()
    lines = before.splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:-2]) + lines[-1][:40])  # two are missing, one is cut off
    assert extract(music, out) == 0
    assert out.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="processes are killed otherwise there")
def test_run_that_was_killed_goes_on(music: Path, tmp_path: Path) -> None:
    out, unfinished = tmp_path / "table.csv", tmp_path / "table.csv.unfinished"
    words = [str(music), "-o", str(out), "--layout", "plain", "--jobs", "1"]
    command = [sys.executable, str(ROOT / "tools" / "extract_features.py"), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as run:
        while not unfinished.exists() or unfinished.read_bytes().count(b"\n") < 2:
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    assert not out.exists()
    kept = unfinished.read_text().splitlines()[1].split(",")[0]
    assert extract(music, out) == 0
    rows = read(out)
    assert len(rows) == 6
    assert kept in {row["filename"] for row in rows}
    assert not unfinished.exists()


def test_bad_files_are_a_line_each_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    music = write_genres(tmp_path / "genres", tracks=1)
    (music / "metal" / "broken.mp3").write_bytes(b"no sound")
    soundfile.write(music / "metal" / "short.wav", np.zeros(100), 22_050)
    assert extract(music, tmp_path / "table.csv") == 0
    err = capsys.readouterr().err
    assert err.count("left out: ") == 2
    assert "short.wav: its 0.0 s are too short" in err
    assert len(read(tmp_path / "table.csv")) == 6


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("table.txt", None, "must end in .csv or .parquet"),
        ("table.csv", "a,b\n1,2\n", "has other columns"),
        ("table.csv", b"\xff\xfe\x00", "is no table"),
        ("no/table.csv", None, "No such file or directory"),
    ],
)
def test_place_that_cannot_be_is_one_line_and_nothing_is_lost(
    music: Path,
    tmp_path: Path,
    name: str,
    content: str | bytes | None,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / name
    if content is not None:
        out.write_bytes(content.encode() if isinstance(content, str) else content)
        before = out.read_bytes()
    assert extract(music, out) == 1
    assert complaint in capsys.readouterr().err
    if content is not None:
        assert out.read_bytes() == before


@pytest.mark.music
@pytest.mark.slow
def test_published_table_is_reproduced_feature_by_feature(
    gtzan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (gtzan / "manifest.csv").open(newline="") as file:
        whole = [row for row in csv.DictReader(file) if float(row["seconds"]) > 29][:3]
    for row in whole:
        (tmp_path / row["genre"]).mkdir()
        (tmp_path / row["genre"] / Path(row["path"]).name).symlink_to(gtzan / row["path"])
    words = ["--layout", "gtzan", "--against", str(TABLES / "features_30_sec.csv")]
    assert extract(tmp_path, tmp_path / "table.csv", *words) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(n for n, line in enumerate(lines) if "chroma_stft_mean" in line)
    found = {line.split()[0]: float(line.split()[2]) for line in lines[start : start + 57]}
    assert len(found) == 57
    assert max(found.values()) < 1e-5
