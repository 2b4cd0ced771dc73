"""The command line's words: which commands and flags there are, and what they mean.

Imports nothing but the standard library, so that ``--help`` is instant.
"""

import argparse
from typing import Any, NoReturn

import livegenre
from livegenre.argument_types import (
    gain,
    not_negative,
    number,
    positive,
    share,
    some_minutes,
    speed,
)
from livegenre.collection_arguments import CLASSIFY, SORT, add_classify, add_sort
from livegenre.config import settle
from livegenre.config.arguments import add_config_command, add_config_flags, with_shown
from livegenre.config.flags import add_opposites
from livegenre.config.masking import masked
from livegenre.inspection_arguments import add_inspection
from livegenre.output_arguments import SUMMARY, add_summary, add_telling
from livegenre.screen_arguments import add_showing
from livegenre.training_arguments import TRAIN, add_train

DESCRIPTION = """\
Tells the genre of the music that is playing, live, in the terminal.

  livegenre replay                     the bundled demo
  livegenre replay song.mp3            a file, as if it were playing now
  livegenre listen                     the default microphone or line-in
  livegenre classify Music             every file there: a table, and sorted if asked
  livegenre devices                    which inputs there are
  livegenre doctor                     whether this computer can listen, and what cures it
  livegenre models                     which models there are, and how right they are
  livegenre summary LOG                what a log holds: shares, and a ribbon of each session
  livegenre train DIR                  a model of your own genres, from folders of music
  livegenre inspect song.mp3           spectrograms, chroma, tempo and more, as a page
  livegenre signal tone:220 -o a.wav   a test signal as a file
  livegenre config show                which flags are in force, and from which file
"""

EPILOG = """\
Exit codes: 0 done, 1 error, 2 wrong usage, 130 interrupted (Ctrl-C, SIGTERM).
No sound is stored unless 'listen --record' asks for it. Of a window whose label you correct,
the label and the numbers that the model heard are kept (--corrections), never the sound.
"""

LISTEN = """\
Open a microphone or line-in at its own rate and classify until q or Ctrl-C.

  livegenre listen --device scarlett --channel left
  livegenre listen --headless --jsonl - | jq .label
  livegenre listen --record evening.flac         and keep what is heard
"""

REPLAY = """\
Play a file to the classifier as a stream, in real time or faster.

  livegenre replay song.mp3 --play               and hear it
  livegenre replay set.flac --start 600 --speed 4
  livegenre replay song.ogg --speed max --jsonl -
  ffmpeg -i film.mkv -f s16le -ac 2 -ar 44100 - | livegenre replay - --raw 44100,2,s16le

wav, flac, ogg, opus, mp3, aiff, au and more; any other through ffmpeg, where installed.
Test signals instead of a file: tone:HZ, sweep, noise:pink, noise:white, silence.
"""


DEVICES = """\
List microphones, line-ins and monitors of outputs; a star marks the default input.

A monitor hears what is played instead of the room; what the computer plays by default is
marked 'system', and 'livegenre listen --device system' takes it, whatever its name.
"""

DOCTOR = """\
Look at libraries, inputs, 3 s of sound and the model's speed; say what is wrong and what cures it.
Let music play meanwhile. Exit code 1 if something keeps livegenre from listening.
"""

MODELS = """\
List the bundled models: what they are worth, on what it was measured, and under which licence.

  livegenre models show classic        a model's whole card
"""


