"""The words of the commands that look at a sound and make one: ``inspect`` and ``signal``."""

import argparse
from typing import Any

from livegenre.argument_types import not_negative, one_hour, positive, sample_rate

INSPECT = """\
Draw what a sound is made of: waveform, spectrograms, MFCCs, chroma, spectral centroid, bandwidth,
zero crossings, RMS, tempo, and the genre over time, all on one time axis.

  livegenre inspect song.mp3                     song-report.html, for desk, phone and print
  livegenre inspect song.mp3 -o report.png       one tall picture
  livegenre inspect song.mp3 -o report/          page, pictures and tables in a folder
  livegenre inspect song.mp3 -o page.html -o values.csv --start 60 --duration 30
  livegenre inspect tone:220                     a test signal, 10 s of it

It needs pip install 'livegenre[inspect]'. A report takes the place of an older one of the same
name, and of nothing else. At the sound's own rate a frame lasts about 93 ms; --rate 22050 gives
the numbers of librosa's defaults. Of a long file the first 10 minutes are shown, unless
--duration asks for more (an hour at most).
"""

SIGNAL = """\
Write a test signal as a file: tone:HZ, sweep, noise:pink, noise:white or silence.

  livegenre signal tone:220 -o tone.wav
  livegenre signal sweep -o sweep.flac --seconds 20 --rate 48000

Mono, 24 bits (ogg: Vorbis); tones and sweeps at half of full scale, noise at -20 dBFS RMS. A sweep
rises from 20 Hz to 20 kHz in 10 s, again and again.
"""


def add_inspection(commands: Any) -> None:
    """Add both commands."""
    _add_inspect(
        commands.add_parser("inspect", help="draw what a sound holds", description=INSPECT)
    )
    _add_signal(commands.add_parser("signal", help="write a test signal", description=SIGNAL))


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="file, signal, '-' for WAV on stdin, or demo")
    add(
        "-o",
        "--output",
        action="append",
        metavar="PLACE",
        help=".html, .png, .csv or a folder; may be given again (default: NAME-report.html)",
    )
    add("--start", type=not_negative, default=0.0, metavar="SECONDS", help="skip the beginning")
    add("--duration", type=positive, metavar="SECONDS", help="how much of it (default 600)")
    add("--channel", default="mix", metavar="N", help="1, 2, ..., left, right or mix (default mix)")
    add("--rate", type=sample_rate, metavar="HZ", help="convert to it first (default: its own)")
    add("--model", default="cnn", metavar="NAME", help="cnn (default), tags, classic, or a file")


def _add_signal(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("signal", metavar="SIGNAL", help="tone:HZ, sweep, noise:pink, noise:white or silence")
    add("-o", "--output", required=True, metavar="FILE", help="a .wav, .flac or .ogg file")
    add("--seconds", type=one_hour, default=10.0, metavar="S", help="length (default 10)")
    add("--rate", type=sample_rate, default=44_100, metavar="HZ", help="rate (default 44100)")
    add("--force", action="store_true", help="write over a file that is there")
