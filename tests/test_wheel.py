"""The built wheel, installed far from the checkout, is whole."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel, and this one's other libraries."""
    folder = tmp_path_factory.mktemp("wheel")
    builder = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*builder, "--directory", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True)
    # A path file is not followed into other path files, so the editable checkout stays unseen.
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_wheel_replays_its_demo_with_its_model(python: Path, tmp_path: Path) -> None:
    command = [str(python.parent / "livegenre"), "replay", "--speed", "max", "--jsonl", "-"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    header, *decisions, end = map(json.loads, done.stdout.splitlines())
    assert header["model"] == "cnn"
    assert "metal" in {line.get("label") for line in decisions}
    assert end["reason"] == "end"


def test_wheel_is_used_from_where_it_was_installed(python: Path, tmp_path: Path) -> None:
    code = "import livegenre; print(livegenre.__file__)"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert str(python.parent.parent) in done.stdout


def test_wheel_carries_licence_attribution_and_cards(python: Path) -> None:
    (site,) = python.parent.parent.glob("lib/python*/site-packages")
    for name in (
        "livegenre/demo/ATTRIBUTION.md",
        "livegenre/models/README.md",
        "livegenre/py.typed",
        "livegenre/outputs/web/page/index.html",
        "livegenre/outputs/web/page/page.js",
    ):
        assert (site / name).is_file(), name
    assert list(site.glob("livegenre-*.dist-info/licenses/LICENSE"))
