"""The flags of who is told what a session decides."""

import argparse


def add_telling(group: argparse._ArgumentGroup) -> None:
    """Add the flags of sinks."""
    add = group.add_argument
    add("--jsonl", metavar="FILE", help="append JSON Lines; '-' is stdout")
