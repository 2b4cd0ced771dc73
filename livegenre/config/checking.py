"""From a file of settings to flags: every value goes through the parser, as words do."""

import argparse
import difflib
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from livegenre.config.document import Document
from livegenre.config.flags import flags_of, off_words, rivals_of, takes_many
from livegenre.config.masking import masked
from livegenre.errors import UsageError

_MOST = 2**63
"""TOML's integers have 64 bits; Python's parser lets others pass."""


class Checked(NamedTuple):
    """What a file sets for a command."""

    values: argparse.Namespace
    """As the command's own parser keeps them; what the file does not say is not there."""
    places: Mapping[str, tuple[str, ...]]
    """The keys that lead to each in the document, by its own."""


class _Misfit(Exception):
    """A value of a type that its flag cannot take; the text says why."""


class _Checker(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Misfit(message)


def check(
    document: Document, commands: Mapping[str, argparse.ArgumentParser]
) -> dict[str, Checked]:
    """Return what a file sets for each command; all of it must make sense, whichever runs.

    Parameters
    ----------
    document : Document
        Flags of any command, and tables, named as commands are, with more flags of one.
    commands : mapping
        Their parsers, without defaults.

    Raises
    ------
    UsageError
        At the first thing that makes no sense.
    """
    flags = {command: flags_of(parser) for command, parser in commands.items()}
    for key, value in document.values.items():
        if key not in commands:
            if not any(key in known for known in flags.values()):
                raise _unknown(document, (key,), flags)
        elif not isinstance(value, dict):
            raise document.error(f"{key} is a command; its flags stand below [{key}]", key)
        else:
            for name in value:
                if name not in flags[key]:
                    raise _unknown(document, (key, name), flags)
    return {command: _check_one(document, command, parser) for command, parser in commands.items()}


def _check_one(document: Document, command: str, parser: argparse.ArgumentParser) -> Checked:
    flags = flags_of(parser)
    table = document.values.get(command, {})
    beaten = rivals_of(parser, [flags[key].dest for key in table if table[key] is not False])
    common = {
        key: value
        for key, value in document.values.items()
        if key in flags and flags[key].dest not in beaten
    }
    places = {key: (key,) for key in common} | {key: (command, key) for key in table}
    words: list[str] = []
    for key, value in (common | table).items():
        try:
            words += _words(parser, key, flags[key], value)
        except _Misfit as misfit:
            raise document.error(f"{key}: {misfit}", *places[key]) from misfit
    checker = _Checker(parents=[parser], add_help=False, allow_abbrev=False)
    try:
        values = checker.parse_args(words)
    except _Misfit as misfit:
        raise _refused(document, str(misfit), flags, places) from misfit
    return Checked(values, places)


def _words(
    parser: argparse.ArgumentParser, key: str, action: argparse.Action, value: object
) -> list[str]:
    """Return the words of a command line that say the same as a value in a file."""
    name = f"--{key}"
    if isinstance(value, bool):
        if action.nargs not in (0, "?", "*"):
            raise _Misfit(f"a number or text is wanted, not {str(value).lower()}")
        return [name] if value else off_words(parser, key)
    if action.nargs == 0:
        raise _Misfit("true or false is wanted")
    if takes_many(action):
        items = value if isinstance(value, list) else [value]
        return [word for item in items for word in _once(name, action, item)]
    return _once(name, action, value)


def _once(name: str, action: argparse.Action, value: object) -> list[str]:
    if not isinstance(value, list):
        return [f"{name}={_text(value)}"]
    if action.nargs in (None, "?"):
        raise _Misfit("one value is wanted, not a list")
    return [name, *map(_text, value)]


def _text(value: object) -> str:
    """Return a value as the shell would hand it over."""
    if isinstance(value, str):
        if "\0" in value:
            raise _Misfit("no text may hold a NUL")
        return os.path.expanduser(value) if value.startswith("~/") else value
    if isinstance(value, float) or (isinstance(value, int) and -_MOST <= value < _MOST):
        return str(value)
    raise _Misfit("a number or text is wanted")


def _unknown(
    document: Document, keys: tuple[str, ...], flags: Mapping[str, Mapping[str, Any]]
) -> UsageError:
    """Say that there is no such flag, and which may have been meant."""
    *table, name = keys
    for command, known in flags.items():
        if table and name in known:
            return document.error(
                f"{name} is no flag of {table[0]}; put it below [{command}]", *keys
            )
    names = flags[table[0]] if table else {name for known in flags.values() for name in known}
    candidates = [*names, *([] if table else flags)]
    likely = name.lower().replace("_", "-").strip("-")
    if near := difflib.get_close_matches(likely, candidates, 1):
        cure = f"did you mean {near[0]}?"
    else:
        cure = f"'livegenre config show {table[0] if table else 'listen'}' lists all"
    return document.error(f"there is no flag {name!r}; {cure}", *keys)


def _refused(
    document: Document,
    message: str,
    flags: Mapping[str, argparse.Action],
    places: Mapping[str, tuple[str, ...]],
) -> UsageError:
    """Turn the parser's words on a flag into ones on a place in the file."""
    told = re.fullmatch(r"argument ([^:]+): (.*)", message, re.DOTALL)
    for key, action in flags.items():
        if told and told[1] == "/".join(action.option_strings):
            return document.error(f"{key}: {masked(told[2], key)}", *places.get(key, ()))
    return document.error(masked(message))
