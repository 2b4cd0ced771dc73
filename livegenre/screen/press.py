"""What each key does, as a pure function: a look and a key make a new look and a request."""

from collections.abc import Sequence
from dataclasses import replace

from livegenre.screen.controls import Choice
from livegenre.screen.keymap import COMMANDS, correct
from livegenre.screen.look import Look
from livegenre.screen.situation import DIGITS, ENTRY_KEYS, Pressed, Request, Situation


def press(look: Look, key: str, situation: Situation) -> Pressed:
    """Return what a key makes of a look, and what it asks of the session.

    Parameters
    ----------
    look : Look
    key : str
        A name as ``KeyParser`` gives it; one that means nothing here changes nothing.
    situation : Situation
    """
    if look.overlay == "help":
        return Pressed(replace(look, overlay="", note=""))
    if look.overlay in ("devices", "labels"):
        chosen = _press_in_list(look, key, situation)
        if chosen is not None:
            return chosen
    command = COMMANDS.get(key)
    return Pressed(look) if command is None else command(replace(look, note=""), situation)


def _press_in_list(look: Look, key: str, situation: Situation) -> Pressed | None:
    """Choose from the list that is up, turn its page, or leave it; None: not a key of the list."""
    entries = situation.labels if look.overlay == "labels" else _names(situation.choices)
    keys = ENTRY_KEYS if look.overlay == "labels" else DIGITS
    n_pages = max(1, -(-len(entries) // situation.page_size))
    if key == "esc" or (key, look.overlay) == ("d", "devices"):
        return Pressed(replace(look, overlay="", page=0, note=""))
    if key in ("left", "right") and n_pages > 1:
        turned = look.page + (1 if key == "right" else -1)
        return Pressed(replace(look, page=turned % n_pages, note=""))
    place = keys.find(key) if len(key) == 1 else -1
    entry = look.page % n_pages * situation.page_size + place
    if 0 <= place < situation.page_size and entry < len(entries):
        ask = correct if look.overlay == "labels" else _open_device
        return Pressed(replace(look, overlay="", page=0, note=""), ask(entries[entry]))
    return Pressed(look) if look.overlay == "labels" or place >= 0 else None


def _names(choices: Sequence[Choice] | str) -> tuple[str, ...]:
    return () if isinstance(choices, str) else tuple(choice.name for choice in choices)


def _open_device(name: str) -> Request:
    return lambda controls: controls.open_device(name)
