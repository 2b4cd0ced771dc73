"""Writes what was measured of a model into the page of models, one column for each set of clips.

A section lies between two HTML comments; columns of other sets that stand there stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from livegenre.errors import OutputError
from tools.evaluation.report import interval, number, percent, points
from tools.evaluation.scores import Json

_NOTHING = "-"


@dataclass(slots=True)
class Section:
    """A table with a row for each figure and a column for each set, and how each was made."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """Set -> figure -> what it came to."""
    commands: dict[str, str] = field(default_factory=dict)
    """Set -> command."""

    @classmethod
    def parse(cls, text: str) -> "Section":
        """Read what ``__str__`` wrote, or nothing."""
        section = cls()
        table = [_cells(line) for line in text.splitlines() if line.startswith("| ")]
        if table:
            heading, *rows = table
            for number, name in enumerate(heading[1:], start=1):
                section.columns[name] = {row[0]: row[number] for row in rows}
        for line in text.splitlines():
            if line.startswith("- ") and line.endswith("`"):
                name, _, command = line[2:-1].partition(": `")
                section.commands[name] = command
        return section

    def __str__(self) -> str:
        names = list(self.columns)
        figures = dict.fromkeys(figure for name in reversed(names) for figure in self.columns[name])
        rows = [
            _row([figure, *(self.columns[name].get(figure, _NOTHING) for name in names)])
            for figure in figures
        ]
        made = [f"- {name}: `{command}`" for name, command in self.commands.items()]
        table = [_row(["figure", *names]), "|---" * (len(names) + 1) + "|", *rows]
        return "\n".join([*table, "", "Measured with the folders of clips in `$DATA`:", "", *made])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def require_marks(path: Path, name: str) -> None:
    """See that a page has a place for a model, before hours are spent on what is to stand there.

    Raises
    ------
    OutputError
        If it cannot be read or written, or lacks the marks.
    """
    _split(path, name)
    try:
        path.open("a").close()
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; choose another page") from error


def write_card(path: Path, measured: Json) -> None:
    """Put a column with what was measured into a model's section.

    Raises
    ------
    OutputError
        If the page cannot be read, or lacks the marks.
    """
    before, inside, after = _split(path, measured["model"]["name"])
    section = Section.parse(inside)
    heard = ", ".join(measured["manifests"])
    section.columns[heard] = figures(measured)
    section.commands[heard] = measured["command"]
    path.write_text(f"{before}\n{section}\n{after}", encoding="utf-8")


def _split(path: Path, name: str) -> tuple[str, str, str]:
    """Return what stands before, between and after the marks, which stay outside."""
    first, last = f"<!-- measured:{name} -->", f"<!-- /measured:{name} -->"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; choose another page") from error
    if text.count(first) != 1 or text.count(last) != 1 or text.index(last) < text.index(first):
        raise OutputError(f"{path}: needs the lines {first} and {last}, once each, in this order")
    before, _, rest = text.partition(first)
    inside, _, after = rest.partition(last)
    return before + first, inside, last + after


def figures(measured: Json) -> dict[str, str]:
    """Return every figure in words."""
    baseline = measured["baseline"]
    found = {
        "heard by": "a model that never heard its artist"
        if measured["model"]["by_folds"]
        else "the model as it is",
        "clips right, 95 % interval": _share(measured["clip"]),
        "mean over genres": f"**{percent(measured['clip']['macro'])}**",
        "the published recipe: clips right": _share(baseline),
        "the published recipe: mean over genres": percent(baseline and baseline["macro"]),
    }
    for genre, row in measured["per_genre"].items():
        if row["n"]:
            found[f"{genre}: found, right where answered"] = (
                f"{percent(row['recall'])}, {percent(row['precision'])} of {row['n']}"
            )
    return found | _trust(measured) | _under(measured) | _time(measured)


def _share(found: Json | None) -> str:
    if found is None:
        return _NOTHING
    return f"**{percent(found['accuracy'])}** [{interval(found)}] of {found['n']}"


def _trust(measured: Json) -> dict[str, str]:
    """Return how far answers can be believed."""
    named, other = measured["abstention"], measured["not_music"]
    found = {
        "calibration error of windows": percent(measured["calibration"]["ece"]),
        "names given that are right": f"{percent(named['precision'])} of windows named",
        "windows that are named": percent(named["coverage"]),
        "clips that end with a name; of these right": (
            f"{percent(named['clip']['coverage'])}; {percent(named['clip']['precision'])}"
        ),
    }
    for label, row in other["by_label"].items():
        found[f"windows of {label} called a genre"] = (
            f"{percent(row['called_genre'])}, {row['n_clips']} clips"
        )
    rejected = {g: s for g, s in other["music_rejected_by_genre"].items() if s}
    worst = sorted(rejected, key=lambda genre: -rejected[genre])[:3]
    most = ", ".join(f"{genre} {percent(rejected[genre])}" for genre in worst)
    found["windows of music called not music"] = percent(other["music_rejected"]) + (
        f"; most {most}" if most else ""
    )
    if measured["outside"]["n_clips"]:
        found["clips of other genres that end with a name"] = (
            f"{percent(measured['outside']['clip_named'])} of {measured['outside']['n_clips']}"
        )
    return found


def _under(measured: Json) -> dict[str, str]:
    """Return what conditions cost."""
    return {
        f"{name}: mean over genres, loss": f"{percent(row['macro'])}, {points(row['loss'])}"
        for name, row in measured["conditions"].items()
    }


def _time(measured: Json) -> dict[str, str]:
    """Return how long answers take, and what they are worth after so long."""
    after = {
        f"after {seconds} s: mean over genres of clips as long": (
            f"{percent(value)} of {measured['accuracy_at_seconds_n'][seconds]}"
        )
        for seconds, value in measured["accuracy_at_seconds"].items()
    }
    return (
        after
        | _changes(measured["changes"])
        | {
            "first name after, median": number(measured["time_to_answer_seconds"], " s"),
            "cost of a step on one core, median": number(measured["step_cost_ms"], " ms"),
        }
    )


def _changes(found: Json | None) -> dict[str, str]:
    """Return what happens when the music changes."""
    if found is None:
        return {}
    return {
        "after a change of music: right label after, median": (
            f"{number(found['seconds_to_right_label'], ' s')}, in {percent(found['end_right'])} "
            f"of {found['n']} after 10 s"
        ),
        "wrong changes of label a minute": f"{found['wrong_changes_a_minute']:.2f}",
    }
