"""The words of a command that is told of a change: checked once, filled in at every change."""

import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from string import Formatter

from livegenre.errors import UsageError
from livegenre.outputs.base import Change

WIDEST = 1000
"""What a format may ask for, in letters: more would take memory at every change."""

Value = str | float
EXAMPLE: Mapping[str, Value] = {
    "label": "rock",
    "state": "genre",
    "posterior": 0.85,
    "before": "blues",
    "time": 24.5,
    "duration": 23.0,
}
"""What a command can be told, by name."""


def split(command: str) -> list[str]:
    """Return the words of a command.

    Raises
    ------
    UsageError
        If there is no such command, or it asks for what is not known.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--on-change {command}: {error}") from error
    if not words:
        raise UsageError("--on-change: it is empty; give it a command")
    if shutil.which(words[0]) is None:
        raise UsageError(f"--on-change: there is no command {words[0]!r} that can be run")
    for word in words[1:]:
        _check(word)
    return words


def filled(words: Sequence[str], values: Mapping[str, Value]) -> list[str]:
    """Return the words with values in all of them but the first."""
    return [words[0], *(word.format_map(values) for word in words[1:])]


def values_of(change: Change) -> Mapping[str, Value]:
    """Return what a command is told of a change."""
    return {
        "label": _clean(change.after),
        "state": change.state,
        "posterior": round(change.posterior, 3),
        "before": _clean(change.before or ""),
        "time": round(change.time, 3),
        "duration": round(change.duration, 3),
    }


def _clean(text: str) -> str:
    """Return text that can be an argument of a program, whatever the locale."""
    encoding = sys.getfilesystemencoding()
    return text.encode(encoding, "replace").decode(encoding).replace("\0", "?")


def _check(word: str) -> None:
    """See that a word asks for nothing but what is known, and in formats that always work."""
    known = " ".join(f"{{{name}}}" for name in EXAMPLE)
    cure = f"there are {known}; a brace itself is doubled"
    try:
        fields = [field for field in Formatter().parse(word) if field[1] is not None]
        unknown = [name for _, name, _, _ in fields if name not in EXAMPLE]
        if unknown:
            raise UsageError(f"--on-change: {{{unknown[0]}}} is not known; {cure}")
        for _, _, form, _ in fields:
            _check_format(word, form or "")
        word.format_map(EXAMPLE)
    except (ValueError, LookupError) as error:
        raise UsageError(f"--on-change {word}: {error}; {cure}") from error


def _check_format(word: str, form: str) -> None:
    if "{" in form:
        raise UsageError(f"--on-change {word}: a format can hold no other braces")
    if any(int(number) > WIDEST for number in re.findall(r"\d+", form)):
        raise UsageError(f"--on-change {word}: no format can be wider than {WIDEST} letters")
