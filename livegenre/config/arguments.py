"""The flags and the command that are about settings."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

SHOWN = "listen"
"""The command whose flags are shown where none is named."""
CONFIG = """\
Say which flags are in force and where from, or where the file of settings is looked for.

  livegenre config show                          those of listen: the file over the defaults
  livegenre config show replay --model tags      the command line over the file
  livegenre config path

Settings are TOML. Keys are flags without dashes: for every command that has them at the top,
for one below its name; a flag on the command line wins, and --no-FLAG undoes a switch.

  model = "tags"
  smoothing = 3
  [listen]
  headless = true
  jsonl = "~/genres.jsonl"
"""


def add_config_flags(group: argparse._ArgumentGroup) -> None:
    """Add what says which file of settings is read."""
    add = group.add_mutually_exclusive_group().add_argument
    add("--config", metavar="FILE", help="settings in TOML (default: 'livegenre config path')")
    add("--no-config", action="store_true", help="read no settings")


def add_config_command(
    commands: "argparse._SubParsersAction[Any]",
    configurable: Mapping[str, argparse.ArgumentParser],
) -> None:
    """Add ``config``; with it the flags of those commands can be shown."""
    config = commands.add_parser("config", help="which flags are in force", description=CONFIG)
    actions = config.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("path", help="where settings are looked for", description="Print a path.")
    show = actions.add_parser(
        "show", help="what is in force, and where from", description="Show the flags of a command."
    )
    shown = show.add_subparsers(
        dest="shown", metavar="[COMMAND]", required=True, help=f"{SHOWN} where it is left out"
    )
    for name, parser in configurable.items():
        one = shown.add_parser(
            name,
            help=f"the flags of {name}",
            description=f"Show the flags of {name} that are in force, and where from.",
            parents=[parser],
            add_help=False,
        )
        one.add_argument("--json", dest="as_json", action="store_true", help="one JSON object")


def with_shown(argv: Sequence[str] | None) -> list[str]:
    """Return the command line, of the process if None, with the command that ``show`` is about.

    Parsers of commands have no default that takes flags as well.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    first = words[2:3]
    is_named = bool(first) and (first[0] in ("-h", "--help") or not first[0].startswith("-"))
    return words if words[:2] != ["config", "show"] or is_named else [*words[:2], SHOWN, *words[2:]]
