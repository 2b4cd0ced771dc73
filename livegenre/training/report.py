"""Prints what a model is worth."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from livegenre.training.console import answers
from livegenre.training.worth import Worth, said
from livegenre.visible import visible

MOST_COLUMNS = 12
"""Genres up to which a table of what is taken for what can be read."""


def print_worth(worth: Worth) -> None:
    """Print the share that is right, genre by genre, and what is taken for what."""
    measured = worth.accuracy
    macro = f"mean over genres {100 * measured.macro:.1f} %"
    answers.print(f"{measured}; {macro}", markup=False)
    answers.print(_genres(worth))
    if len(worth.labels) <= MOST_COLUMNS:
        answers.print(_confusion(worth))
    error = 100 * worth.calibration_error
    answers.print(f"temperature {worth.temperature:.3f}, calibration error {error:.1f} points")
    answers.print(said(worth.threshold))


def _genres(worth: Worth) -> Table:
    """Return which share of a genre's tracks is found, and of its names is right."""
    table = Table("genre", box=SIMPLE_HEAD)
    for heading in ("tracks", "found", "names right"):
        table.add_column(heading, justify="right")
    for number, label in enumerate(worth.labels):
        shares = (f"{100 * share[number]:.0f} %" for share in (worth.found, worth.right))
        table.add_row(_plain(label), f"{worth.confusion[number].sum():.0f}", *shares)
    return table


def _confusion(worth: Worth) -> Table:
    """Return how many tracks of each genre were given which name."""
    table = Table("is \\ named", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for label in worth.labels:
        table.add_column(_plain(label[:4]), justify="right", no_wrap=True)
    for label, row in zip(worth.labels, worth.confusion, strict=True):
        table.add_row(_plain(label), *(f"{n:.0f}" if n >= 0.5 else "." for n in row))
    return table


def _plain(label: str) -> str:
    return visible(label).replace("[", "\\[")
