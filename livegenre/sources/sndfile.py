"""Files that libsndfile reads, by soundfile; nothing else imports soundfile."""

import os
from contextlib import ExitStack
from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.sources.quiet import quiet_stderr
from livegenre.sources.truncation import find_truncation

_CHUNK_FRAMES = 4_096
_PREROLL_FRAMES = 20 * 1_152
_UNKNOWN_FRAMES = 1 << 60
_FORMATS = {
    "PCM_S8": "8-bit",
    "PCM_U8": "8-bit",
    "PCM_16": "16-bit",
    "PCM_24": "24-bit",
    "PCM_32": "32-bit",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "VORBIS": "Vorbis",
    "OPUS": "Opus",
    "MPEG_LAYER_III": "MP3",
}
"""libsndfile's names for how samples are held, in a word."""


class UnknownFormatError(FileError):
    """libsndfile makes nothing of the file; another decoder may."""


class SndfileDecoder:
    """A file decoded block by block, never held whole.

    Parameters
    ----------
    path : str
        A regular file.
    start_seconds : float >= 0
        Where to begin.

    Raises
    ------
    UnknownFormatError
        If libsndfile does not know the format.
    FileError
        If the file ends before ``start_seconds``.
    """

    def __init__(self, path: str, *, start_seconds: float = 0.0) -> None:
        import soundfile

        self.name = os.path.basename(path)
        self._path = path
        self._error: type[Exception] = soundfile.LibsndfileError
        with ExitStack() as undo:
            self._sound = undo.enter_context(self._open(soundfile))
            if self._sound.format == "MP3":
                undo.enter_context(quiet_stderr)  # mpg123 reports every fault of a file
            self._begin(start_seconds)
            self._closing = undo.pop_all()

    def _begin(self, start_seconds: float) -> None:
        # soundfile would seek after each read, which makes mpg123 drop its bit reservoir: errors
        # of up to 0.16 of full scale in an MP3 read in blocks.
        self._sound.seekable = lambda: False
        self.sample_rate: int = self._sound.samplerate
        self.n_channels: int = self._sound.channels
        self.sample_format = _FORMATS.get(self._sound.subtype, "")
        self._start = round(start_seconds * self.sample_rate)
        total: int = self._sound.frames
        self.n_frames = total - self._start if total < _UNKNOWN_FRAMES else None
        self._damage = ""
        if self._start and total <= self._start:
            raise FileError(
                f"{self._path}: lasts {total / self.sample_rate:.1f} s; --start is beyond that"
            )
        self.rewind()

    def read(self, n: int) -> FloatArray | None:
        """Return the next frames; see ``Decoder.read``.

        Sound before a damage is delivered first; the error is raised by the read after it.
        """
        if self._damage:
            raise FileError(self._damage)
        chunks = []
        while n > 0 and not self._damage:
            chunk = self._read_chunk(min(n, _CHUNK_FRAMES))
            if not len(chunk):
                break
            chunks.append(chunk)
            n -= len(chunk)
        if chunks:
            return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
        if self._damage:
            raise FileError(self._damage)
        self._check_complete()
        return None

    def rewind(self, frame: int = 0) -> None:
        """Go to a frame, by way of what an MP3 frame may borrow from those before it."""
        place = self._start + frame
        preroll = min(place, _PREROLL_FRAMES)
        self._position, self._damage = frame, ""
        try:
            self._sound.seek(place - preroll)
            self._sound.read(preroll, dtype="float32")
        except self._error as error:
            raise FileError(self._damaged(str(error))) from None

    def close(self) -> None:
        """Close the file."""
        self._closing.close()

    def _open(self, soundfile: Any) -> Any:
        # As bytes, because soundfile cannot encode names that are no valid UTF-8.
        path = os.fsencode(self._path) if os.name == "posix" else self._path
        try:
            with quiet_stderr:
                return soundfile.SoundFile(path)
        except self._error as error:
            reason = str(getattr(error, "error_string", error)).rstrip(".")
            raise UnknownFormatError(f"{self._path}: libsndfile: {reason}") from None
        except TypeError:
            raise FileError(
                f"{self._path}: raw samples without a header; say what they are: "
                f"livegenre replay - --raw 44100,2,s16le < {self._path}"
            ) from None

    def _read_chunk(self, n: int) -> FloatArray:
        try:
            chunk: FloatArray = self._sound.read(n, dtype="float32", always_2d=True)
        except self._error as error:
            self._damage = self._damaged(str(error))
            return np.empty((0, self.n_channels), np.float32)
        self._position += len(chunk)
        return chunk

    def _check_complete(self) -> None:
        """See that the file had what its header says; for an MP3 that can be an estimate."""
        if cut := find_truncation(self._sound.extra_info):
            raise FileError(self._damaged(cut))
        if self.n_frames is None:
            return
        missing = self.n_frames - self._position
        if missing > 0.5 * self.sample_rate + 0.02 * self.n_frames:
            raise FileError(self._damaged(f"{missing / self.sample_rate:.1f} s are missing"))

    def _damaged(self, reason: str) -> str:
        seconds = (self._start + self._position) / self.sample_rate
        return (
            f"{self._path}: damaged or cut short at {seconds:.1f} s ({reason.rstrip('.')}); "
            "get the file anew, or end before with --duration"
        )