class Parser(argparse.ArgumentParser):
    """A parser that keeps its texts as they are laid out, and its errors to one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, without passwords, and where help is; exit with 2."""
        self.exit(2, f"{self.prog}: {masked(message)}; see {self.prog} --help\n")


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line and the file of settings.

    Raises
    ------
    UsageError
        If the file cannot be read, or something in it means nothing.
    SystemExit
        On wrong usage, ``--help`` and ``--version``.
    """
    parser, configurable = _make_parser()
    return settle(parser, configurable, with_shown(argv))


def _make_parser() -> tuple[Parser, dict[str, argparse.ArgumentParser]]:
    """Return a fresh parser, and those of the commands whose flags may stand in a file."""
    parser = Parser(prog="livegenre", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=livegenre.__version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    listen = commands.add_parser("listen", help="classify live sound", description=LISTEN)
    _add_listen(listen)
    _add_common(listen)

    replay = commands.add_parser("replay", help="classify a file as a stream", description=REPLAY)
    _add_replay(replay)
    _add_common(replay)

    add_classify(commands.add_parser("classify", help="hear many files", description=CLASSIFY))
    add_sort(commands.add_parser("sort", help="undo what was sorted", description=SORT))
    devices = commands.add_parser("devices", help="list inputs", description=DEVICES)
    devices.add_argument("--json", action="store_true", help="one JSON array")
    doctor = commands.add_parser("doctor", help="is this computer fit?", description=DOCTOR)
    _add_doctor(doctor)
    models = commands.add_parser("models", help="list models", description=MODELS)
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    show = actions.add_parser("show", help="print a model's card", description="Print a card.")
    show.add_argument("name", help="bundled model or .onnx file")
    summary = commands.add_parser("summary", help="show what a log holds", description=SUMMARY)
    add_summary(summary)
    add_train(commands.add_parser("train", help="learn your own genres", description=TRAIN))
    add_inspection(commands)
    configurable: dict[str, argparse.ArgumentParser] = {"listen": listen, "replay": replay}
    for each in configurable.values():
        add_opposites(each)
    add_config_command(commands, configurable)
    return parser, configurable


def _add_listen(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "--device",
        metavar="NAME",
        help="input by name, part of a name, or index; 'system' is what the computer plays",
    )
    add("--wait", action="store_true", help="wait for an input that is not connected yet")
    add("--record", metavar="FILE", help="write what is heard into a new .flac or .wav file")


def _add_replay(parser: Parser) -> None:
    add = parser.add_argument
    add("file", nargs="?", default="demo", help="file, signal, '-' for stdin (default: the demo)")
    add("--speed", type=speed, default=1.0, metavar="X", help="times real time, or max (default 1)")
    add("--start", type=not_negative, default=0.0, metavar="SECONDS", help="skip the beginning")
    add("--loop", action="store_true", help="begin again at the end, for ever")
    add("--play", action="store_true", help="hear it through the default output")
    add(
        "--raw",
        metavar="RATE,CHANNELS,FORMAT",
        help="stdin is raw PCM, such as 44100,2,s16le (else WAV)",
    )
    add(
        "--verify",
        action="store_true",
        help="show that blocks of any size give the posteriors of one batch; exit 1 above 1e-5",
    )


def _add_doctor(parser: Parser) -> None:
    add, one_of = parser.add_argument, parser.add_mutually_exclusive_group().add_argument
    one_of("--device", metavar="NAME", help="input as in listen (default: the system's)")
    one_of("--file", metavar="PATH", help="look at a recording, or a signal, not at the inputs")
    add("--channel", default="mix", metavar="N", help="1, 2, ..., left, right or mix (default mix)")
    add("--seconds", type=some_minutes, metavar="S", help="1 to 600 (default 3; a file: 60)")
    add("--model", default="cnn", metavar="NAME", help="model to time (default cnn)")
    add("--json", action="store_true", help="one JSON object")


def _add_common(parser: Parser) -> None:
    _add_hearing(parser.add_argument_group("what is heard"))
    _add_deciding(parser.add_argument_group("what is decided"))
    add_showing(parser.add_argument_group("what is shown"))
    add_telling(parser.add_argument_group("who is told"))
    add_config_flags(parser.add_argument_group("settings"))


def _add_hearing(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--channel", default="mix", metavar="N", help="1, 2, ..., left, right or mix (default mix)")
    add("--gain", type=gain, default=0.0, metavar="DB", help="-60 to 60, in dB (default 0)")
    add("--duration", type=positive, metavar="SECONDS", help="stop after that much sound")


def _add_deciding(group: argparse._ArgumentGroup) -> None:
    add, seconds = group.add_argument, "SECONDS"
    models = "cnn (default), tags, classic, or the path of an .onnx file"
    add("--model", default="cnn", metavar="NAME", help=models)
    add("--step", type=positive, metavar=seconds, help="time between decisions")
    add("--silence", type=number, metavar="DBFS", help="below this it is silence (default -60)")
    add("--unsure", type=share, metavar="P", help="name no genre below P (default: the model's)")
    add("--smoothing", type=not_negative, metavar=seconds, help="time constant (default 4)")
    add(
        "--hold",
        type=not_negative,
        metavar=seconds,
        help="shortest life of a label (default 1) and of a change that is told (default 2)",
    )
