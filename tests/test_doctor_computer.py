import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from livegenre.doctor import computer
from livegenre.doctor.computer import judge_libraries, judge_model, judge_python


def test_python_that_runs_this_is_new_enough() -> None:
    finding = judge_python()
    assert finding.state == "ok"
    assert finding.value == ".".join(map(str, sys.version_info[:3]))


def test_old_python_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    assert judge_python().state == "bad"
    assert judge_python().value == "3.10.4"


def test_all_libraries_of_the_live_path_are_looked_at() -> None:
    finding = judge_libraries()
    assert finding.state == "ok"
    for name in ("numpy", "onnxruntime", "rich", "sounddevice", "soundfile", "soxr"):
        assert f"{name} " in finding.meaning
    assert "scikit-learn" not in finding.meaning


def test_missing_and_old_libraries_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    required = ["numpy>=99.1", "lute>=1.0", "rich>=14.0", 'pytest>=8.3; extra == "test"']
    monkeypatch.setattr(computer, "requires", lambda name: required)
    finding = judge_libraries()
    assert finding.state == "bad"
    assert finding.meaning == "numpy is older than 99.1, lute is missing."


def test_a_model_is_loaded_and_timed(tiny_model: Path) -> None:
    model, cost, speed = judge_model(str(tiny_model))
    assert (model.value, model.state) == ("tiny", "ok")
    assert isinstance(cost.value, float)
    assert isinstance(speed.value, float)
    assert 0 < cost.value < 1_000
    step_ms = 1_000 * 22 * 512 / 22_050
    assert speed.value == pytest.approx(cost.value / step_ms, rel=0.06)


def test_a_model_that_does_not_load_is_bad(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"nothing of the kind")
    for path in (tmp_path / "broken.onnx", tmp_path / "missing.onnx"):
        (finding,) = judge_model(str(path))
        assert (finding.name, finding.state) == ("model", "bad")
        assert path.name in finding.meaning
        assert finding.cure


def test_a_model_that_does_not_fit_its_extractor_is_bad(make_model: Callable[..., Path]) -> None:
    (finding,) = judge_model(str(make_model(n_features=51)))
    assert (finding.name, finding.state) == ("model", "bad")


def test_a_computer_that_is_too_slow_is_told(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds, state in ((0.3, "warning"), (0.6, "bad")):
        monkeypatch.setattr(computer, "median", lambda costs, seconds=seconds: seconds)
        assert list(judge_model(str(tiny_model)))[-1].state == state
