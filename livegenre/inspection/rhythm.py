"""Tempo and beats, by librosa: where notes begin, and after how long that repeats itself."""

from dataclasses import dataclass
from typing import Any

import librosa
import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.inspection.frames import Frames
from livegenre.inspection.pooling import Columns

WINDOW_SECONDS = 8.0
"""Sound that a column of the tempogram looks at, as librosa does to find the tempo."""
LEAST_SECONDS = 4.0
"""Sound below which no tempo can be told: half of that."""
SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
STRETCH_FRAMES = 2_000
LEAST_ONSET = 0.1
"""Onset strength, in dB, below which nothing begins: a steady sound."""
LEAST_CONTRAST = 2.0
"""Of the strongest onset over the mean; below it none stands out, as in noise."""
LEAST_LIKENESS = 0.1
"""Of the onset strength to itself a beat later; below it nothing repeats."""
N_EDGE_FRAMES = 5
"""Frames at both ends whose onsets are those of the sound's being cut there."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a sound moves."""

    onset: FloatArray
    """Onset strength: mean rise of the mel spectrogram in dB [shape=(n_frames,)]."""
    tempo: float | None
    """Beats a minute; None where nothing repeats or the sound is too short."""
    beats: NDArray[np.float64]
    """Seconds from the first sample."""
    tempogram: FloatArray
    """Autocorrelation of the onset strength, 0..1 [shape=(n_lags, n_columns)]."""
    tempi: NDArray[np.float64]
    """Of the tempogram's rows, in beats a minute, descending [shape=(n_lags,)]."""
    others: tuple[float, ...]
    """Half and twice the tempo, where these are among the tempi."""


def find_rhythm(frames: Frames) -> Rhythm:
    """Find the tempo and the beats of a sound."""
    grid = frames.grid
    rate = grid.sample_rate / grid.hop_length
    onset = librosa.onset.onset_strength(
        S=librosa.power_to_db(frames.mel),
        sr=grid.sample_rate,
        n_fft=grid.n_fft,
        hop_length=grid.hop_length,
    ).astype(np.float32)
    tempogram, mean = _tempogram(onset, int(WINDOW_SECONDS * rate))
    tempi = 60 * rate / np.arange(1, len(mean))
    shown = (tempi >= SLOWEST_BPM) & (tempi <= FASTEST_BPM)
    tempo, beats = None, np.empty(0)
    if grid.n_frames >= LEAST_SECONDS * rate and _has_onsets(onset):
        tempo, beats = _tempo_and_beats(onset, mean, frames)
    others = () if tempo is None else (tempo / 2, 2 * tempo)
    return Rhythm(
        onset=onset,
        tempo=tempo,
        beats=beats,
        tempogram=tempogram[1:][shown],
        tempi=tempi[shown],
        others=tuple(bpm for bpm in others if SLOWEST_BPM <= bpm <= FASTEST_BPM),
    )


def _has_onsets(onset: FloatArray) -> bool:
    inner = onset[N_EDGE_FRAMES:-N_EDGE_FRAMES]
    return bool(inner.max() > max(LEAST_ONSET, LEAST_CONTRAST * inner.mean()))


def _tempo_and_beats(
    onset: FloatArray, mean: FloatArray, frames: Frames
) -> tuple[float | None, NDArray[np.float64]]:
    grid = frames.grid
    of: dict[str, Any] = {"sr": grid.sample_rate, "hop_length": grid.hop_length}
    bpm = librosa.feature.tempo(tg=mean[:, np.newaxis], **of)
    lag = round(60 * grid.sample_rate / grid.hop_length / float(bpm[0]))
    if mean[lag] < LEAST_LIKENESS:
        return None, np.empty(0)
    _, beats = librosa.beat.beat_track(onset_envelope=onset, bpm=float(bpm[0]), units="time", **of)
    return (float(bpm[0]), beats) if len(beats) else (None, np.empty(0))


def _tempogram(onset: FloatArray, window: int) -> tuple[FloatArray, FloatArray]:
    """Return the largest value in each column [shape=(window, n_columns)], and the mean of all.

    As ``librosa.feature.tempogram``, a stretch at a time.
    """
    columns = Columns.of(len(onset))
    length = columns.length * max(1, STRETCH_FRAMES // columns.length)
    padded = np.pad(onset, window // 2, mode="linear_ramp", end_values=0)
    pooled, total = [], np.zeros(window)
    for first in range(0, len(onset), length):
        n = min(length, len(onset) - first)
        part = padded[first : first + n + window - 1]
        values = librosa.feature.tempogram(onset_envelope=part, win_length=window, center=False)
        values = values[:, :n]
        total += values.sum(axis=1)
        pooled.append(Columns(n, columns.length).largest(values))
    return np.concatenate(pooled, axis=1).astype(np.float32), (total / len(onset)).astype("f4")
