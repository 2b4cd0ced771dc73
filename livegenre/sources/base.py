"""What every source of sound looks like to its reader, whatever it is made of."""

from types import TracebackType
from typing import Literal, Protocol, Self

from livegenre.arrays import FloatArray
from livegenre.sources.clipping import Clipping

SourceState = Literal["live", "muted", "stalled", "reconnecting", "ended"]
"""Sound comes; only digital zeros come; nothing comes; the device is being opened anew; closed."""


class Source(Protocol):
    """Mono sound, pulled block by block on the reader's thread; a context manager.

    A source opens in its constructor or in ``__enter__`` and frees everything in ``__exit__``.
    """

    @property
    def name(self) -> str:
        """What a person calls it: a file's name, a device's name, a signal's specification."""

    @property
    def sample_rate(self) -> int:
        """Samples a second that ``read`` delivers, in Hz, > 0; the source's own rate."""

    @property
    def lost(self) -> int:
        """Samples, at ``sample_rate``, that will never be read.

        A gap lies just before the block that ``read`` returned when this number grew: no block
        ever holds sound from both sides of a gap.
        """

    @property
    def state(self) -> SourceState:
        """Whether sound is coming, and if not, what is being done about it."""

    @property
    def trouble(self) -> str:
        """Why it is in that state, in words, where the state alone does not say it; else empty."""

    @property
    def clipping(self) -> Clipping:
        """What was clipped so far, before channels are mixed and before any gain."""

    @property
    def duration_seconds(self) -> float | None:
        """How long the sound lasts in seconds, where that is known beforehand."""

    def read(self, n: int) -> FloatArray | None:
        """Wait for sound and return the next samples.

        Parameters
        ----------
        n : int > 0
            Most samples to return.

        Returns
        -------
        ndarray [shape=(<= n,)], float32, mono, or None
            Shorter than ``n``, even empty, when no more came within about 0.1 s, so that a
            reader can always be stopped; None at the end of the sound.

        Raises
        ------
        SourceError
            If the sound cannot be had any more.
        """

    def __enter__(self) -> Self:
        """Open what is not open yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free device, file and threads."""
