"""Folders of real music to train on: cuts of the demo, by artists that there are not."""

from pathlib import Path

import soundfile

from tests.conftest import DEMO

PIECES = {"metal": (0.5, 23.0), "classical": (25.0, 50.0)}
"""Where in the demo each genre's music is, in seconds."""
SPEEDS = {"Ann": 1.0, "Bob": 0.94, "Cid": 1.06}
"""Artists, and how fast each plays it."""
CUT_SECONDS = 4.0


def write_genres(folder: Path, *, tracks: int = 2) -> Path:
    """Write cuts of the demo as Genre/Artist/n.flac."""
    for genre, (begin, end) in PIECES.items():
        length = (end - begin - CUT_SECONDS) / (tracks * len(SPEEDS) - 1)
        starts = [begin + n * length for n in range(tracks * len(SPEEDS))]
        for number, start in enumerate(starts):
            artist = list(SPEEDS)[number % len(SPEEDS)]
            write_cut(folder / genre / artist / f"{number}.flac", start, SPEEDS[artist])
    return folder


def write_cut(
    path: Path, start: float, speed: float = 1.0, *, seconds: float = CUT_SECONDS
) -> Path:
    """Write a cut of the demo, faster or slower and so higher or lower."""
    with soundfile.SoundFile(DEMO) as file:
        rate = file.samplerate
        file.seek(round(start * rate))
        samples = file.read(round(seconds * speed * rate), dtype="float32").mean(axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, round(rate * speed))
    return path
