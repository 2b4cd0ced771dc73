"""Files that libsndfile does not know, decoded by the ffmpeg program where it is installed."""

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack

from livegenre.arrays import FloatArray
from livegenre.errors import FileError
from livegenre.sources.pcm import PcmReader
from livegenre.sources.pipe import Pipe
from livegenre.sources.wav import read_header


def find_ffmpeg() -> str | None:
    """Return the path of the ffmpeg program, or None where there is none."""
    return shutil.which("ffmpeg")


class FfmpegDecoder:
    """The first audio track of a file, through a pipe.

    Parameters
    ----------
    path : str
        A regular file.
    program : str
        The ffmpeg program.
    start_seconds : float >= 0
        Where to begin.

    Raises
    ------
    FileError
        If ffmpeg finds no sound in the file.
    """

    n_frames = None
    sample_format = ""

    def __init__(self, path: str, *, program: str, start_seconds: float = 0.0) -> None:
        self.name = os.path.basename(path)
        self._path = path
        self._program = program
        self._start_seconds = start_seconds
        self._start(start_seconds)

    def read(self, n: int) -> FloatArray | None:
        """Return the next frames; see ``Decoder.read``."""
        frames = self._reader.read(n)
        if frames is None and (complaint := self._complaint()):
            raise FileError(f"{self._path}: damaged: ffmpeg: {complaint}; get the file anew")
        return frames

    def rewind(self, frame: int = 0) -> None:
        """Go to a frame, by a new process."""
        self.close()
        self._start(self._start_seconds + frame / self.sample_rate)

    def close(self) -> None:
        """End the process, and wait for it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()

    def _start(self, seconds: float) -> None:
        command = [
            *(self._program, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe"),
            *("-i", f"file:{self._path}", "-map", "0:a:0", "-af", _trim(seconds)),
            *("-c:a", "pcm_f32le", "-f", "wav", "pipe:1"),
        ]
        with ExitStack() as undo:
            # A file, because ffmpeg would wait for ever for a full pipe to be emptied.
            self._log = undo.enter_context(tempfile.TemporaryFile())
            # A session of its own, so that Ctrl-C is for the reader alone to answer.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._log,
                bufsize=0,
                start_new_session=True,
            )
            undo.callback(self.close)
            self._read_header()
            undo.pop_all()

    def _read_header(self) -> None:
        assert self._process.stdout
        pipe = Pipe(self._process.stdout.fileno())
        try:
            header = read_header(pipe, self.name)
        except FileError:
            complaint = self._complaint() or "no sound"
            raise FileError(f"{self._path}: ffmpeg: {complaint}") from None
        self.sample_rate = header.raw.sample_rate
        self.n_channels = header.raw.n_channels
        self._reader = PcmReader(pipe, header.raw)

    def _complaint(self) -> str:
        """Wait for ffmpeg to end and return the last line that it wrote."""
        code = self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        last = said[-1].removeprefix(f"file:{self._path}: ") if said else ""
        return last or (f"ended with code {code}" if code else "")


def _trim(start_seconds: float) -> str:
    """Make a filter that drops the beginning, counted in samples that were decoded.

    Seeking lands up to 0.1 s off (WMA, Opus) and lets AAC begin without the frame before; to
    decode an hour only to drop it takes ffmpeg 2 s.
    """
    return f"asetpts=round(N/SR/TB),atrim=start={start_seconds:.6f}"
