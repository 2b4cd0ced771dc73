"""Sound on standard input: WAV, or raw samples of a given format."""

import os

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.sources.pcm import PcmReader, RawFormat
from livegenre.sources.pipe import Pipe
from livegenre.sources.wav import read_header


class StdinDecoder:
    """Frames out of a pipe as they come.

    The constructor waits for the header; from then on a read waits 0.1 s at most.

    Parameters
    ----------
    raw : RawFormat, optional
        What the bytes mean; without it they must be WAV.
    start_seconds : float >= 0
        How much to read over.
    fd : int
        Descriptor to read; left open.

    Raises
    ------
    FileError
        If nothing can be read, or no WAV comes.
    """

    name = "stdin"

    def __init__(
        self, raw: RawFormat | None = None, *, start_seconds: float = 0.0, fd: int = 0
    ) -> None:
        pipe = Pipe(fd)
        n_frames = None
        try:
            if os.isatty(fd):
                raise FileError("stdin: is the keyboard; send sound: ffmpeg -i FILE -f wav - | ...")
            if raw is None:
                header = read_header(pipe, self.name)
                raw, n_frames = header.raw, header.n_frames
        except OSError as error:
            raise _unreadable(error) from None
        self.sample_rate = raw.sample_rate
        self.n_channels = raw.n_channels
        self.sample_format = raw.sample_format
        self._reader = PcmReader(pipe, raw, n_frames)
        self._to_skip = round(start_seconds * raw.sample_rate)
        self.n_frames = None if n_frames is None else max(0, n_frames - self._to_skip)

    def read(self, n: int) -> FloatArray | None:
        """Return the next frames, none while skipping; see ``Decoder.read``."""
        try:
            if self._to_skip:
                skipped = self._reader.read(min(n, self._to_skip))
                self._to_skip -= 0 if skipped is None else len(skipped)
                return None if skipped is None else skipped[:0]
            frames = self._reader.read(n)
        except OSError as error:
            raise _unreadable(error) from None
        if frames is None and self._reader.n_left:
            missing = self._reader.n_left / self.sample_rate
            raise FileError(f"stdin: cut short, {missing:.1f} s before the end its header names")
        return frames

    def rewind(self, frame: int = 0) -> None:
        """Refuse: what came through a pipe is gone."""
        raise FileError("stdin: cannot begin again; --loop needs a file")

    def close(self) -> None:
        """Do nothing: standard input is not ours to close."""


def _unreadable(error: OSError) -> FileError:
    return FileError(f"stdin: cannot be read ({error.strerror}); send sound through a pipe")
