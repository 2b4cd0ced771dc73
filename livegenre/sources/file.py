"""Which decoder reads a file, and what is wrong with a path that none can read."""

import os
import stat

from livegenre.errors import FileError
from livegenre.sources.decoder import Decoder
from livegenre.sources.ffmpeg import FfmpegDecoder, find_ffmpeg
from livegenre.sources.sndfile import SndfileDecoder, UnknownFormatError


def open_file(path: str, *, start_seconds: float = 0.0) -> Decoder:
    """Open a sound file by libsndfile or, where that fails, by ffmpeg.

    Parameters
    ----------
    path : str
        A regular file; a device or a named pipe is refused, since it may never end.
    start_seconds : float >= 0
        Where to begin.

    Raises
    ------
    FileError
        If there is no such file, or no sound in it that can be decoded.
    """
    _check_path(path)
    try:
        return SndfileDecoder(path, start_seconds=start_seconds)
    except UnknownFormatError as error:
        unknown = error
    program = find_ffmpeg()
    if program is None:
        raise FileError(
            f"{unknown}; if it is sound, install ffmpeg, which reads more "
            "(apt-get install ffmpeg, brew install ffmpeg)"
        )
    try:
        return FfmpegDecoder(path, program=program, start_seconds=start_seconds)
    except FileError as error:
        also = str(error).removeprefix(f"{path}: ")
        raise FileError(f"{unknown}; {also}; is it a sound file?") from None


def _check_path(path: str) -> None:
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode) and status.st_size:
            with open(path, "rb"):
                return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{path}: {reason}; check the path and its permissions") from None
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path}: is a directory; name one file in it")
    if stat.S_ISREG(status.st_mode):
        raise FileError(f"{path}: is empty; get the file anew")
    raise FileError(f"{path}: is no regular file; send it in by livegenre replay - < {path}")
