"""The live screen costs no more than it may, and less than what Rich would do in its place."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_frames_are_cheap_and_few_bytes(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    program = [sys.executable, str(ROOT / "tools" / "bench_screen.py")]
    words = ["--rounds", "1", "--frames", "150", "--json", str(found)]
    done = subprocess.run([*program, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = {(row["name"], row["size"]): row for row in json.loads(found.read_text())}
    for size in ("120x40", "80x24"):
        ours, whole = rows["painter", size], rows["painter, no scroll ops", size]
        assert ours["kib_per_second"] <= 20
        assert ours["kib_per_second"] < whole["kib_per_second"]
        assert ours["painting_ms"] < rows["Rich Live", size]["painting_ms"] / 2
