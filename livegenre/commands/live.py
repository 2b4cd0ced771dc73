"""Commands that hear sound as it comes: ``listen`` and ``replay``."""

import gc
import math
from argparse import Namespace
from contextlib import ExitStack
from typing import TYPE_CHECKING

from livegenre.assembly import DecisionOptions, load_ears, load_model, make_decider, make_recorder
from livegenre.errors import LivegenreError, UsageError
from livegenre.sinks import make_debouncer, make_sinks
from livegenre.stage import make_control, make_screen
from livegenre.voice import Voice

if TYPE_CHECKING:
    from livegenre.sources.base import Source
    from livegenre.sources.microphone import Microphone
    from livegenre.sources.replay import Replay

ALONE_WITHOUT = (
    *("--jsonl", "--log", "--log-size", "--on-change"),
    *("--web", "--web-token", "--osc", "--mqtt", "--mqtt-ca"),
)
"""Flags that ``--verify`` would never heed."""


def listen(arguments: Namespace) -> None:
    """Classify what a device hears."""
    from livegenre.sources.channels import parse_channel
    from livegenre.sources.microphone import Microphone

    channel = parse_channel(arguments.channel)
    source = Microphone(arguments.device, channel, wait=arguments.wait)
    _classify(arguments, source, limit_seconds=arguments.duration)


def replay(arguments: Namespace) -> None:
    """Classify a file, standard input or a signal as a stream."""
    from livegenre.sources import ReplayOptions, open_source
    from livegenre.sources.levels import LevelledSource

    options = ReplayOptions(
        spec=arguments.file,
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
        _verify(arguments, LevelledSource(open_source(options), gain_db=arguments.gain))
    else:
        _classify(arguments, open_source(options), limit_seconds=None)


def _classify(
    arguments: Namespace, source: "Replay | Microphone", *, limit_seconds: float | None
) -> None:
    from livegenre.interruption import signals_raised
    from livegenre.session import run_session
    from livegenre.stream import BLOCK_SECONDS, FAST_BLOCK_SECONDS
    from livegenre.tap import Tap

    live = arguments.command == "listen"
    tap = Tap(source, limit_seconds=limit_seconds, gain_db=arguments.gain, remove_dc=live)
    with ExitStack() as stack:
        voice = Voice()
        sinks = make_sinks(arguments, tap, stack, voice.say)  # trouble at first stops all of it
        stack.enter_context(tap)
        ears = load_ears(DecisionOptions.from_flags(arguments), arguments.model)
        control = screen = None
        if not arguments.headless:
            control = make_control(arguments, tap, source, ears, sinks)
            voice.show_on(control.tell)
            screen = make_screen(arguments, tap, source, ears, control)
        else:
            tap.watch(voice.tell_input)
        recorder = make_recorder(arguments.record, tap) if live and arguments.record else None
        in_real_time = live or arguments.speed < math.inf
        gc.freeze()  # collections of what stays anyway would hold up the audio callback
        stack.callback(gc.unfreeze)
        tap.heed(stack.enter_context(signals_raised()).heed)
        for part in (recorder, control, screen):
            if part is not None:
                stack.enter_context(part)
        run_session(
            tap,
            ears,
            sinks=sinks,
            changes=make_debouncer(arguments),
            show=None if screen is None else screen.show,
            conductor=control,
            block_seconds=BLOCK_SECONDS if in_real_time else FAST_BLOCK_SECONDS,
        )


def _verify(arguments: Namespace, source: "Source") -> None:
    from livegenre.verify import TOLERANCE, verify

    options = DecisionOptions.from_flags(arguments)
    with source:
        classifier, extractor = load_model(arguments.model, step_seconds=options.step_seconds)
        worst = 0.0
        for blocks, difference in verify(
            source, extractor, classifier, lambda: make_decider(options, classifier)
        ):
            print(f"blocks of {blocks}: largest difference {difference:.1e}", flush=True)
            worst = max(worst, difference)
    print(f"largest difference of stream and batch: {worst:.1e} (at most {TOLERANCE:.0e})")
    if worst > TOLERANCE:
        raise LivegenreError(f"{source.name}: stream and batch differ; please report this file")


def _value(arguments: Namespace, flag: str) -> object:
    return getattr(arguments, flag[2:].replace("-", "_"))


def _check_verifiable(arguments: Namespace) -> None:
    """See that what is to be verified ends, and that nothing else is asked for."""
    from livegenre.sources.signal import is_signal

    asked = [flag for flag in ALONE_WITHOUT if _value(arguments, flag) is not None]
    if asked or arguments.play:
        raise UsageError(f"--verify: runs alone; leave out {asked[0] if asked else '--play'}")
    if arguments.duration is None and (arguments.loop or is_signal(arguments.file)):
        raise UsageError("--verify: this sound has no end; give it a --duration")
