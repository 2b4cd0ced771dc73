"""Settings in force, for people and for programs; secrets are shown to neither."""

import json
import math
from collections.abc import Iterator

from livegenre.config import InForce, Setting
from livegenre.config.masking import MASK, is_secret, masked, masked_command

COMMAND = "on-change"
"""The key of what is run."""


def table_lines(in_force: InForce) -> Iterator[str]:
    """Yield a line on the file, then one for each setting, with its value as a file has it."""
    yield f"livegenre {in_force.command}; file: {in_force.path or 'none'}"
    rows = [(setting.key, _written(setting), _origin(setting)) for setting in in_force.settings]
    key_width, value_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for key, value, origin in rows:
        yield f"  {key:{key_width}}  {value:{value_width}}  {origin}"


def to_json(in_force: InForce) -> str:
    """Return all as one JSON object."""
    settings = {
        setting.key: {
            "value": _shown(setting),
            "origin": setting.origin,
            **({} if setting.line is None else {"line": setting.line}),
            **({"means": setting.means} if setting.means else {}),
        }
        for setting in in_force.settings
    }
    path = None if in_force.path is None else str(in_force.path)
    return json.dumps({"command": in_force.command, "file": path, "settings": settings})


def _origin(setting: Setting) -> str:
    return setting.origin if setting.line is None else f"{setting.origin}, line {setting.line}"


def _written(setting: Setting) -> str:
    shown = _shown(setting)
    is_safe = str(shown).isprintable()  # on a terminal
    return setting.means or "-" if shown is None else json.dumps(shown, ensure_ascii=not is_safe)


def _shown(setting: Setting) -> object:
    """Return a value as JSON has it, a word of the command line where it is neither."""
    value = setting.value
    if value is None or isinstance(value, bool):
        return value
    if is_secret(setting.key):
        return MASK
    if isinstance(value, list | tuple):
        return [_shown(setting._replace(value=item)) for item in value]
    if isinstance(value, int | float):
        return "max" if value == math.inf else value
    return masked_command(str(value)) if setting.key == COMMAND else masked(str(value))
