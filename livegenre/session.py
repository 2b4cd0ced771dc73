"""One run from first sound to last: a source, a model and whoever is told, and how it ended."""

import math
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import OutputError, SourceError
from livegenre.features.base import Extractor
from livegenre.interruption import Terminated
from livegenre.outputs.base import End, EndReason, Header, Sink
from livegenre.sources.base import Source
from livegenre.sources.wrapper import SourceWrapper
from livegenre.stream import BLOCK_SECONDS, classify_stream


class Tap(SourceWrapper):
    """A source passed through: counted, listened in on, limited, and ended from outside.

    Parameters
    ----------
    source : Source
        Opened and closed with this one.
    limit_seconds : float > 0, optional
        Sound after which it ends, to the block.
    """

    def __init__(self, source: Source, *, limit_seconds: float | None = None) -> None:
        super().__init__(source)
        self._limit_seconds = math.inf if limit_seconds is None else limit_seconds
        self._listeners: list[Callable[[FloatArray], None]] = []
        self._received = 0
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopped.is_set()

    @property
    def seconds(self) -> float:
        """Sound that went by, lost sound included, in seconds."""
        return (self._received + self.lost) / self.sample_rate

    def listen(self, listener: Callable[[FloatArray], None]) -> None:
        """Have every block given to ``listener`` too, on the reader's thread; it must not wait."""
        self._listeners.append(listener)

    def stop(self) -> None:
        """End the sound at the next read; called on any thread."""
        self._stopped.set()

    def read(self, n: int) -> FloatArray | None:
        """Read from the source, unless stopped or past the limit; see ``Source.read``."""
        if self.stopped or self.seconds >= self._limit_seconds:
            return None
        block = self._source.read(n)
        if block is not None:
            self._received += len(block)
            for listen in self._listeners:
                listen(block)
        return block


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
        Told of beginning, decisions and end.
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
    decisions = 0
    takers = [*([show] if show else []), *(sink.show for sink in sinks)]

    def tell_end(sink: Sink) -> None:
        # Ctrl-C ends every program of a pipeline: a reader that went first is no error then.
        with suppress(*([OutputError] if reason in ("interrupted", "terminated") else [])):
            sink.end(End(reason, tap.seconds, tap.lost))

    with ExitStack() as ends:
        for sink in sinks:
            sink.start(_header(tap, classifier, extractor))
            ends.callback(tell_end, sink)
        try:
            for decision in classify_stream(
                tap, extractor, classifier, decider, block_seconds=block_seconds
            ):
                decisions += 1
                for take in takers:
                    take(decision)
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
    return End(reason, tap.seconds, tap.lost)


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
