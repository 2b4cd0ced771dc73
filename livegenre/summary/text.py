"""A summary as people read it in a terminal: words and ribbon as each session has shown them."""

import os
from collections import defaultdict
from collections.abc import Iterator
from shutil import get_terminal_size
from typing import TextIO

from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.choice import Wishes, can_encode, choose_variant
from livegenre.screen.summary import summary_rows
from livegenre.screen.tally import changes_words, heard_words
from livegenre.screen.variant import Variant
from livegenre.screen.words import clock, counted, printable
from livegenre.summary.gathering import Gathered
from livegenre.summary.heard import Heard

ENDS = {
    "": "the log does not hold its end: it goes on, or was cut off",
    "error": "it ended with an error",
}
"""What is told of an end that is not as usual."""


def width() -> int:
    """Return how wide a summary is to be drawn, in cells."""
    return get_terminal_size().columns


def print_text(gathered: Gathered, stream: TextIO) -> None:
    """Write a summary in the colours that a terminal has; without a terminal as plain lines."""
    from rich.console import Console
    from rich.segment import Segment, Segments

    console = Console(file=stream)
    is_terminal = stream.isatty()
    if is_terminal:
        variant = choose_variant(console, Wishes(), os.environ)
    else:
        variant = Variant("none", ascii=not can_encode(stream.encoding or "ascii"))
    for row in _rows(gathered, variant, fold=is_terminal):
        if is_terminal:
            console.print(Segments([*row, Segment.line()]), end="", crop=False)
        else:
            stream.write("".join(segment.text for segment in row).rstrip() + "\n")


def title(heard: Heard) -> str:
    """Return what a session is called: when it began, what was heard, by which model."""
    began = heard.began[:19].replace("T", " ")
    model = f"model {heard.facts.model}" if heard.facts.model else ""
    return printable(", ".join(filter(None, (began, heard.facts.source, model))))


def length(heard: Heard) -> str:
    """Return how long a session was, where a table tells the rest."""
    return f"heard {clock(round(heard.seconds))}; {changes_words(heard.n_changes)}"


def costs(heard: Heard) -> str:
    """Return what a session lost and cost, and how it ended where that is worth telling."""
    return "; ".join(filter(None, (heard.words[1], ENDS.get(heard.reason))))


def total(gathered: Gathered) -> str:
    """Return what several sessions heard together, and how much of the log said nothing."""
    sessions = gathered.sessions
    seconds: dict[str, float] = defaultdict(float)
    for heard in sessions:
        for name, n_decisions in heard.counts.items():
            seconds[name] += n_decisions * heard.facts.step_seconds
    words = []
    if len(sessions) > 1:
        whole = sum(heard.seconds for heard in sessions)
        n_changes = sum(heard.n_changes for heard in sessions)
        words.append(f"all {len(sessions)} sessions: {heard_words(seconds, whole, n_changes)}")
    if gathered.n_left_out:
        words.append(f"{counted(gathered.n_left_out, 'line')} left out: cut off, or no log's")
    return "; ".join(words)


def _rows(gathered: Gathered, variant: Variant, *, fold: bool) -> Iterator[Row]:
    from rich.segment import Segment

    for number, heard in enumerate(gathered.sessions):
        yield from [[]] if number else []
        yield [Segment(title(heard), PLAIN)]
        words = (heard.words[0], costs(heard))
        labels = heard.facts.labels
        yield from summary_rows(words, heard.row, heard.seconds, labels, variant, fold=fold)
    if words_of_all := total(gathered):
        yield from ([], [Segment(words_of_all, PLAIN)])
