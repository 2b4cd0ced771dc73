"""``livegenre doctor``: whether this computer can listen, what is wrong, and what cures it.

Measures and says; changes nothing and stores nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from livegenre.doctor.findings import Finding

DEVICE_SECONDS = 3.0
FILE_SECONDS = 60.0
"""Most of a file that is looked at, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What to look at."""

    model: str
    """Name of a bundled model or path of any other."""
    device: str | None = None
    """Input as in ``find_input``; the system's default without it."""
    file: str | None = None
    """Recording to look at in place of the inputs."""
    channel: str = "mix"
    """``1``, ``2``, ..., ``left``, ``right`` or ``mix``."""
    seconds: float | None = None
    """How much sound; 3 s of a device, up to 60 s of a file without it."""


def examine(examination: Examination) -> Iterator[Finding]:
    """Look at the computer and at what it hears, and yield what is found.

    Raises
    ------
    UsageError
        If there is no such channel by any name.
    SourceError
        If the file cannot be read.
    """
    from livegenre.doctor.capture import read_file
    from livegenre.doctor.computer import judge_libraries, judge_model, judge_python
    from livegenre.doctor.hearing import judge_sound
    from livegenre.doctor.inputs import judge_inputs
    from livegenre.sources.channels import parse_channel

    channel, seconds = parse_channel(examination.channel), examination.seconds
    yield judge_python()
    yield judge_libraries()
    if examination.file is None:
        yield from judge_inputs(examination.device, channel, seconds or DEVICE_SECONDS)
    else:
        yield from judge_sound(read_file(examination.file, channel, seconds or FILE_SECONDS))
    yield from judge_model(examination.model)
