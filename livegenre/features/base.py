"""The contract between sound and classifier: which features, of how much sound, how often."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from livegenre.arrays import FloatArray

LARGEST = {"sample_rate": 384_000, "n_fft": 65_536, "hop_length": 65_536, "n_mels": 1_024}
LARGEST_N_FRAMES = 100_000
"""Above every value that makes sense, and below those that take all memory."""


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """How features are computed; part of the model's card and fixed with its training.

    Only ``step_frames`` may be changed without training anew: it says how often a window is
    taken, not what is in it.
    """

    extractor: str
    """Name of the extractor, a key of ``livegenre.features.EXTRACTORS``."""
    sample_rate: int
    """Hz, > 0; sound is converted to this rate first."""
    n_fft: int
    """Samples in a frame, > 0, even."""
    hop_length: int
    """Samples from frame to frame, > 0."""
    n_mels: int
    """Mel bands, > 0."""
    window_frames: int
    """Frames in a full window, >= min_frames."""
    min_frames: int
    """Frames in the shortest window worth an early answer, > 1."""
    step_frames: int
    """Frames from window to window, > 0."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "extractor":
                if not isinstance(value, str) or not value:
                    raise ValueError(f"extractor: {value!r} is no name")
                continue
            largest = LARGEST.get(field.name, LARGEST_N_FRAMES)
            if type(value) is not int or not 1 <= value <= largest:
                raise ValueError(f"{field.name}: {value!r} is no integer from 1 to {largest}")
        if self.n_fft % 2:
            raise ValueError(f"n_fft: {self.n_fft} is odd")
        if not 1 < self.min_frames <= self.window_frames:
            raise ValueError(f"min_frames: {self.min_frames} is not in 2..{self.window_frames}")

    def seconds(self, n_frames: int) -> float:
        """Length in seconds of a window of ``n_frames`` frames, first centre to last centre."""
        return (n_frames - 1) * self.hop_length / self.sample_rate

    @property
    def window_seconds(self) -> float:
        """Length of a full window in seconds."""
        return self.seconds(self.window_frames)

    @property
    def min_seconds(self) -> float:
        """Length of the shortest window in seconds."""
        return self.seconds(self.min_frames)

    @property
    def step_seconds(self) -> float:
        """Time from window to window in seconds."""
        return self.step_frames * self.hop_length / self.sample_rate

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "FeatureSpec":
        """Build a specification from exactly its own keys.

        Raises
        ------
        ValueError
            If a key is missing or unknown, or a value is out of its domain.
        """
        names = {field.name for field in fields(cls)}
        if missing := sorted(names - set(values)):
            raise ValueError(f"missing {', '.join(missing)}")
        if unknown := sorted(set(values) - names):
            raise ValueError(f"unknown {', '.join(unknown)}")
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Window:
    """The features of one stretch of sound."""

    features: FloatArray
    """What the classifier takes, without its batch axis."""
    end: int
    """Sample after the window's last one, counted from the extractor's start or last reset."""
    n_frames: int
    """Frames in it; fewer than the specification's ``window_frames`` makes it an early window."""
    level_dbfs: float
    """RMS over the window in dB below full scale (a full-scale square wave is 0), >= -120."""


class Extractor(Protocol):
    """Turns a stream of samples, in blocks of any length, into windows at every step.

    The first window comes after ``min_frames``; windows then grow by a step at a time up to
    ``window_frames`` and slide from there on.
    """

    @property
    def spec(self) -> FeatureSpec:
        """What this extractor computes."""

    @property
    def feature_shape(self) -> tuple[int | None, ...]:
        """Shape of one window's features; None for an axis as long as the window has frames."""

    def push(self, samples: FloatArray) -> Iterator[Window]:
        """Take samples and yield the windows that they complete.

        The iterator must be exhausted before the next push.

        Parameters
        ----------
        samples : ndarray [shape=(n,)], float32
            Mono sound at ``spec.sample_rate``; any length, also 0.
        """

    def reset(self) -> None:
        """Forget all sound; the next sample is the first one."""
