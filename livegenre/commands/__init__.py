"""The commands: flags become calls. A command's module is imported when the command is given."""

from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

MODULES = {
    "listen": "live",
    "replay": "live",
    "classify": "collection",
    "sort": "sorting",
    "devices": "about",
    "doctor": "about",
    "models": "about",
    "summary": "about",
    "config": "settings",
    "train": "training",
    "inspect": "pictures",
    "signal": "pictures",
}
"""Where the function of each command is, which bears its name."""


def find(name: str) -> Callable[[Namespace], None]:
    """Return what a command does with its arguments."""
    command: Callable[[Namespace], None] = getattr(
        import_module(f"{__name__}.{MODULES[name]}"), name
    )
    return command
