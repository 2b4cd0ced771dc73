"""From flags to the parts of a session: model, decider, JSON Lines and screen."""

import sys
from argparse import Namespace
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from livegenre.errors import ModelError, OutputError, UsageError

if TYPE_CHECKING:
    from livegenre.classifier import Classifier
    from livegenre.decision import Decider
    from livegenre.features.base import Extractor, FeatureSpec
    from livegenre.outputs.jsonl import JsonLines
    from livegenre.recording import Recorder
    from livegenre.screen import LiveOrPlain, SourceStatus
    from livegenre.tap import Tap


def load_model(arguments: Namespace) -> "tuple[Classifier, Extractor]":
    """Load the model asked for, and the extractor that its card names."""
    from livegenre.classifier import Classifier, model_path
    from livegenre.features import create_extractor

    classifier = Classifier.load(model_path(arguments.model))
    try:
        extractor = create_extractor(classifier.card.features)
    except ValueError as error:
        raise ModelError(f"model {arguments.model}: its card is wrong: {error}") from error
    if arguments.step is not None:
        extractor = create_extractor(_with_step(extractor.spec, arguments.step))
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


def make_json_lines(name: str, stack: ExitStack) -> "JsonLines":
    """Open JSON Lines by the file's name or ``-``; the stack closes it."""
    from livegenre.outputs.jsonl import JsonLines

    if name == "-":
        return JsonLines(sys.stdout)
    try:
        stream = open(name, "a", encoding="utf-8")  # noqa: SIM115 closed by the stack
    except OSError as error:
        raise OutputError(f"{name}: {error.strerror}; choose another place for it") from error
    stack.callback(_close, stream)
    return JsonLines(stream)


def _close(stream: TextIO) -> None:
    # Every line was flushed when it was written: what fails here has failed there, and been said.
    with suppress(OSError):
        stream.close()


def make_screen(
    arguments: Namespace,
    tap: "Tap",
    classifier: "Classifier",
    extractor: "Extractor",
    decider: "Decider",
) -> "LiveOrPlain | None":
    """Choose what people see, and let it listen in; None if they are to see nothing."""
    if arguments.headless:
        return None
    from livegenre.screen import Facts, Meter, choose_screen

    card, spec = classifier.card, extractor.spec
    facts = Facts(
        model=card.name,
        labels=card.labels,
        multi_label=card.multi_label,
        thresholds=decider.thresholds,
        silence_dbfs=decider.silence_dbfs,
        accuracy="" if card.accuracy is None else str(card.accuracy),
        source=tap.name,
        sample_rate=tap.sample_rate,
        duration_seconds=tap.duration_seconds,
        first_seconds=spec.min_seconds,
        window_seconds=spec.window_seconds,
        step_seconds=spec.step_seconds,
        replay=arguments.command == "replay",
        recording=getattr(arguments, "record", None) or "",
    )
    meter = Meter(tap.sample_rate)
    tap.listen(meter.push)
    to_stdout = arguments.jsonl != "-"
    screen = choose_screen(
        facts,
        meter,
        plain=arguments.plain or not to_stdout,
        stream=sys.stdout if to_stdout else sys.stderr,
        source_status=lambda: _fare(tap),
        on_quit=tap.stop,
    )
    tap.listen(lambda block: screen.watch())
    return screen


def _fare(tap: "Tap") -> "SourceStatus":
    from livegenre.screen import SourceStatus

    return SourceStatus(
        state=tap.state,
        trouble=tap.trouble,
        state_seconds=tap.state_seconds,
        seconds=tap.seconds + tap.gap_seconds,
        interruptions=tap.interruptions,
        missing_seconds=tap.missing_seconds,
        clipped=tap.clipped,
        seconds_since_clip=tap.seconds_since_clip,
    )


def make_recorder(path: str, tap: "Tap") -> "Recorder":
    """Begin a file of what the classifier hears."""
    from livegenre.recording import Recorder

    recorder = Recorder(path, tap.sample_rate)
    tap.listen(lambda block: recorder.push(block, tap.lost))
    return recorder
