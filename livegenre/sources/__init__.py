"""Where sound comes from: one protocol, one module a kind; ``open_source`` picks for ``replay``.

Imports nothing heavy: decoders and devices are imported when they are opened.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from livegenre.errors import UsageError
from livegenre.sources.channels import parse_channel
from livegenre.sources.decoded import DecodedSource
from livegenre.sources.decoder import Decoder
from livegenre.sources.pacing import PacedSource
from livegenre.sources.pcm import RawFormat
from livegenre.sources.replay import Paced, Replay
from livegenre.sources.signal import SignalDecoder, is_signal

DEMO = Path(__file__).parent.parent / "demo" / "demo.ogg"
MAX_SECONDS = 1_000_000
"""Longest start and duration: 11 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """What to replay, and how."""

    spec: str
    """Path of a file, a signal such as ``tone:220``, ``-`` for standard input, or ``demo``."""
    raw: str | None = None
    """``RATE,CHANNELS,FORMAT`` of raw samples on standard input; without it WAV is expected."""
    channel: str = "mix"
    """``1``, ``2``, ..., ``left``, ``right`` or ``mix``."""
    start_seconds: float = 0.0
    """How much of the beginning to skip, 0 to ``MAX_SECONDS``."""
    duration_seconds: float | None = None
    """Most sound to deliver, > 0 to ``MAX_SECONDS``; passes of a loop together."""
    loop: bool = False
    """Whether to begin again at the end, for ever."""
    speed: float = 1.0
    """Times real time, > 0; infinity is as fast as possible."""
    play: bool = False
    """Whether to play the sound through the default output, which then sets the pace."""


def open_source(options: ReplayOptions) -> Replay:
    """Open what is to be replayed, paced as asked.

    Raises
    ------
    UsageError
        If an option is out of its domain, or two do not go together.
    SourceError
        If the sound cannot be had.
    """
    _check(options)
    with ExitStack() as stack:
        sound = stack.enter_context(_open_unpaced(options))
        source = Replay(
            sound,
            _pace(sound, options),
            fixed_place="stdin has no place to go to" if options.spec == "-" else "",
            fixed_speed="what is played is heard at its own speed" if options.play else "",
            speed=options.speed,
        )
        stack.pop_all()
    return source


def _pace(sound: DecodedSource, options: ReplayOptions) -> Paced:
    if options.play:
        from livegenre.sources.playback import Playback

        return Playback(sound)
    return PacedSource(sound, options.speed)


def _check(options: ReplayOptions) -> None:
    start, duration = options.start_seconds, options.duration_seconds
    if not 0 <= start <= MAX_SECONDS:
        raise UsageError(f"--start {start:g}: must be 0 to {MAX_SECONDS:,} s")
    if duration is not None and not 0 < duration <= MAX_SECONDS:
        raise UsageError(
            f"--duration {duration:g}: must be greater than 0 and at most {MAX_SECONDS:,} s"
        )
    if not options.speed > 0:
        raise UsageError(f"--speed {options.speed:g}: must be greater than 0, or max")
    if options.play and options.speed != 1:
        raise UsageError("--play: sound is heard at its own speed; leave out --speed")
    if options.raw is not None and options.spec != "-":
        raise UsageError(
            f"--raw: is for standard input; livegenre replay - --raw {options.raw} < {options.spec}"
        )
    if options.loop and options.spec == "-":
        raise UsageError("--loop: standard input cannot begin again; name a file")


def _open_unpaced(options: ReplayOptions) -> DecodedSource:
    channel = parse_channel(options.channel)
    return DecodedSource(
        _open_decoder(options),
        start_seconds=options.start_seconds,
        channel=channel,
        duration_seconds=options.duration_seconds,
        loop=options.loop,
    )


def _open_decoder(options: ReplayOptions) -> Decoder:
    if options.spec == "-":
        from livegenre.sources.stdin import StdinDecoder

        raw = None if options.raw is None else RawFormat.parse(options.raw)
        return StdinDecoder(raw, start_seconds=options.start_seconds)
    if is_signal(options.spec):
        return SignalDecoder(options.spec, start_seconds=options.start_seconds)
    from livegenre.sources.file import open_file

    spec = str(DEMO) if options.spec == "demo" else options.spec
    return open_file(spec, start_seconds=options.start_seconds)
