"""What names are worth to a listener: held-out windows decided on as the live stream does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.decision import Decider
from tools.musicnn.heads import spread_other
from tools.musicnn.judging import HeldOut
from tools.musicnn.material import Kind, Material
from tools.musicnn.spec import SPEC

FINENESS = 0.005
"""Of the threshold that is found."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a threshold is worth on windows of music of the genres, as a listener sees them."""

    threshold: float
    precision: float
    """Share of the names that are right."""
    coverage: float
    """Share of the windows that are named."""

    def __str__(self) -> str:
        return (
            f"from a posterior of {self.threshold:.3f} on, {100 * self.precision:.0f} % of genres "
            f"named are right and {100 * self.coverage:.0f} % of windows are named"
        )


@dataclass(frozen=True, slots=True)
class Listening:
    """Held-out windows of the genres, ready to be decided on."""

    labels: tuple[str, ...]
    posteriors: FloatArray
    """[shape=(n_windows, n_genres)]"""
    not_music: NDArray[np.float64]
    """[shape=(n_windows,)]"""
    not_music_threshold: float
    clip: NDArray[np.int64]
    """[shape=(n_windows,)]; the windows of a clip lie together."""
    genre: NDArray[np.int64]
    """[shape=(n_windows,)]"""

    @classmethod
    def of(
        cls,
        material: Material,
        held_out: HeldOut,
        temperature: float,
        not_music_threshold: float,
        clips: NDArray[np.bool_],
    ) -> "Listening":
        """Take the windows of some clips, as far as they are of the genres."""
        rows = ((material.kind == Kind.GENRE) & clips)[material.clip]
        clip = np.concatenate(
            [material.clip[rows] + n * len(material.tracks) for n in range(len(held_out.logits))]
        )
        return cls(
            material.labels,
            np.exp(np.concatenate(spread_other(held_out.logits[:, rows], temperature))).astype(
                "f4"
            ),
            held_out.not_music[:, rows].ravel(),
            not_music_threshold,
            clip,
            material.genre[clip % len(material.tracks)],
        )

    def named_from(self, threshold: float) -> Named:
        """Decide on every window as the live stream does.

        Precision is the lower of two: of all windows alike, and of all clips alike.
        """
        name = self._names(threshold)
        named, right = name >= 0, name == self.genre
        _, number, counts = np.unique(self.clip, return_inverse=True, return_counts=True)
        precision = min(
            float(right @ weights / max(named @ weights, 1e-9)) if named.any() else 1.0
            for weights in (np.ones(len(name)), 1 / counts[number])
        )
        return Named(threshold, precision, float(named.mean()))

    def _names(self, threshold: float) -> NDArray[np.int64]:
        """Return the index of the label that is named in each window, -1 where none is."""
        number = {label: index for index, label in enumerate(self.labels)} | {None: -1}
        names = np.empty(len(self.clip), np.int64)
        for row, clip in enumerate(self.clip):
            if not row or clip != self.clip[row - 1]:
                decider = Decider(
                    self.labels,
                    unsure_threshold=threshold,
                    not_music_threshold=self.not_music_threshold,
                )
            verdict = decider.decide(
                row * SPEC.step_seconds, self.posteriors[row], not_music=self.not_music[row]
            )
            names[row] = number[verdict.label]
        return names

    def least_threshold(self, wanted: float) -> Named:
        """Find the threshold from which the wanted share of names is right, by bisection."""
        low, high = 0.0, 1.0
        while high - low > FINENESS:
            middle = (low + high) / 2
            if self.named_from(middle).precision >= wanted:
                high = middle
            else:
                low = middle
        return self.named_from(high)
