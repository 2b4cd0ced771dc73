"""Which flags are in force: the command line's words over the file of settings over the defaults.

Imports what is needed for a file only where one may be: ``--help`` is instant.
"""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from livegenre.config.flags import flags_of, forget_defaults, rivals_of
from livegenre.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "config.toml"

Origin = Literal["default", "file", "command line"]


class Setting(NamedTuple):
    """What a flag is, and who says so."""

    key: str
    """The flag's name, without dashes."""
    value: object
    origin: Origin
    line: int | None
    """In the file, where that says it."""
    means: str = ""
    """What is done where ``value`` is None and something is done yet, in words."""


class InForce(NamedTuple):
    """All settings of a command."""

    command: str
    path: "Path | None"
    """The file that was read, if there was one."""
    settings: Sequence[Setting]


def default_path() -> "Path | None":
    """Return where settings are looked for; None for a user without a home."""
    from livegenre.data_folder import config_folder

    folder = config_folder()
    return None if folder is None else folder / FILE


def settle(
    parser: ArgumentParser, commands: Mapping[str, ArgumentParser], argv: Sequence[str] | None
) -> Namespace:
    """Parse the command line, and put in what the file of settings says and it does not.

    Parameters
    ----------
    parser : ArgumentParser
        Of the whole command line; not to be used again.
    commands : mapping
        The parsers, within it, of the commands whose flags may stand in the file.
    argv : sequence of str, optional
        Words after the program's name; those of the process if None.

    Returns
    -------
    Namespace
        With the file that gave some of it, if one did, as ``settings_file``; of ``config show``,
        with an ``InForce`` as ``in_force``.

    Raises
    ------
    UsageError
        If the file cannot be read, or something in it means nothing.
    SystemExit
        On wrong usage, ``--help`` and ``--version``.
    """
    arguments = parser.parse_args(argv)
    arguments.settings_file = None
    is_shown = "shown" in arguments
    command = arguments.shown if is_shown else arguments.command
    if command not in commands:
        return arguments
    path = _find(arguments)
    if path is None and not is_shown:
        return arguments
    for each in commands.values():
        forget_defaults(each)
    given = parser.parse_args(argv)
    stored, line_of = _read(path, commands, command)
    from_file = _put_in(arguments, given, stored, commands[command])
    arguments.settings_file = path if from_file else None
    if is_shown:
        settings = list(_settings(arguments, given, from_file, line_of, commands[command]))
        arguments.in_force = InForce(command, path, settings)
    return arguments


def _find(arguments: Namespace) -> "Path | None":
    """Return the file that was asked for, or the one in the user's folder, if it is there."""
    from pathlib import Path

    if arguments.no_config:
        return None
    if arguments.config is not None:
        return Path(arguments.config)
    path = default_path()
    try:
        if path is not None:
            os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; make it readable, or leave it out by --no-config"
        ) from error
    return path


def _read(
    path: "Path | None", commands: Mapping[str, ArgumentParser], command: str
) -> tuple[Mapping[str, object], Callable[[str], int | None]]:
    """Return what a file sets for a command, by ``dest``, and what finds a key's line in it."""
    if path is None:
        return {}, lambda key: None
    from livegenre.config.checking import check
    from livegenre.config.document import Document

    document = Document(path)
    values, places = check(document, commands)[command]
    return vars(values), lambda key: document.line(*places.get(key, ()))


def _put_in(
    arguments: Namespace, given: Namespace, stored: Mapping[str, object], parser: ArgumentParser
) -> set[str]:
    """Put the file's values where the command line has none; return which, by ``dest``."""
    words = vars(given)
    beaten = rivals_of(parser, [dest for dest, value in words.items() if value is not False])
    from_file = stored.keys() - words.keys() - beaten
    for dest in from_file:
        setattr(arguments, dest, stored[dest])
    return from_file


def _settings(
    arguments: Namespace,
    given: Namespace,
    from_file: Container[str],
    line_of: Callable[[str], int | None],
    parser: ArgumentParser,
) -> Iterator[Setting]:
    """Yield what is in force, and where from."""
    for key, flag in flags_of(parser).items():
        value = getattr(arguments, flag.dest)
        if flag.dest in given:
            yield Setting(key, value, "command line", None)
        elif flag.dest in from_file:
            yield Setting(key, value, "file", line_of(key))
        else:
            yield Setting(key, value, "default", None)
