"""From flags to the parts of a session: model, decider, JSON Lines and screen."""

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from livegenre.errors import ModelError, OutputError, UsageError

if TYPE_CHECKING:
    from livegenre.classifier import Classifier
    from livegenre.corrections import Corrections
    from livegenre.decision import Decider
    from livegenre.features.base import Extractor, FeatureSpec
    from livegenre.outputs.jsonl import JsonLines
    from livegenre.recording import Recorder
    from livegenre.screen import Facts, LiveOrPlain, SourceStatus, Wishes
    from livegenre.tap import Tap


class QuitOnly:
    """Controls of a session that can only be ended."""

    def __init__(self, quit_session: Callable[[], None]) -> None:
        self._quit = quit_session

    def quit(self) -> None:
        """End the session."""
        self._quit()

    def answer(self) -> str:
        """Return no news."""
        return ""

    def _decline(self, *asked: object) -> str:
        return "not possible here"

    devices = open_device = next_model = seek = change_speed = mark = correct = why = _decline


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
    from livegenre.screen import Meter, choose_screen

    facts = make_facts(arguments, tap, classifier, extractor, decider)
    meter = Meter(tap.sample_rate)
    tap.listen(meter.push)
    to_stdout = arguments.jsonl != "-"
    screen = choose_screen(
        facts,
        meter,
        stream=sys.stdout if to_stdout else sys.stderr,
        wishes=_wishes(arguments, plain=arguments.plain or not to_stdout),
        source_status=lambda: fare(tap),
        controls=QuitOnly(tap.stop),
    )
    tap.listen(lambda block: screen.watch())
    return screen


def make_facts(
    arguments: Namespace,
    tap: "Tap",
    classifier: "Classifier",
    extractor: "Extractor",
    decider: "Decider",
) -> "Facts":
    """Gather what a screen is to know of a session beforehand."""
    from livegenre.screen import Facts

    card, spec = classifier.card, extractor.spec
    return Facts(
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
        log="" if arguments.jsonl in (None, "-") else arguments.jsonl,
    )


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


def fare(tap: "Tap") -> "SourceStatus":
    """Return how a source fares, in a screen's terms."""
    from livegenre.screen import SourceStatus

    return SourceStatus(
        state=tap.state,
        state_seconds=tap.state_seconds,
        seconds=tap.seconds + tap.gap_seconds,
        interruptions=tap.interruptions,
        missing_seconds=tap.missing_seconds,
        clipped=tap.clipped,
        seconds_since_clip=tap.seconds_since_clip,
    )


def make_corrections(arguments: Namespace) -> "Corrections":
    """Return where windows are kept that are put right: where asked, or in the data folder."""
    from livegenre.corrections import Corrections, default_path

    return Corrections(Path(arguments.corrections) if arguments.corrections else default_path())


def make_recorder(path: str, tap: "Tap") -> "Recorder":
    """Begin a file of what the classifier hears."""
    from livegenre.recording import Recorder

    recorder = Recorder(path, tap.sample_rate)
    tap.listen(lambda block: recorder.push(block, tap.lost))
    return recorder
