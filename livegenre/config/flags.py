"""What a parser knows of its flags; the only module that looks into argparse."""

import argparse
from collections.abc import Iterable

NOT_IN_FILES = frozenset({"help", "config", "no_config", "as_json"})
"""Where the arguments keep flags that ask for something once."""


def flags_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the flags that may stand in a file, by their names without dashes."""
    found = {}
    for action in parser._actions:
        names = [name for name in action.option_strings if name.startswith("--")]
        is_hidden = action.help is argparse.SUPPRESS
        if names and not is_hidden and action.dest not in NOT_IN_FILES:
            found[names[0].removeprefix("--")] = action
    return found


def add_opposites(parser: argparse.ArgumentParser) -> None:
    """Give every switch a word, not told in ``--help``, that undoes what a file switches on."""
    for key, action in flags_of(parser).items():
        if action.nargs == 0 and action.const is True and not off_words(parser, key):
            parser.add_argument(
                f"--{_opposite(key)}",
                dest=action.dest,
                action="store_false",
                default=argparse.SUPPRESS,
                help=argparse.SUPPRESS,
            )


def off_words(parser: argparse.ArgumentParser, key: str) -> list[str]:
    """Return the words that switch a flag off; none where it is off when it is not there."""
    word = f"--{_opposite(key)}"
    return [word] if word in parser._option_string_actions else []


def rivals_of(parser: argparse.ArgumentParser, given: Iterable[str]) -> set[str]:
    """Return which flags go together with none of those given; all by their ``dest``."""
    given = set(given)
    rivals: set[str] = set()
    for group in parser._mutually_exclusive_groups:
        members = {action.dest for action in group._group_actions}
        if members & given:
            rivals |= members - given
    return rivals


def takes_many(action: argparse.Action) -> bool:
    """Tell whether a flag may be given several times, and keeps all of it."""
    return isinstance(action, argparse._AppendAction | argparse._ExtendAction)


def forget_defaults(parser: argparse.ArgumentParser) -> None:
    """Have a parser return from now on only what is given."""
    for action in parser._actions:
        action.default = argparse.SUPPRESS


def _opposite(key: str) -> str:
    return key.removeprefix("no-") if key.startswith("no-") else f"no-{key}"
