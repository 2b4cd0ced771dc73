"""Writes a test signal as a file of sound."""

from pathlib import Path

from livegenre.errors import OutputError, UsageError
from livegenre.sources.signal import SignalDecoder
from livegenre.whole_file import whole_file

FORMATS = {".wav": ("WAV", "PCM_24"), ".flac": ("FLAC", "PCM_24"), ".ogg": ("OGG", "VORBIS")}
"""Ending of the name -> libsndfile's names for the file and for how its samples are held."""
VORBIS_RATES = (8_000, 192_000)
"""Hz; libsndfile crashes at rates that Vorbis has no mode for."""


def write_signal(
    spec: str, path: str, *, seconds: float, sample_rate: int, overwrite: bool = False
) -> None:
    """Write a signal into a mono file; a whole one, or none.

    Parameters
    ----------
    spec : str
        As for ``SignalDecoder``.
    path : str
        Ends in ``.wav``, ``.flac`` or ``.ogg``.
    seconds : float > 0
    sample_rate : int > 0
        In Hz.
    overwrite : bool
        Whether a file of that name may be replaced.

    Raises
    ------
    UsageError
        If the name ends otherwise, or the format does not hold the rate.
    FileError
        If there is no such signal.
    OutputError
        If the file is there, or cannot be written.
    """
    place = Path(path)
    if place.suffix.lower() not in FORMATS:
        raise UsageError(f"-o {path}: the name must end in {', '.join(FORMATS)}")
    if place.suffix.lower() == ".ogg" and not VORBIS_RATES[0] <= sample_rate <= VORBIS_RATES[1]:
        raise UsageError(f"-o {path}: Vorbis holds 8,000 to 192,000 Hz; choose .flac or .wav")
    decoder = SignalDecoder(spec, sample_rate=sample_rate)
    if place.exists() and not overwrite:
        raise OutputError(f"{path}: is there already; choose another name, or give --force")
    with whole_file(place) as part:
        _write(decoder, part, *FORMATS[place.suffix.lower()], n=round(seconds * sample_rate))


def _write(decoder: SignalDecoder, part: Path, form: str, subtype: str, *, n: int) -> None:
    import soundfile

    rate = decoder.sample_rate
    try:
        with soundfile.SoundFile(part, "w", rate, 1, subtype, format=form) as file:
            for first in range(0, n, rate):  # libsndfile overflows where Vorbis comes all at once
                file.write(decoder.read(min(rate, n - first)))
    except soundfile.LibsndfileError as error:
        reason = str(error.error_string).rstrip(".")
        raise OSError(0, f"cannot be written, is the disk full? ({reason})") from error
