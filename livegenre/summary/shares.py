"""What a picture of a session shows, whatever it is drawn with: stretches, shares and colours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from livegenre.screen.palette import ON_LIGHT, label_colours
from livegenre.screen.strip import Held
from livegenre.screen.words import STATE_WORDS, printable
from livegenre.summary.heard import N_FINE, Heard

STATE_COLOURS = {
    "unsure": ON_LIGHT.unsure,
    "not_music": ON_LIGHT.not_music,
    "gap": ON_LIGHT.gap,
}
OTHER_WORDS = {"gap": "sound lost", "waiting": "no answer yet"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a session with one answer."""

    name: str
    """The answer in words; empty before the first."""
    colour: str | None
    """``#rrggbb``; None: nothing is drawn."""
    begin: float
    """In seconds of the session, as its end is."""
    end: float


@dataclass(frozen=True, slots=True)
class Share:
    """What one answer had of the whole session."""

    name: str
    colour: str | None
    share: float
    """0..1"""
    seconds: float


def stretches(heard: Heard) -> Iterator[Stretch]:
    """Yield the parts of a session from its beginning to its end."""
    cell_seconds, place = heard.seconds / N_FINE, 0
    for held, group in groupby(heard.fine_row):
        begin, place = place, place + len(list(group))
        name, colour = ("", None) if held is None else (_name(held), _colour(held, heard))
        yield Stretch(name, colour, begin * cell_seconds, place * cell_seconds)


def shares(heard: Heard) -> list[Share]:
    """Return what each answer had, the largest first."""
    n_decisions = sum(heard.counts.values())
    states = {words: state for state, words in STATE_WORDS.items()}
    colours = {printable(label): colour for label, colour in _colours(heard).items()}
    return [
        Share(
            name,
            colours.get(name) or STATE_COLOURS.get(states.get(name, "")),
            n / n_decisions,
            n * heard.facts.step_seconds,
        )
        for name, n in sorted(heard.counts.items(), key=lambda item: -item[1])
    ]


def _name(held: Held) -> str:
    state, label = held
    return printable(label) if label is not None else {**STATE_WORDS, **OTHER_WORDS}[state]


def _colour(held: Held, heard: Heard) -> str | None:
    state, label = held
    return STATE_COLOURS.get(state) if label is None else _colours(heard).get(label)


def _colours(heard: Heard) -> Mapping[str, str]:
    return label_colours(heard.facts.labels)
