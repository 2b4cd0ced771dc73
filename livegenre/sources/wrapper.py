"""A source around a source: what wrappers pass through unchanged."""

from types import TracebackType
from typing import Self

from livegenre.sources.base import Source, SourceState
from livegenre.sources.clipping import Clipping


class SourceWrapper:
    """Passes everything but ``read`` on to the source inside, which it closes."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def name(self) -> str:
        """Name of the source inside."""
        return self._source.name

    @property
    def sample_rate(self) -> int:
        """Sample rate of the source inside, in Hz."""
        return self._source.sample_rate

    @property
    def lost(self) -> int:
        """Samples lost by the source inside."""
        return self._source.lost

    @property
    def state(self) -> SourceState:
        """State of the source inside."""
        return self._source.state

    @property
    def trouble(self) -> str:
        """Trouble of the source inside."""
        return self._source.trouble

    @property
    def clipping(self) -> Clipping:
        """What was clipped in the source inside."""
        return self._source.clipping

    @property
    def duration_seconds(self) -> float | None:
        """Length of the source inside, in seconds of sound."""
        return self._source.duration_seconds

    def __enter__(self) -> Self:
        """Open the source inside."""
        self._source.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the source inside."""
        self._source.__exit__(kind, error, trace)
