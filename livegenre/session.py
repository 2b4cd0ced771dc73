"""One run from first sound to last: a source, a model and whoever is told, and how it ended."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import LivegenreError, OutputError, SourceError
from livegenre.features.base import Extractor
from livegenre.interruption import Terminated
from livegenre.outputs.base import End, EndReason, Header, Sink
from livegenre.stream import BLOCK_SECONDS, classify_stream
from livegenre.tap import Tap


def run_session(
    tap: Tap,
    extractor: Extractor,
    classifier: Classifier,
    decider: Decider,
    *,
    sinks: Sequence[Sink] = (),
    show: Callable[[Decision], None] | None = None,
    block_seconds: float = BLOCK_SECONDS,
) -> End:
    """Classify a source to its end and tell screen and sinks; called on the main thread.

    However it ends, every sink is told so, once.

    Parameters
    ----------
    tap, extractor, classifier, decider, block_seconds
        As for ``classify_stream``.
    sinks : sequence of Sink
        Told of beginning, decisions, changes of the device and end.
    show : callable, optional
        Given every decision first; must not wait.

    Raises
    ------
    SourceError
        If the sound broke off, or was too short for a single decision.
    OutputError
        If a sink can take no more.
    Terminated, KeyboardInterrupt
        When interrupted.
    """
    reason: EndReason = "error"
    takers = [*([show] if show else []), *(sink.show for sink in sinks)]

    def tell_end(sink: Sink) -> None:
        # Ctrl-C ends every program of a pipeline: a reader that went first is no error then.
        with suppress(*([OutputError] if reason in ("interrupted", "terminated") else [])):
            sink.end(_end(tap, reason))

    with ExitStack() as ends:
        for sink in sinks:
            sink.start(_header(tap, classifier, extractor))
            ends.callback(tell_end, sink)
            tap.watch(sink.device)
        try:
            decisions = _tell_all(tap, extractor, classifier, decider, takers, block_seconds)
            if not decisions and not tap.stopped:
                raise SourceError(
                    f"{tap.name}: {tap.seconds:.2f} s of sound is too short for a decision; "
                    f"{extractor.spec.min_seconds:.2f} s are needed (a file can --loop)"
                )
            reason = "quit" if tap.stopped else "end"
        except Terminated:
            reason = "terminated"
            raise
        except KeyboardInterrupt:
            reason = "interrupted"
            raise
    return _end(tap, reason)


def _tell_all(
    tap: Tap,
    extractor: Extractor,
    classifier: Classifier,
    decider: Decider,
    takers: Sequence[Callable[[Decision], None]],
    block_seconds: float,
) -> int:
    """Give every decision to all who take them; return how many there were."""
    decisions = 0
    try:
        for decision in classify_stream(
            tap, extractor, classifier, decider, block_seconds=block_seconds
        ):
            decisions += 1
            for take in takers:
                take(decision)
    except (LivegenreError, OSError):
        tap.heed_now()  # a closed terminal breaks the screen before its signal is heeded
        raise
    return decisions


def _end(tap: Tap, reason: EndReason) -> End:
    return End(
        reason,
        tap.seconds,
        tap.lost,
        interruptions=tap.interruptions,
        missing_seconds=tap.missing_seconds,
        clipped=tap.clipped,
    )


def _header(tap: Tap, classifier: Classifier, extractor: Extractor) -> Header:
    return Header(
        model=classifier.card.name,
        labels=classifier.card.labels,
        multi_label=classifier.card.multi_label,
        window_seconds=extractor.spec.window_seconds,
        step_seconds=extractor.spec.step_seconds,
        source=tap.name,
        sample_rate=tap.sample_rate,
        start_time=datetime.now(UTC).astimezone().isoformat(timespec="milliseconds"),
    )
