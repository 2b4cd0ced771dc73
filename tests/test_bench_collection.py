"""The benchmark of collections runs; memory does not grow with the number of files."""

from pathlib import Path

import pytest

from tests.music_files import write_sound
from tools.bench_collection import main, peak_megabytes

MOST_GROWTH_MB = 12
"""Of ten thousand paths, sizes and digests: about 0.5 KB each, and what the allocator adds."""


def test_speed_and_memory_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_sound(tmp_path / "a.wav", seconds=6.0)
    main([str(tmp_path), "--passes", "1", "--files", "10"])
    speed, memory = capsys.readouterr().out.splitlines()
    assert "1 files, 6 s of sound in " in speed
    assert speed.endswith("times real time")
    assert memory.startswith("1 files: ")


@pytest.mark.soak
def test_memory_is_flat_over_ten_thousand_files(tmp_path: Path) -> None:
    few, many = (peak_megabytes(tmp_path, n_files) for n_files in (1_000, 10_000))
    assert many - few < MOST_GROWTH_MB
