"""What became of the files, for people: a line each, and what they come to together."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from livegenre.collection.run import Row
from livegenre.collection.track import Track
from livegenre.screen.cells import PLAIN, shortened
from livegenre.screen.choice import Wishes, choose_variant
from livegenre.screen.palette import label_colours
from livegenre.screen.words import STATE_WORDS, clock, counted, percent, printable

DIM = Style(dim=True)
HEADS = (("", "post."), ("", "unsure"), ("not", "music"), ("", "changes"), ("", " length"))
"""Of the columns of numbers, each in two lines."""
NO_NUMBER = "-"
LEAST_ROOM = 20
"""Cells for a path, however narrow the terminal."""


@dataclass(slots=True)
class Total:
    """What all files come to."""

    answers: "Counter[str]"
    seconds: float = 0.0
    troubles: int = 0


class Table:
    """Prints rows as they come, and keeps none.

    Parameters
    ----------
    labels : sequence of str
        Of the model, for width and colours.
    min_posterior : float or None
        As in ``Track.answer``.
    stream : TextIO
        On a terminal paths are shortened to its width, and answers have colours.
    """

    def __init__(self, labels: Sequence[str], min_posterior: float | None, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False)
        self._on_terminal = stream.isatty()
        self._min_posterior = min_posterior
        self._colours = self._styles(labels)
        self._answer_width = max(cell_len(printable(name)) for name in (*labels, "not music"))
        self._total = Total(Counter())
        self._left = self._answer_width + sum(2 + len(foot) for _, foot in HEADS) + 2

    def print(self, rows: Iterable[Row]) -> Total:
        """Print a table of rows, then those files that were not heard; return what they come to."""
        silent: list[Row] = []
        for row in rows:
            if row.track is None:
                silent.append(row)
                continue
            if not self._total.answers:
                self._print_heads()
            self._print_track(row.path, row.track)
        for row in silent:
            said = Text("not heard  ", style=Style(color="red"))
            self._sentence(said.append(f"{printable(row.path)}: {printable(row.trouble)}", PLAIN))
        self._total.troubles = len(silent)
        return self._total

    def _print_heads(self) -> None:
        for line in zip(*HEADS, strict=True):
            first = "answer" if line[1] else ""
            cells = [head.rjust(len(foot)) for head, (_, foot) in zip(line, HEADS, strict=True)]
            last = "file" if first else ""
            text = "  ".join([first.ljust(self._answer_width), *cells, last]).rstrip()
            self._line(Text(text, style=DIM))

    def _print_track(self, path: str, track: Track) -> None:
        answer = track.answer(self._min_posterior)
        self._total.answers[answer] += 1
        self._total.seconds += track.seconds
        words = STATE_WORDS.get(answer, printable(answer))
        cells = [
            cell.rjust(len(foot))
            for cell, (_, foot) in zip(_numbers(track, answer), HEADS, strict=True)
        ]
        name = printable(path)
        if self._on_terminal:
            name = shortened(name, max(LEAST_ROOM, self._console.width - self._left))
        style = self._colours.get(answer, DIM)
        padded = set_cell_size(words, self._answer_width)
        self._line(Text.assemble((padded, style), "  ", "  ".join(cells), "  ", name))
        if track.n_changes:
            self._sentence(Text(", ".join(_course(track)), DIM), indent=self._answer_width + 2)

    def print_total(self, words: str) -> None:
        """Print what all comes to, below an empty line."""
        self._line(Text())
        self._sentence(Text(words))

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)

    def _sentence(self, text: Text, *, indent: int = 0) -> None:
        """Print a line that on a terminal is broken between words."""
        if self._on_terminal:
            self._console.print(Padding(text, (0, 0, 0, indent), expand=False))
        else:
            self._line(Text(" " * indent).append_text(text))

    def _styles(self, labels: Sequence[str]) -> Mapping[str, Style]:
        if choose_variant(self._console, Wishes(), os.environ).colours == "none":
            return {}
        return {
            label: Style(color=colour) for label, colour in label_colours(tuple(labels)).items()
        }


def total_words(total: Total) -> str:
    """Return what a collection comes to, in words."""
    n_files = sum(total.answers.values())
    shares = [
        f"{n} {STATE_WORDS.get(answer, printable(answer))}"
        for answer, n in total.answers.most_common()
    ]
    words = f"{counted(n_files, 'file')}, {clock(total.seconds)} of sound"
    if shares:
        words += f": {', '.join(shares)}"
    if total.troubles:
        words += f"; {counted(total.troubles, 'file')} could not be heard"
    return words


def _numbers(track: Track, answer: str) -> Iterator[str]:
    strength = track.strength(answer)
    yield NO_NUMBER if strength is None else f"{strength:.2f}"
    yield f"{percent(track.shares.get('unsure', 0.0))} %"
    yield f"{percent(track.shares.get('not_music', 0.0))} %"
    yield str(track.n_changes)
    yield clock(track.seconds)


def _course(track: Track) -> Iterator[str]:
    for turn in track.turns:
        yield f"{clock(turn.time)} {STATE_WORDS.get(turn.answer, printable(turn.answer))}"
