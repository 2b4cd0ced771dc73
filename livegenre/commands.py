"""The commands: flags become calls. Imports what a command needs when it is given."""

import gc
import json
import math
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from livegenre.assembly import checked, load_model, make_decider, make_json_lines, make_screen
from livegenre.errors import DeviceError, LivegenreError, UsageError

if TYPE_CHECKING:
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
        _check_verifiable(arguments)
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


def models(arguments: Namespace) -> None:
    """List the bundled models, or print a model's card."""
    from livegenre.classifier import Classifier, bundled_models, model_path

    if arguments.action == "show":
        card = Classifier.load(model_path(arguments.name)).card
        print(json.dumps(json.loads(card.to_json()), indent=2, ensure_ascii=False))
        return
    for path in bundled_models():
        card = Classifier.load(path).card
        accuracy = "accuracy not measured" if card.accuracy is None else str(card.accuracy)
        size = path.stat().st_size / 1e6
        print(f"{card.name}: {len(card.labels)} labels; {accuracy}; {size:.2f} MB; {card.licence}")


def _classify(arguments: Namespace, source: "Source", *, limit_seconds: float | None) -> None:
    from livegenre.interruption import signals_raised
    from livegenre.session import Tap, run_session
    from livegenre.stream import BLOCK_SECONDS

    with ExitStack() as stack:
        tap = stack.enter_context(Tap(source, limit_seconds=limit_seconds))
        classifier, extractor = load_model(arguments)
        decider = make_decider(arguments, classifier)
        sinks = [make_json_lines(arguments.jsonl, stack)] if arguments.jsonl else []
        screen = make_screen(arguments, tap, classifier, extractor, decider)
        in_real_time = getattr(arguments, "speed", 1.0) < math.inf
        gc.freeze()  # collections of what stays anyway would hold up the audio callback
        stack.callback(gc.unfreeze)
        stack.enter_context(signals_raised(tap.stop))
        if screen is not None:
            stack.enter_context(screen)
        run_session(
            tap,
            extractor,
            classifier,
            decider,
            sinks=sinks,
            show=None if screen is None else checked(screen),
            block_seconds=BLOCK_SECONDS if in_real_time else FAST_BLOCK_SECONDS,
        )


def _verify(arguments: Namespace, source: "Source") -> None:
    from livegenre.verify import TOLERANCE, verify

    with source:
        classifier, extractor = load_model(arguments)
        worst = 0.0
        for blocks, difference in verify(
            source, extractor, classifier, lambda: make_decider(arguments, classifier)
        ):
            print(f"blocks of {blocks}: largest difference {difference:.1e}", flush=True)
            worst = max(worst, difference)
    print(f"largest difference of stream and batch: {worst:.1e} (at most {TOLERANCE:.0e})")
    if worst > TOLERANCE:
        raise LivegenreError(f"{source.name}: stream and batch differ; please report this file")


def _check_verifiable(arguments: Namespace) -> None:
    """See that what is to be verified ends, and that nothing else is asked for."""
    from livegenre.sources.signal import is_signal

    if arguments.jsonl or arguments.play:
        raise UsageError("--verify: runs alone; leave out --jsonl and --play")
    if arguments.duration is None and (arguments.loop or is_signal(arguments.file)):
        raise UsageError("--verify: this sound has no end; give it a --duration")
