"""Clips that are made here to train on: noise of machines, many voices at once, and music."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import soxr
from rich.progress import track

from livegenre.arrays import FloatArray
from livegenre.features import create_extractor
from livegenre.training.console import messages
from livegenre.training.dataset import Rows, Track
from livegenre.training.recordings import Recording
from tools.evaluation.listening import read_sound
from tools.musicnn.degraded import MADE_RATE, babble, made_noise
from tools.musicnn.embedder import Embedder
from tools.musicnn.made_music import made_music
from tools.musicnn.material import Kind
from tools.musicnn.spec import SPEC

N_NOISES, N_PIECES, N_CROWDS = 160, 240, 60
SPEECH = "speech"


def made_parts(other: Sequence[Recording], embedder: Embedder) -> list[tuple[Kind, Rows]]:
    """Make and embed a window of each clip.

    Parameters
    ----------
    other : sequence of Recording
        What is no music; crowds are made of those that are speech, each of voices of one source,
        which it is held out with.
    embedder : Embedder
    """
    embed = _Windows(embedder)
    rng = np.random.default_rng(0)
    noises = [Track(f"made/{number}", "made", "") for number in range(N_NOISES)]
    pieces = [Track(f"piece/{number}", "piece", "") for number in range(N_PIECES)]
    parts = [
        (Kind.MADE, embed("making noise", noises, lambda _: made_noise(rng))),
        (Kind.MADE_MUSIC, embed("making music", pieces, lambda _: made_music(rng))),
    ]
    voices = _voices(other)
    if voices:
        sources = sorted(voices)
        crowds = [
            Track(f"babble/{number}", "babble", sources[number % len(sources)])
            for number in range(N_CROWDS)
        ]
        heard = embed("making crowds", crowds, lambda crowd: babble(voices[crowd.artist], rng))
        parts.append((Kind.MADE, heard))
    return parts


def _voices(other: Iterable[Recording]) -> dict[str, list[FloatArray]]:
    """Read what is speech, by who recorded it."""
    voices: dict[str, list[FloatArray]] = {}
    for recording in other:
        if recording.track.genre == SPEECH:
            sound = read_sound(recording.path)
            samples: FloatArray = soxr.resample(sound.samples, sound.sample_rate, MADE_RATE)
            voices.setdefault(recording.track.artist, []).append(samples)
    return voices


class _Windows:
    """Embeds the last window of clips."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._extractor = create_extractor(SPEC)

    def __call__(
        self, what: str, tracks: Sequence[Track], make: Callable[[Track], FloatArray]
    ) -> Rows:
        rows = []
        for made in track(tracks, what, console=messages, transient=True):
            self._extractor.reset()
            *_, window = self._extractor.push(make(made))
            rows.append(self._embedder(window.features))
        return Rows(np.stack(rows), list(tracks))
