"""From what was asked for to the parts of a session: model, decider, where corrections are kept."""

from argparse import Namespace
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from livegenre.argument_types import not_negative, number, positive, share
from livegenre.errors import ModelError, UsageError

if TYPE_CHECKING:
    from livegenre.classifier import Classifier
    from livegenre.corrections import Corrections
    from livegenre.decision import Decider
    from livegenre.features.base import Extractor, FeatureSpec
    from livegenre.recording import Recorder
    from livegenre.session import Ears
    from livegenre.tap import Tap


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionOptions:
    """How to decide, where that was asked for; None leaves it to the model and to ``Decider``.

    Raises
    ------
    UsageError
        If a number is out of its domain.
    """

    step_seconds: float | None = None
    """Time between decisions, > 0."""
    silence_dbfs: float | None = None
    """Below it a window is silence."""
    unsure: float | None = None
    """Smallest smoothed posterior of a name, 0..1, in place of every label's own."""
    smoothing_seconds: float | None = None
    """Time constant, >= 0."""
    hold_seconds: float | None = None
    """Shortest life of a label, >= 0."""

    def __post_init__(self) -> None:
        positive.check("step_seconds", self.step_seconds)
        number.check("silence_dbfs", self.silence_dbfs)
        share.check("unsure", self.unsure)
        not_negative.check("smoothing_seconds", self.smoothing_seconds)
        not_negative.check("hold_seconds", self.hold_seconds)

    @classmethod
    def from_flags(cls, arguments: Namespace) -> Self:
        """Return what the flags ask for."""
        return cls(
            step_seconds=arguments.step,
            silence_dbfs=arguments.silence,
            unsure=arguments.unsure,
            smoothing_seconds=arguments.smoothing,
            hold_seconds=arguments.hold,
        )


def load_ears(options: DecisionOptions, name: str) -> "Ears":
    """Load a model with all that belongs to it, and see that it fits together.

    Raises
    ------
    ModelError
        If there is no such model, or it cannot be used.
    UsageError
        If the step is too long to count in frames.
    """
    from livegenre.session import Ears
    from livegenre.stream import check_fit

    classifier, extractor = load_model(name, step_seconds=options.step_seconds)
    check_fit(extractor, classifier)
    return Ears(extractor, classifier, make_decider(options, classifier))


def load_model(name: str, *, step_seconds: float | None = None) -> "tuple[Classifier, Extractor]":
    """Load a model by name or path, and the extractor that its card names."""
    from livegenre.classifier import Classifier, model_path
    from livegenre.features import create_extractor

    classifier = Classifier.load(model_path(name))
    try:
        extractor = create_extractor(classifier.card.features)
    except ValueError as error:
        raise ModelError(f"model {name}: its card is wrong: {error}") from error
    if step_seconds is not None:
        extractor = create_extractor(_with_step(extractor.spec, step_seconds))
    return classifier, extractor


def _with_step(spec: "FeatureSpec", step_seconds: float) -> "FeatureSpec":
    step_frames = max(1, round(step_seconds * spec.sample_rate / spec.hop_length))
    try:
        return replace(spec, step_frames=step_frames)
    except ValueError as error:
        raise UsageError(f"--step {step_seconds:g}: too long ({error})") from error


def make_decider(options: DecisionOptions, classifier: "Classifier") -> "Decider":
    """Make a fresh decider: the model's thresholds, and what was asked for in their place."""
    from livegenre.decision import Decider

    asked_of_all = {
        "silence_dbfs": options.silence_dbfs,
        "smoothing_seconds": options.smoothing_seconds,
        "hold_seconds": options.hold_seconds,
    }
    card, asked = classifier.card, options.unsure
    return Decider(
        card.labels,
        unsure_threshold=card.unsure_threshold if asked is None else asked,
        thresholds=card.thresholds if asked is None else {},
        not_music_threshold=card.not_music_threshold,
        multi_label=card.multi_label,
        **{name: value for name, value in asked_of_all.items() if value is not None},
    )


def make_corrections(arguments: Namespace) -> "Corrections":
    """Return what keeps windows that are put right."""
    from livegenre.corrections import Corrections

    return Corrections(corrections_path(arguments.corrections))


def corrections_path(asked: str | None) -> Path | None:
    """Return where corrections are kept: where asked, or in the data folder if there is one."""
    from livegenre.corrections import FILE
    from livegenre.data_folder import data_folder

    if asked:
        return Path(asked)
    folder = data_folder()
    return None if folder is None else folder / FILE


def make_recorder(path: str, tap: "Tap") -> "Recorder":
    """Begin a file of what the classifier hears."""
    from livegenre.recording import Recorder

    recorder = Recorder(path, tap.sample_rate)
    tap.listen(lambda block: recorder.push(block, tap.lost))
    return recorder
