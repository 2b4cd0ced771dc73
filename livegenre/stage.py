"""From flags to what a person sees, and to what the keys can ask of a session."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from livegenre.assembly import DecisionOptions, load_ears, make_corrections

if TYPE_CHECKING:
    from livegenre.control import Control
    from livegenre.outputs.base import Sink
    from livegenre.screen import Facts, LiveOrPlain, SourceStatus, Wishes
    from livegenre.session import Ears
    from livegenre.sources.microphone import Microphone
    from livegenre.sources.replay import Replay
    from livegenre.tap import Tap


def make_facts(
    arguments: Namespace,
    tap: "Tap",
    source: "Replay | Microphone",
    ears: "Ears",
    began: datetime | None = None,
) -> "Facts":
    """Say what a session is about, as long as these listen to what the tap is now.

    Parameters
    ----------
    arguments, tap, source, ears
    began : datetime, optional
        Local time at the beginning, where that is worth telling.
    """
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
        channels=source.channels,
        sample_format=source.sample_format,
        duration_seconds=tap.duration_seconds,
        first_seconds=spec.min_seconds,
        window_seconds=spec.window_seconds,
        step_seconds=spec.step_seconds,
        replay=arguments.command == "replay",
        recording=getattr(arguments, "record", None) or "",
        log=" and ".join(
            name for name in (arguments.log, arguments.jsonl) if name not in (None, "-")
        ),
        began="" if began is None else began.strftime("%H:%M:%S"),
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
    options = DecisionOptions.from_flags(arguments)
    return Control(
        tap,
        source,
        ears,
        models=Models([arguments.model, *others], lambda name: load_ears(options, name)),
        inputs=Inputs(survey_inputs),
        corrections=make_corrections(arguments),
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
    began = None if arguments.command == "replay" else datetime.now(UTC).astimezone()
    tap.listen(meter.push)
    to_stdout = arguments.jsonl != "-"
    screen = choose_screen(
        make_facts(arguments, tap, source, ears, began),
        meter,
        stream=sys.stdout if to_stdout else sys.stderr,
        wishes=_wishes(arguments, plain=arguments.plain or not to_stdout),
        source_status=lambda: fare(tap, source),
        controls=control,
    )
    tap.listen(lambda block: screen.watch())
    control.on_change(lambda ears: screen.inform(make_facts(arguments, tap, source, ears, began)))
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
    attempt, attempt_seconds = (0, 0.0) if isinstance(source, Replay) else source.next_attempt
    return SourceStatus(
        state=tap.state,
        trouble=tap.trouble,
        state_seconds=tap.state_seconds,
        seconds=tap.seconds + tap.gap_seconds,
        interruptions=tap.interruptions,
        missing_seconds=tap.missing_seconds,
        clipped=tap.clipping.samples,
        seconds_since_clip=tap.seconds_since_clip,
        clips=tap.clipping.tenths,
        speed=1.0 if replay is None else replay.speed,
        position_seconds=None if replay is None else replay.position_seconds,
        attempt=attempt,
        attempt_seconds=attempt_seconds,
        audio_seconds=None if isinstance(source, Replay) else source.latency_seconds,
    )
