"""Print the tables of livegenre/doctor/likeness.py: the long-term spectrum of training music.

Takes the middle 3 s of every clip, as much as ``livegenre doctor`` listens to.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from livegenre.doctor.spectrum import long_term_bands_db

PIECE_SECONDS = 3.0


def main() -> None:
    """Read the clips of the manifests and print the three constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    paths = [path for manifest in parser.parse_args().manifest for path in _clips(manifest)]
    bands = np.array([_middle_bands(path) for path in paths])
    mean = bands.mean(axis=0)
    distances = np.sqrt(np.mean((bands - mean) ** 2, axis=1))
    print(f"# {len(paths)} clips; median distance {np.median(distances):.1f} dB")
    print("MUSIC_DB =", tuple(mean.round(1).tolist()))
    print("SPREAD_DB =", tuple(bands.std(axis=0).round(1).tolist()))
    print("USUAL_DB =", float(np.percentile(distances, 95).round(1)))


def _clips(manifest: Path) -> list[Path]:
    with manifest.open(newline="", encoding="utf-8") as rows:
        return [manifest.parent / row["path"] for row in csv.DictReader(rows)]


def _middle_bands(path: Path) -> NDArray[np.float64]:
    frames, sample_rate = sf.read(path, dtype="float32", always_2d=True)
    first = max(0, round((len(frames) - PIECE_SECONDS * sample_rate) / 2))
    piece = frames[first : first + round(PIECE_SECONDS * sample_rate)]
    return long_term_bands_db(piece.mean(axis=1), sample_rate)


if __name__ == "__main__":
    main()
