"""The bench measures what it is asked to, beside a peer."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from tests.conftest import ROOT


def bench(*words: object) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "tools" / "bench.py"), *map(str, words)]
    return subprocess.run(program, capture_output=True, text=True, timeout=120)


def test_step_of_a_model_is_measured_beside_the_same_on_librosas_features(tmp_path: Path) -> None:
    music, found = tmp_path / "music.wav", tmp_path / "found.json"
    soundfile.write(music, np.random.default_rng(0).normal(0, 0.1, 6 * 22_050), 22_050)
    done = bench("--audio", music, "--rounds", "1", "--model", "tags", "--json", found)
    assert done.returncode == 0, done.stderr
    classic, tags = json.loads(found.read_text())
    assert (classic["name"], tags["name"]) == ("classic-step", "tags model")
    assert 0 < classic["subject_ms"] < tags["subject_ms"]


def test_unknown_model_is_one_line() -> None:
    done = bench("--model", "jazzy")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("bench.py: error: model 'jazzy': there are ")
