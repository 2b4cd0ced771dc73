"""Measure a model on music that is labelled, through the very stream that a user runs.

Reads the command line, shows progress, prints and exits; how it is done is in ``tools.evaluation``.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from livegenre.errors import LivegenreError, SourceError, UsageError
from tools.evaluation.answers import Heard
from tools.evaluation.conditions import CONDITIONS, TALK, Condition, chosen_conditions, talk_over
from tools.evaluation.listening import (
    Clip,
    Listener,
    draw,
    read_music,
    read_not_music,
    read_sound,
    require_known,
)
from tools.evaluation.report import percent, write_page
from tools.evaluation.scores import Json
from tools.evaluation.summary import (
    describe_model,
    score_condition,
    score_music,
    score_not_music,
    score_outside,
)
from tools.export_onnx import answers, messages, progress
from tools.training.dataset import DataError

EXAMPLES = """\
example:
  python tools/evaluate.py --model cnn --manifest music/manifest.csv \\
      --notmusic other/manifest.csv --conditions all --json cnn.json

A manifest of music is a CSV file with the columns path (relative to it) and genre; one of what is
not music has path and label. Conditions degrade the music whose genre the model knows; talk takes
its voices from the rows labelled speech. An interrupted run begins again.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or model refused, 130 stopped."""
    args = _parse(argv)
    try:
        measured = measure(args)
        args.json.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
        if args.report is not None:
            args.report.write_text(write_page(measured), encoding="utf-8")
    except (LivegenreError, OSError) as error:
        messages.print(f"evaluate: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    answers.print(in_brief(measured), markup=False)
    answers.print(
        f"wrote {', '.join(map(str, filter(None, (args.json, args.report))))}", markup=False
    )
    return 0


def measure(args: argparse.Namespace) -> Json:
    """Hear everything asked for, and score it."""
    names = chosen_conditions(args.conditions)
    listener = Listener(args.model)
    labels = listener.card.labels
    music = draw(read_music(args.manifest), args.limit, args.seed)
    known = require_known(music, labels, args.manifest)
    unknown = [clip for clip in music if clip.label not in labels]
    every = [] if args.notmusic is None else read_not_music(args.notmusic)
    conditions = make_conditions(names, every)
    others = draw(every, args.limit, args.seed)
    n_all = len(music) + len(others) + len(known) * len(conditions)
    with progress("listening", n_all) as advance:
        hearing = Hearing(advance)
        inside = hearing.all(known, listener.hear)
        if not inside:
            raise DataError(f"{args.manifest}: none of {len(known)} clips could be used")
        outside = hearing.all(unknown, listener.hear)
        not_music = hearing.all(others, listener.hear)
        scores = score_music(inside, labels)
        under = {
            name: score_condition(
                hearing.all(known, degrading(listener, name, condition, args.seed)),
                labels,
                scores["clip"]["macro"],
            )
            for name, condition in conditions.items()
        }
    return {
        **describe_model(listener.card),
        "seed": args.seed,
        **scores,
        "outside": score_outside(outside),
        "not_music": score_not_music([*inside, *outside], not_music),
        "conditions": under,
        "left_out": hearing.left_out,
    }


def make_conditions(names: tuple[str, ...], others: list[Clip]) -> Mapping[str, Condition]:
    """Return the conditions of these names.

    Raises
    ------
    UsageError
        If there is to be talk and no clip is speech.
    """
    made = {name: CONDITIONS[name] for name in names if name in CONDITIONS}
    if TALK in names:
        speech = [clip.path for clip in others if clip.label == "speech"]
        if not speech:
            raise UsageError("--conditions talk: needs --notmusic with rows labelled speech")
        made[TALK] = partial(talk_over, voices=[read_sound(path) for path in speech])
    return made


def degrading(
    listener: Listener, name: str, condition: Condition, seed: int
) -> Callable[[Clip], Heard]:
    """Return what hears a clip under a condition, the same for the same seed and clip."""

    def hear(clip: Clip) -> Heard:
        entropy = [seed, zlib.crc32(name.encode()), zlib.crc32(clip.path.name.encode())]
        return listener.hear_under(condition, clip, np.random.default_rng(entropy))

    return hear


class Hearing:
    """Hears lists of clips, naming and counting what cannot be heard."""

    def __init__(self, advance: Callable[[], None]) -> None:
        self._advance = advance
        self._broken: set[Clip] = set()

    @property
    def left_out(self) -> int:
        """How many clips could not be heard."""
        return len(self._broken)

    def all(self, clips: list[Clip], how: Callable[[Clip], Heard]) -> list[Heard]:
        """Hear one clip after the other, but none again that could not be heard."""
        heard = []
        for clip in clips:
            if clip not in self._broken:
                try:
                    heard.append(how(clip))
                except SourceError as error:
                    self._broken.add(clip)
                    messages.print(f"left out: {error}", markup=False)
            self._advance()
        return heard


def in_brief(measured: Json) -> str:
    """Say in a few lines what a model is worth."""
    clip, named = measured["clip"], measured["abstention"]
    low, high = clip["interval"]
    lines = [
        f"{percent(clip['accuracy'])} [{percent(low)} - {percent(high)}] of {clip['n']} clips "
        f"right, mean over genres {percent(clip['macro'])}; {measured['left_out']} left out",
        f"calibration error {percent(measured['calibration']['ece'])}; names given are right in "
        f"{percent(named['precision'])}, and given to {percent(named['coverage'])} of windows",
        f"not music: called a genre {percent(measured['not_music'].get('called_genre'))}; "
        f"music called not music {percent(measured['not_music']['music_rejected'])}",
    ]
    for name, under in measured["conditions"].items():
        lines.append(f"  {name:<12}{percent(under['macro'])} mean over genres")
    return "\n".join(lines)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="evaluate",
        description="Measure a model on labelled music, as a user would hear it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--model", required=True, metavar="NAME|PATH", help="bundled model, or an ONNX file")
    add("--manifest", type=Path, required=True, metavar="CSV", help="music")
    add("--notmusic", type=Path, metavar="CSV", help="speech, effects, noise")
    add("--conditions", metavar="all|NAME,NAME", help=f"{', '.join(CONDITIONS)}, {TALK}")
    add("--seed", type=int, default=0, metavar="N", help="of degradations and draws (0)")
    add("--limit", type=int, metavar="N", help="most clips of a manifest, drawn at random")
    add("--json", type=Path, required=True, metavar="JSON", help="file to write")
    add("--report", type=Path, metavar="HTML", help="page to write, for people")
    args = parser.parse_args(argv)
    if args.seed < 0 or (args.limit is not None and args.limit < 1):
        parser.error("--seed must be 0 or more, --limit 1 or more")
    for option, path in (("--json", args.json), ("--report", args.report)):
        if path is not None and not path.parent.is_dir():
            parser.error(f"{option} {path}: there is no folder {path.parent}")
    return args


if __name__ == "__main__":
    sys.exit(main())
