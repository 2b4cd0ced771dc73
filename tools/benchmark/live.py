"""The live path as it is measured: extractor, classifier and decision on sound in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier, model_path
from livegenre.decision import Decider, Decision
from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec
from livegenre.stream import classify_stream
from livegenre.verify import Recording
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Side, Watch

N_STEPS = 16
"""Steps of a round: one of them is too short to be timed alone."""
ALWAYS_LOUD = -200.0
"""Silence threshold below every level: each step is judged."""


@dataclass(frozen=True, slots=True)
class Ears:
    """A model and what it hears; no window is shorter than the full one."""

    classifier: Classifier
    spec: FeatureSpec

    @classmethod
    def load(cls, material: Material, *, step_seconds: float | None = None) -> "Ears":
        """Load the model, to be asked at every step of about this length, or of its own."""
        classifier = Classifier.load(model_path(material.model))
        spec = classifier.card.features
        return cls(classifier, full_windows(spec, step_seconds=step_seconds))

    @property
    def n_window(self) -> int:
        """Samples in a window."""
        return (self.spec.window_frames - 1) * self.spec.hop_length + self.spec.n_fft

    @property
    def n_step(self) -> int:
        """Samples from window to window."""
        return self.spec.step_frames * self.spec.hop_length

    def listen(self, samples: FloatArray) -> Iterator[Decision]:
        """Yield the decisions of a new stream, as a session takes them."""
        card = self.classifier.card
        decider = Decider(
            card.labels,
            unsure_threshold=card.unsure_threshold,
            thresholds=card.thresholds,
            not_music_threshold=card.not_music_threshold,
            silence_dbfs=ALWAYS_LOUD,
        )
        source = Recording(samples, self.spec.sample_rate, "recording")
        return classify_stream(source, create_extractor(self.spec), self.classifier, decider)

    def music(self, material: Material, n_steps: int = N_STEPS) -> FloatArray:
        """Return sound for a full window, and then so many steps."""
        return material.samples(self.spec.sample_rate, self.n_window + n_steps * self.n_step)

    def steps(self, material: Material, n_steps: int = N_STEPS) -> Side:
        """Return what measures a step of a stream whose window is full."""
        samples = self.music(material, n_steps)

        def side() -> Cost:
            decisions = self.listen(samples)
            next(decisions)
            watch = Watch()
            return watch.cost(sum(1 for _ in decisions))

        return side


def full_windows(
    spec: FeatureSpec, *, step_seconds: float | None = None, window_seconds: float | None = None
) -> FeatureSpec:
    """Return a specification without early windows and, if asked, of another step and window."""
    frame_rate = spec.sample_rate / spec.hop_length
    n_frames, step_frames = spec.window_frames, spec.step_frames
    if window_seconds is not None:
        n_frames = 1 + round(window_seconds * frame_rate)
    if step_seconds is not None:
        step_frames = max(1, round(step_seconds * frame_rate))
    return replace(spec, window_frames=n_frames, min_frames=n_frames, step_frames=step_frames)
