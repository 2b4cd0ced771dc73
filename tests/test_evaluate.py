"""The tool as users meet it: whole runs, interrupted runs, and bad input."""

import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT
from tests.evaluation_clips import write_csv, write_noise
from tools.evaluate import main
from tools.musicnn.wheel import FILE_NAME

WHEEL = ROOT / ".cache" / FILE_NAME
TIMEOUT_SECONDS = 60


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Write a quiet clip, a loud one, and one of a genre that the tiny model does not know."""
    for name, level in (("quiet", 0.02), ("loud", 0.25), ("odd", 0.25)):
        write_noise(tmp_path / f"{name}.wav", level)
    rows = [{"path": f"{name}.wav", "genre": name} for name in ("quiet", "loud", "odd")]
    return write_csv(tmp_path / "music.csv", rows)


@pytest.fixture
def others(tmp_path: Path) -> Path:
    write_noise(tmp_path / "talk.wav", 0.25)
    return write_csv(tmp_path / "other.csv", [{"path": "talk.wav", "label": "speech"}])


@pytest.fixture
def command(tiny_model: Path, manifest: Path) -> list[str]:
    """Return the least that a run needs, on the music of ``manifest``."""
    kept, out = manifest.with_name("kept"), manifest.with_name("out.json")
    return [
        *("--model", str(tiny_model), "--manifest", str(manifest)),
        *("--cache", str(kept), "--json", str(out)),
    ]


def measured(command: list[str], *further: str) -> dict[str, Any]:
    """Run and return what is written."""
    assert main([*command, *further]) == 0
    found: dict[str, Any] = json.loads(Path(command[command.index("--json") + 1]).read_text())
    return found


def refusal(command: list[str], capsys: pytest.CaptureFixture[str], *further: str) -> str:
    """Run and return the one line in which that is refused; nothing is written."""
    assert main([*command, *further]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("evaluate: ")
    assert not Path(command[command.index("--json") + 1]).exists()
    return line


def test_whole_run_measures_everything(command: list[str], tiny_model: Path, others: Path) -> None:
    found = measured(command, "--notmusic", str(others), "--conditions", "gain_-30db,talk")
    assert found["model"]["name"] == "tiny"
    digest = hashlib.sha256(tiny_model.read_bytes()).hexdigest()
    assert found["model"]["sha256"] == {"tiny.onnx": digest}
    assert found["n_clips"] == 2
    assert found["clip"]["accuracy"] == found["clip"]["macro"] == found["window"]["accuracy"] == 1
    assert found["clip"]["interval"] == pytest.approx([0.342, 1.0], abs=1e-3)
    assert found["per_genre"]["loud"]["recall"] == found["per_genre"]["loud"]["precision"] == 1
    assert found["abstention"]["precision"] == found["abstention"]["coverage"] == 1
    assert 0.9 < found["time_to_answer_seconds"] < 1.1
    assert found["accuracy_at_seconds"]["3"] == 1
    assert "last at least as long" in found["accuracy_at_seconds_of"]
    assert found["outside"]["clip_named"] == 1
    assert found["not_music"]["called_genre"] == 1
    assert found["not_music"]["by_label"]["speech"]["called_genre"] == 1
    assert found["not_music"]["music_rejected"] == 0
    assert found["not_music"]["music_rejected_by_genre"] == {"loud": 0, "odd": 0, "quiet": 0}
    # 30 dB lower, the loud clip is quiet and the quiet one is silence, which has no answer.
    assert found["conditions"]["gain_-30db"]["macro"] == 0
    assert found["conditions"]["gain_-30db"]["loss"] == 1
    assert found["conditions"]["talk"]["macro"] == 1
    assert 0 <= found["calibration"]["ece"] < 0.5
    assert found["step_cost_ms"] > 0
    assert found["left_out"] == 0


def test_changes_of_music_are_measured(command: list[str], manifest: Path) -> None:
    for name, level in (("quiet", 0.02), ("loud", 0.25)):
        write_noise(manifest.with_name(f"{name}.wav"), level, seconds=11.0)
    page = manifest.with_name("page.html")
    changes = measured(command, "--changes", "5", "--report", str(page))["changes"]
    assert (changes["n"], changes["end_right"], changes["wrong_changes_a_minute"]) == (2, 1, 0)
    assert 0 < changes["seconds_to_right_label"] < 5
    assert "2 times, 10 s of one music followed 10 s of another." in page.read_text()
    assert measured(command)["changes"] is None


def test_what_is_odd_is_said(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert measured(command)["baseline"] is None
    said = capsys.readouterr().err
    assert "1 clips are of odd, which the model does not know" in said
    assert "no baseline: loud has 1 clips by 1 artists, too few for 5 folds" in said


def test_only_one_genre_is_measured_and_said(
    command: list[str], manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(manifest, [{"path": "loud.wav", "genre": "loud"}])
    assert measured(command)["clip"]["macro"] == 1
    assert "loud is the only genre here" in capsys.readouterr().err


def test_broken_clip_is_a_line_and_counted_once(
    command: list[str], manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest.with_name("loud.wav").write_bytes(b"this is no sound")
    found = measured(command, "--conditions", "telephone")
    assert (found["n_clips"], found["left_out"]) == (1, 1)
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if line.startswith("left out:")]) == 1
    assert "loud.wav" in "".join(lines)


@pytest.mark.parametrize(
    "spread",
    [
        pytest.param(["--jobs", "2"], id="processes"),
        pytest.param(["--jobs", "2", "--scheduler", "local"], id="dask", marks=pytest.mark.slow),
    ],
)
def test_however_spread_it_measures_the_same(
    spread: list[str], command: list[str], others: Path, tmp_path: Path
) -> None:
    further = ["--notmusic", str(others), "--conditions", "noise_5db,talk"]
    one = measured(command, *further)
    two = measured(command, *further, *spread, "--cache", str(tmp_path / "other"))
    one.pop("step_cost_ms"), two.pop("step_cost_ms")
    assert one == two


def test_folds_hear_what_they_never_heard(
    command: list[str], manifest: Path, others: Path, make_model: Callable[..., Path]
) -> None:
    folder = manifest.with_name("folds")
    folder.mkdir()
    for number, threshold in ((0, 0.6), (1, 1.0)):  # the second one never names a genre
        make_model(unsure_threshold=threshold).rename(folder / f"fold-{number}.onnx")
    fold = {"quiet.wav": 0, "loud.wav": 1, "talk.wav": 1}
    here = manifest.parent.name
    rows = [{"fold": n, "set": here, "id": id_, "artist": ""} for id_, n in fold.items()]
    write_csv(folder / "folds.csv", rows)
    found = measured(
        ["--folds", str(folder), *command[2:]], "--notmusic", str(others), "--name", "ours"
    )
    assert (found["model"]["name"], found["model"]["by_folds"]) == ("ours", True)
    assert list(found["model"]["sha256"]) == ["fold-0.onnx", "fold-1.onnx"]
    assert found["clip"]["accuracy"] == 1
    assert found["abstention"]["clip"]["coverage"] == 0.5
    assert found["not_music"]["called_genre"] == 0
    assert found["outside"]["clip_named"] == 1  # in no fold: the first model hears it
    assert f"--folds folds --manifest $DATA/{here}/music.csv" in found["command"]


@pytest.mark.slow
@pytest.mark.skipif(not WHEEL.exists(), reason="musicnn's wheel is not in .cache")
def test_baseline_is_measured_on_the_same_clips(command: list[str], manifest: Path) -> None:
    rows = []
    for genre, level in (("quiet", 0.02), ("loud", 0.25)):
        for number in range(5):
            name = f"{genre}{number}.wav"
            write_noise(manifest.with_name(name), level * (1 + 0.05 * number), 1.2)
            rows.append({"path": name, "genre": genre, "artist": f"{genre} {number}"})
    write_csv(manifest, rows)
    by_folds = measured(command, "--wheel", str(WHEEL))["baseline"]
    assert by_folds["accuracy"] == by_folds["macro"] == 1
    assert by_folds["interval"] == pytest.approx([0.722, 1.0], abs=1e-3)
    assert (by_folds["n"], by_folds["n_folds"], by_folds["n_train"]) == (10, 5, 8)
    train = manifest.with_name("train.csv")
    manifest.rename(train)
    write_csv(manifest, rows[:1])
    trained = measured(command, "--baseline-train", str(train))["baseline"]
    assert (trained["n"], trained["n_train"], trained["left_out_of_training"]) == (1, 9, 1)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupted_run_says_how_to_go_on_and_goes_on(
    manifest: Path, command: list[str], jobs: str
) -> None:
    rows = []
    for number in range(12):
        genre, level = (("quiet", 0.02), ("loud", 0.25), ("odd", 0.25))[number % 3]
        write_noise(manifest.with_name(f"{number}.wav"), level + 0.001 * number, 10.0)
        rows.append({"path": f"{number}.wav", "genre": genre})
    write_csv(manifest, rows)
    kept, n_all = manifest.with_name("kept"), len(rows)
    program = [sys.executable, str(ROOT / "tools" / "evaluate.py"), *command, "--jobs", jobs]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + TIMEOUT_SECONDS
        while not list(kept.glob("*.gz")) and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode == 130
    last = said.splitlines()[-1]
    assert last.startswith("evaluate: interrupted; what was heard is kept in ")
    assert last.endswith("give the same command again to go on")
    assert "Traceback" not in said
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.gz")}
    assert 0 < len(before) < n_all
    assert measured(command)["n_clips"] == n_all - 4  # without the odd ones
    after = {path: path.stat().st_mtime_ns for path in kept.glob("*.gz")}
    assert len(after) == n_all
    assert before.items() <= after.items()


def test_card_is_written_between_its_marks(command: list[str], manifest: Path) -> None:
    page = manifest.with_name("README.md")
    page.write_text("before\n<!-- measured:tiny -->\n<!-- /measured:tiny -->\nafter\n")
    found = measured(command, "--card", str(page))
    lines = page.read_text().splitlines()
    here = manifest.parent.name
    assert (lines[0], lines[-1]) == ("before", "after")
    assert f"- {here}: `{found['command']}`" in lines
    assert str(manifest.parent) not in page.read_text()
    assert "| clips right, 95 % interval | **100.0 %** [34.2-100.0] of 2 |" in lines


def test_page_is_well_formed_and_needs_no_other_file(
    make_model: Callable[..., Path], command: list[str], manifest: Path, others: Path
) -> None:
    model, page = make_model(name="<tiny & co>"), manifest.with_name("page.html")
    further = ["--conditions", "gain_-20db", "--report", str(page)]
    measured(["--model", str(model), *command[2:]], "--notmusic", str(others), *further)
    text = page.read_text()
    assert "<h1>Model &lt;tiny &amp; co&gt;</h1>" in text
    assert "<td>gain_-20db</td>" in text
    assert not re.search(r"(src|href)=|url\(|<script", text)
    pictures = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text)]
    assert len(pictures) == 2
    shades = [cell.get("style") for cell in pictures[0].iter() if cell.get("class") == "cell"]
    assert shades == [f"fill-opacity:{share}" for share in ("1.00", "0.00", "0.00", "1.00")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--model", "nosuch"), "model 'nosuch'"),
        (("--manifest", "nosuch.csv"), "nosuch.csv: No such file"),
        (("--notmusic", "nosuch.csv"), "nosuch.csv: No such file"),
        (("--baseline-train", "nosuch.csv"), "nosuch.csv: No such file"),
        (("--conditions", "fog"), "'fog': is none of all"),
        (("--conditions", "talk"), "needs --notmusic with rows labelled speech"),
        (("--report", "/nosuch/out.html"), "/nosuch/out.html: No such file or directory; choose"),
        (("--report", "/dev/null/out.html"), "/dev/null/out.html: Not a directory; choose"),
        (("--report", "/tmp"), "/tmp: Is a directory; choose another place"),
        (("--card", "/nosuch/README.md"), "/nosuch/README.md: No such file or directory; choose"),
        (("--cache", "/dev/null/kept"), "--cache /dev/null/kept: Not a directory; choose"),
        (("--wheel", "nosuch.whl", "--baseline-train", "train.csv"), "wheel nosuch.whl: No such"),
    ],
)
def test_bad_input_is_one_line(
    command: list[str],
    manifest: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    changes: tuple[str, ...],
    said: str,
) -> None:
    known = [{"path": f"{genre}.wav", "genre": genre} for genre in ("quiet", "loud")]
    for name in ("music.csv", "train.csv"):
        write_csv(manifest.with_name(name), [{**row, "id": f"{name} {row}"} for row in known])
    monkeypatch.chdir(manifest.parent)
    assert said in refusal(command, capsys, *changes)


def test_card_without_a_place_for_the_model_is_refused(
    command: list[str], manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = manifest.with_name("README.md")
    page.write_text("nothing")
    assert "README.md: needs the lines <!-- measured:tiny -->" in refusal(
        command, capsys, "--card", str(page)
    )
    assert page.read_text() == "nothing"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,genre\n", "music.csv: has no rows"),
        ("", "music.csv: has no column path, genre"),
        ("path,genre\nloud.wav,loud\nnosuch.wav,loud\n", "1 of 2 files are missing"),
        ("path,genre\nodd.wav,odd\n", "the model knows quiet, loud, but here is odd"),
        ("path,genre\nloud.wav,\n", "row 1 has no genre"),
    ],
)
def test_bad_manifest_is_one_line(
    command: list[str], manifest: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    manifest.write_text(text)
    assert said in refusal(command, capsys)


@pytest.mark.parametrize(
    "extra",
    [
        ("--limit", "0"),
        ("--seed", "-1"),
        ("--changes", "-1"),
        ("--jobs", "0"),
        ("--scheduler", "nowhere"),
        ("--folds", "folds"),
        ("--fog",),
    ],
)
def test_senseless_options_are_refused(command: list[str], extra: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([*command, *extra])
    assert exit_.value.code == 2


def test_several_labels_at_once_are_ranked(
    make_model: Callable[..., Path], manifest: Path, tmp_path: Path
) -> None:
    model = make_model(multi_label=True)
    words = ["--model", str(model), "--manifest", str(manifest), "--cache", str(tmp_path / "kept")]
    assert main([*words, "--json", str(tmp_path / "out.json")]) == 0
    found = json.loads((tmp_path / "out.json").read_text())
    assert set(found["ranking"]["by_label"]) <= set(found["model"]["labels"])
    assert 0 <= found["ranking"]["macro_auc"] <= 1


def test_several_labels_at_once_have_no_page(
    make_model: Callable[..., Path],
    manifest: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["--model", str(make_model(multi_label=True)), "--manifest", str(manifest)]
    page = ["--json", str(tmp_path / "out.json"), "--report", str(tmp_path / "out.html")]
    assert main([*words, *page]) == 1
    assert "gives several labels at once" in capsys.readouterr().err
