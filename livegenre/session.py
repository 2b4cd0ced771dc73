"""One run from first sound to last: a source, a model and whoever is told, and how it ended."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import LivegenreError, OutputError, SourceError
from livegenre.features.base import Extractor
from livegenre.interruption import Terminated
from livegenre.outputs.base import End, EndReason, Header, Sink
from livegenre.outputs.changes import Debouncer
from livegenre.stream import BLOCK_SECONDS, classify_stream
from livegenre.tap import Tap


@dataclass(frozen=True, slots=True)
class Ears:
    """What listens: three parts that belong together."""

    extractor: Extractor
    classifier: Classifier
    decider: Decider


class Conductor(Protocol):
    """Who cuts the sound, and says how it goes on; called on the reader's thread."""

    def witness(self, features: FloatArray, decision: Decision) -> None:
        """Take the features of the newest window, not to be changed, and what was decided on it."""

    def go_on(self) -> Ears:
        """Do what the sound was cut for, and return who listens from here on."""


def run_session(
    tap: Tap,
    ears: Ears,
    *,
    sinks: Sequence[Sink] = (),
    changes: Debouncer | None = None,
    show: Callable[[Decision], None] | None = None,
    conductor: Conductor | None = None,
    block_seconds: float = BLOCK_SECONDS,
) -> End:
    """Classify a source to its end and tell screen and sinks; called on the main thread.

    However it ends, every sink is told so, once.

    Parameters
    ----------
    tap : Tap
    ears : Ears
        Fresh.
    sinks : sequence of Sink
        Told of beginning, decisions, changes of answer and device, and, in this order, of the end.
    changes : Debouncer, optional
        Fresh; says what is a change of the answer, if asked otherwise than usual.
    show : callable, optional
        Given every decision first; must not wait.
    conductor : Conductor, optional
        Needed where the tap is cut.
    block_seconds : float > 0
        As for ``classify_stream``.

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
    announce = _announcer(changes or Debouncer(), sinks)
    takers = [*([show] if show else []), *(sink.show for sink in sinks), announce]

    def tell_end(sink: Sink) -> None:
        # Ctrl-C ends every program of a pipeline: a reader that went first is no error then.
        with suppress(*([OutputError] if reason in ("interrupted", "terminated") else [])):
            sink.end(_end(tap, reason))

    with ExitStack() as ends:
        for sink in reversed(sinks):  # the first is told of the end first, whoever makes it wait
            sink.start(_header(tap, ears))
            ends.callback(tell_end, sink)
            tap.watch(sink.device)
        try:
            decisions = _tell_all(tap, _decide(tap, ears, conductor, block_seconds), takers)
            if not decisions and not tap.stopped:
                raise too_short(tap, ears)
            reason = "quit" if tap.stopped else "end"
        except Terminated:
            reason = "terminated"
            raise
        except KeyboardInterrupt:
            reason = "interrupted"
            raise
    return _end(tap, reason)


def too_short(tap: Tap, ears: Ears) -> SourceError:
    """Return what to raise where the sound ended before the first decision."""
    return SourceError(
        f"{tap.name}: {tap.seconds:.2f} s of sound is too short for a decision; "
        f"{ears.extractor.spec.min_seconds:.2f} s are needed (a file can --loop)"
    )


def _decide(
    tap: Tap, ears: Ears, conductor: Conductor | None, block_seconds: float
) -> Iterator[Decision]:
    """Yield the decisions of all the sound; the window starts anew after every cut."""
    while True:
        yield from classify_stream(
            tap,
            ears.extractor,
            ears.classifier,
            ears.decider,
            block_seconds=block_seconds,
            before=tap.received,
            witness=None if conductor is None else conductor.witness,
        )
        if not tap.resume() or conductor is None:
            return
        ears = conductor.go_on()
        ears.extractor.reset()
        ears.decider.begin_anew()


def _tell_all(
    tap: Tap,
    decisions: Iterator[Decision],
    takers: Sequence[Callable[[Decision], None]],
) -> int:
    """Give every decision to all who take them; return how many there were."""
    n_decisions = 0
    try:
        for decision in decisions:
            n_decisions += 1
            for take in takers:
                take(decision)
    except (LivegenreError, OSError):
        tap.heed_now()  # a closed terminal breaks the screen before its signal is heeded
        raise
    return n_decisions


def _announcer(changes: Debouncer, sinks: Sequence[Sink]) -> Callable[[Decision], None]:
    """Return what finds changes of the answer in decisions and tells the sinks of them."""

    def announce(decision: Decision) -> None:
        if change := changes.push(decision):
            for sink in sinks:
                sink.change(change)

    return announce


def _end(tap: Tap, reason: EndReason) -> End:
    return End(
        reason,
        tap.seconds,
        tap.lost,
        interruptions=tap.interruptions,
        missing_seconds=tap.missing_seconds,
        clipped=tap.clipping.samples,
    )


def _header(tap: Tap, ears: Ears) -> Header:
    card, spec = ears.classifier.card, ears.extractor.spec
    return Header(
        model=card.name,
        labels=card.labels,
        multi_label=card.multi_label,
        window_seconds=spec.window_seconds,
        step_seconds=spec.step_seconds,
        source=tap.name,
        sample_rate=tap.sample_rate,
        start_time=datetime.now(UTC).astimezone().isoformat(timespec="milliseconds"),
    )
