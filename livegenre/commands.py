"""The commands: flags become calls. Imports what a command needs when it is given."""

import gc
import math
import sys
from argparse import Namespace
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from livegenre.errors import DeviceError, LivegenreError, ModelError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from livegenre.classifier import Classifier
    from livegenre.decision import Decider, Decision
    from livegenre.features.base import Extractor
    from livegenre.outputs.jsonl import JsonLines
    from livegenre.screen import LiveOrPlain
    from livegenre.session import Tap
    from livegenre.sources.base import Source

DEMO = Path(__file__).parent / "demo" / "demo.ogg"
FAST_BLOCK_SECONDS = 0.5
"""Sound read at once where it does not come in real time."""


def listen(arguments: Namespace) -> None:
    """Classify what a device hears."""
    from livegenre.sources.channels import parse_channel
    from livegenre.sources.microphone import Microphone

    source = Microphone(arguments.device, parse_channel(arguments.channel))
    _classify(arguments, source, limit_seconds=arguments.duration)


def replay(arguments: Namespace) -> None:
    """Classify a file, standard input or a signal as a stream."""
    from livegenre.sources import ReplayOptions, open_source

    options = ReplayOptions(
        spec=str(DEMO) if arguments.file == "demo" else arguments.file,
        raw=arguments.raw,
        channel=arguments.channel,
        start_seconds=arguments.start,
        duration_seconds=arguments.duration,
        loop=arguments.loop,
        speed=math.inf if arguments.verify else arguments.speed,
        play=arguments.play,
    )
    if arguments.verify:
        _verify(arguments, open_source(options))
    else:
        _classify(arguments, open_source(options), limit_seconds=None)


def devices(arguments: Namespace) -> None:
    """List inputs; a star marks the default."""
    from livegenre.sources.portaudio import list_inputs

    found = list_inputs()
    if not found:
        raise DeviceError("no microphone or line-in was found; connect one and allow its use")
    for device in found:
        mark = "*" if device.is_default else " "
        details = f"{device.host_api}, {device.n_channels} in, {device.sample_rate:,} Hz"
        print(f"{mark} {device.index:>2}  {device.name}  ({details})")


def _classify(arguments: Namespace, source: "Source", *, limit_seconds: float | None) -> None:
    from livegenre.session import Tap, run_session
    from livegenre.stream import BLOCK_SECONDS

    with ExitStack() as stack:
        tap = stack.enter_context(Tap(source, limit_seconds=limit_seconds))
        classifier, extractor = _load_model(arguments)
        decider = _decider(arguments, classifier)
        sinks = [_json_lines(arguments.jsonl, stack)] if arguments.jsonl else []
        screen = None
        if not arguments.headless:
            screen = stack.enter_context(_screen(arguments, tap, classifier, extractor, decider))
        in_real_time = getattr(arguments, "speed", 1.0) < math.inf
        gc.freeze()  # collections of what stays anyway would hold up the audio callback
        run_session(
            tap,
            extractor,
            classifier,
            decider,
            sinks=sinks,
            show=None if screen is None else _checked(screen),
            block_seconds=BLOCK_SECONDS if in_real_time else FAST_BLOCK_SECONDS,
        )


def _verify(arguments: Namespace, source: "Source") -> None:
    from livegenre.verify import TOLERANCE, verify

    with source:
        classifier, extractor = _load_model(arguments)
        worst = 0.0
        for blocks, difference in verify(
            source, extractor, classifier, lambda: _decider(arguments, classifier)
        ):
            print(f"blocks of {blocks}: largest difference {difference:.1e}", flush=True)
            worst = max(worst, difference)
    print(f"largest difference of stream and batch: {worst:.1e} (at most {TOLERANCE:.0e})")
    if worst > TOLERANCE:
        raise LivegenreError(f"{source.name}: stream and batch differ; please report this file")


def _load_model(arguments: Namespace) -> "tuple[Classifier, Extractor]":
    from livegenre.classifier import Classifier, model_path
    from livegenre.features import create_extractor

    classifier = Classifier.load(model_path(arguments.model))
    spec = classifier.card.features
    if arguments.step is not None:
        step_frames = max(1, round(arguments.step * spec.sample_rate / spec.hop_length))
        spec = replace(spec, step_frames=step_frames)
    try:
        return classifier, create_extractor(spec)
    except ValueError as error:
        raise ModelError(f"model {arguments.model}: its card is wrong: {error}") from error


def _decider(arguments: Namespace, classifier: "Classifier") -> "Decider":
    from livegenre.decision import Decider

    options = {
        "unsure_threshold": arguments.unsure,
        "silence_dbfs": arguments.silence,
        "smoothing_seconds": arguments.smoothing,
        "hold_seconds": arguments.hold,
    }
    card = classifier.card
    given = {name: value for name, value in options.items() if value is not None}
    return Decider(card.labels, **{"unsure_threshold": card.unsure_threshold, **given})


def _json_lines(name: str, stack: ExitStack) -> "JsonLines":
    from livegenre.outputs.jsonl import JsonLines

    if name == "-":
        return JsonLines(sys.stdout)
    try:
        return JsonLines(stack.enter_context(open(name, "a", encoding="utf-8")))
    except OSError as error:
        raise OutputError(f"{name}: {error.strerror}; choose another place for it") from error


def _screen(
    arguments: Namespace,
    tap: "Tap",
    classifier: "Classifier",
    extractor: "Extractor",
    decider: "Decider",
) -> "LiveOrPlain":
    from livegenre.screen import Facts, Meter, choose_screen

    card, spec = classifier.card, extractor.spec
    facts = Facts(
        model=card.name,
        labels=card.labels,
        unsure_threshold=decider.unsure_threshold,
        silence_dbfs=decider.silence_dbfs,
        accuracy="" if card.accuracy is None else str(card.accuracy),
        source=tap.name,
        sample_rate=tap.sample_rate,
        duration_seconds=tap.duration_seconds,
        first_seconds=spec.min_seconds,
        window_seconds=spec.window_seconds,
        step_seconds=spec.step_seconds,
        replay=arguments.command == "replay",
    )
    meter = Meter(tap.sample_rate)
    tap.listen(meter.push)
    to_stdout = arguments.jsonl != "-"
    return choose_screen(
        facts,
        meter,
        plain=arguments.plain or not to_stdout,
        stream=sys.stdout if to_stdout else sys.stderr,
        source_state=lambda: tap.state,
        on_quit=tap.stop,
    )


def _checked(screen: "LiveOrPlain") -> "Callable[[Decision], None]":
    def show(decision: "Decision") -> None:
        screen.show(decision)
        if screen.error is not None:
            raise OutputError(f"the screen ended: {screen.error!r}; --plain needs none")

    return show
