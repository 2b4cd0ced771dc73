"""From flags to the parts of a session: model, decider, JSON Lines and screen."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from livegenre.errors import ModelError, OutputError, UsageError

if TYPE_CHECKING:
    from livegenre.classifier import Classifier
    from livegenre.control import Control
    from livegenre.decision import Decider
    from livegenre.features.base import Extractor, FeatureSpec
    from livegenre.outputs.base import Sink
    from livegenre.outputs.jsonl import JsonLines
    from livegenre.recording import Recorder
    from livegenre.screen import Facts, LiveOrPlain, SourceStatus, Wishes
    from livegenre.session import Ears
    from livegenre.sources.microphone import Microphone
    from livegenre.sources.replay import Replay
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


def make_facts(arguments: Namespace, tap: "Tap", ears: "Ears") -> "Facts":
    """Say what a session is about, as long as these listen to what the tap is now."""
    from livegenre.screen import Facts

    card, spec = ears.classifier.card, ears.extractor.spec
    return Facts(
        model=card.name,
        labels=card.labels,
        multi_label=card.multi_label,
        thresholds=ears.decider.thresholds,
        silence_dbfs=ears.decider.silence_dbfs,
        accuracy="" if card.accuracy is None else str(card.accuracy),
        source=tap.name,
        sample_rate=tap.sample_rate,
        duration_seconds=tap.duration_seconds,
        first_seconds=spec.min_seconds,
        window_seconds=spec.window_seconds,
        step_seconds=spec.step_seconds,
        replay=arguments.command == "replay",
        recording=getattr(arguments, "record", None) or "",
        log="" if arguments.jsonl in (None, "-") else arguments.jsonl,
    )


def make_control(
    arguments: Namespace,
    tap: "Tap",
    source: "Replay | Microphone",
    ears: "Ears",
    sinks: "Sequence[Sink]",
) -> "Control":
    """Make what the keys can ask of a session."""
    from livegenre.classifier import bundled_models
    from livegenre.control import Control
    from livegenre.control.inputs import Inputs
    from livegenre.control.models import Models
    from livegenre.sources.survey import survey_inputs

    bundled = [path.stem for path in bundled_models()]
    first = bundled.index(arguments.model) if arguments.model in bundled else 0
    others = [name for name in bundled[first:] + bundled[:first] if name != arguments.model]
    return Control(
        tap,
        source,
        ears,
        models=Models([arguments.model, *others], lambda name: load_ears(arguments, name)),
        inputs=Inputs(survey_inputs),
        sinks=sinks,
    )


def make_screen(
    arguments: Namespace,
    tap: "Tap",
    source: "Replay | Microphone",
    ears: "Ears",
    control: "Control",
) -> "LiveOrPlain":
    """Choose what people see, and let it listen in."""
    from livegenre.screen import Meter, choose_screen

    meter = Meter(tap.sample_rate)
    tap.listen(meter.push)
    to_stdout = arguments.jsonl != "-"
    screen = choose_screen(
        make_facts(arguments, tap, ears),
        meter,
        stream=sys.stdout if to_stdout else sys.stderr,
        wishes=_wishes(arguments, plain=arguments.plain or not to_stdout),
        source_status=lambda: fare(tap, source),
        controls=control,
    )
    tap.listen(lambda block: screen.watch())
    control.on_change(lambda ears: screen.inform(make_facts(arguments, tap, ears)))
    return screen


def _wishes(arguments: Namespace, *, plain: bool) -> "Wishes":
    from livegenre.screen import Wishes

    return Wishes(
        plain=plain,
        ascii=arguments.ascii,
        unicode=arguments.unicode,
        mono=arguments.mono,
        theme=arguments.theme,
        frames_per_second=arguments.fps,
        scroll_ops=not arguments.no_scroll_ops,
    )


def fare(tap: "Tap", source: "Replay | Microphone") -> "SourceStatus":
    """Return how a source fares, in a screen's terms."""
    from livegenre.screen import SourceStatus
    from livegenre.sources.replay import Replay

    replay = source if isinstance(source, Replay) else None
    return SourceStatus(
        state=tap.state,
        state_seconds=tap.state_seconds,
        seconds=tap.seconds + tap.gap_seconds,
        interruptions=tap.interruptions,
        missing_seconds=tap.missing_seconds,
        clipped=tap.clipped,
        seconds_since_clip=tap.seconds_since_clip,
        speed=1.0 if replay is None else replay.speed,
        position_seconds=None if replay is None else replay.position_seconds,
    )


def make_recorder(path: str, tap: "Tap") -> "Recorder":
    """Begin a file of what the classifier hears."""
    from livegenre.recording import Recorder

    recorder = Recorder(path, tap.sample_rate)
    tap.listen(lambda block: recorder.push(block, tap.lost))
    return recorder
