"""From flags to the parts of a session: model, decider, and where corrections are kept."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from livegenre.errors import ModelError, UsageError

if TYPE_CHECKING:
    from livegenre.classifier import Classifier
    from livegenre.corrections import Corrections
    from livegenre.decision import Decider
    from livegenre.features.base import Extractor, FeatureSpec
    from livegenre.recording import Recorder
    from livegenre.session import Ears
    from livegenre.tap import Tap


def load_ears(arguments: Namespace, name: str) -> "Ears":
    """Load a model with all that belongs to it, and see that it fits together."""
    from livegenre.session import Ears
    from livegenre.stream import check_fit

    classifier, extractor = load_model(name, step_seconds=arguments.step)
    check_fit(extractor, classifier)
    return Ears(extractor, classifier, make_decider(arguments, classifier))


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


def make_decider(arguments: Namespace, classifier: "Classifier") -> "Decider":
    """Make a fresh decider: the model's thresholds, and what was asked for in their place."""
    from livegenre.decision import Decider

    options = {
        "silence_dbfs": arguments.silence,
        "smoothing_seconds": arguments.smoothing,
        "hold_seconds": arguments.hold,
    }
    card, asked = classifier.card, arguments.unsure
    return Decider(
        card.labels,
        unsure_threshold=card.unsure_threshold if asked is None else asked,
        thresholds=card.thresholds if asked is None else {},
        not_music_threshold=card.not_music_threshold,
        multi_label=card.multi_label,
        **{name: value for name, value in options.items() if value is not None},
    )


def make_corrections(arguments: Namespace) -> "Corrections":
    """Return where windows are kept that are put right: where asked, or in the data folder."""
    from livegenre.corrections import FILE, Corrections
    from livegenre.data_folder import data_folder

    if arguments.corrections:
        return Corrections(Path(arguments.corrections))
    folder = data_folder()
    return Corrections(None if folder is None else folder / FILE)


def make_recorder(path: str, tap: "Tap") -> "Recorder":
    """Begin a file of what the classifier hears."""
    from livegenre.recording import Recorder

    recorder = Recorder(path, tap.sample_rate)
    tap.listen(lambda block: recorder.push(block, tap.lost))
    return recorder
