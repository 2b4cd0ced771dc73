"""Records what is heard, on a thread of its own, so that no step waits for a disk.

The only module that writes sound that was heard, and only where it is asked to.
"""

import threading
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from types import TracebackType
from typing import Any, Self

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import OutputError, UsageError

FORMATS = (".flac", ".wav")
N_BLOCKS = 200
"""How many blocks may wait for a slow disk: ten seconds of sound."""
PATIENCE_SECONDS = 5.0


class Recorder:
    """A new mono file of 24 bits; a context manager, at whose end the file is whole.

    A place in the file is a time of the session: what was lost, by the source or by a slow disk,
    is silence in it.

    Parameters
    ----------
    path : str
        Ends in ``.flac`` or ``.wav``; no such file may exist.
    sample_rate : int > 0
        In Hz.

    Raises
    ------
    UsageError
        If the name ends otherwise.
    OutputError
        If the file cannot be made; at the end, if not all sound could be written.
    """

    def __init__(self, path: str, sample_rate: int) -> None:
        self._path = path
        self._sample_rate = sample_rate
        self._file: Any = _create(path, sample_rate)
        self._queue: Queue[tuple[int, FloatArray] | None] = Queue(N_BLOCKS)
        self._lost = 0
        self._dropped = 0
        self._silence = 0
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    def push(self, block: FloatArray, lost: int) -> None:
        """Take the next samples; called on the reader's thread, never waits.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
            Not changed by anyone afterwards; what is beyond full scale is clipped.
        lost : int
            As in ``Source.lost`` when the block was read.
        """
        self._silence += lost - self._lost
        self._lost = lost
        try:
            self._queue.put_nowait((self._silence, block))
        except Full:
            self._dropped += len(block)
            self._silence += len(block)
        else:
            self._silence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is still waiting and close the file; the first error is the one told."""
        if self._thread.is_alive():
            with suppress(Full):
                self._queue.put(None, timeout=PATIENCE_SECONDS)
        self._thread.join(PATIENCE_SECONDS)
        if error is None or isinstance(error, KeyboardInterrupt):
            self._check()

    def _check(self) -> None:
        if self._thread.is_alive():
            raise OutputError(f"{self._path}: the disk does not answer; the recording is cut short")
        if self._trouble:
            raise OutputError(f"{self._path}: {self._trouble}; the recording is cut short")
        if self._dropped:
            seconds = self._dropped / self._sample_rate
            raise OutputError(f"{self._path}: the disk is too slow, {seconds:.1f} s are silent")

    def _run(self) -> None:
        """Write until the end or the first error, of which ``__exit__`` tells."""
        import soundfile

        try:
            with self._file:
                while (item := self._queue.get()) is not None:
                    self._write(*item)
        except (soundfile.SoundFileError, OSError) as error:
            self._trouble = f"cannot be written, is the disk full? ({error})"

    def _write(self, n_silent: int, block: FloatArray) -> None:
        while n_silent > 0:
            silence = np.zeros(min(n_silent, self._sample_rate), np.float32)
            self._file.write(silence)
            n_silent -= len(silence)
        self._file.write(block)


def _create(path: str, sample_rate: int) -> Any:
    import soundfile

    if Path(path).suffix.lower() not in FORMATS:
        raise UsageError(f"--record {path}: the name must end in {' or '.join(FORMATS)}")
    try:
        open(path, "xb").close()  # says better than libsndfile why it cannot be
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; choose another place for it") from error
    try:
        return soundfile.SoundFile(path, "w", sample_rate, 1, subtype="PCM_24")
    except soundfile.SoundFileError as error:
        raise OutputError(f"{path}: {error}") from error
