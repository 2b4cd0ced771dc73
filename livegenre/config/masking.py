"""Keeps secrets out of what is printed: passwords in addresses, tokens, keys."""

import re
import shlex

MASK = "***"

_SECRET = r"password|passwd|passphrase|token|secret|credentials?|api[-_]?key"
_SECRET_FLAG = re.compile(rf"(?:^|-)(?:{_SECRET}|key)(?:-|$)", re.IGNORECASE)
_HIDDEN = (
    (re.compile(r"(://[^\s:/@]*):\S*@"), rf"\1:{MASK}@"),
    (re.compile(r"\b(bearer|basic)\s+[^\s'\"]+", re.IGNORECASE), rf"\1 {MASK}"),
    (
        re.compile(
            rf"""((?:{_SECRET})['"]?\s*[=:]\s*)(?:'[^']*'|"[^"]*"|[^\s'",;&)]+)""", re.IGNORECASE
        ),
        rf"\1{MASK}",
    ),
)
_FIELD = re.compile(r"\{[a-z]+(:[^{}]*)?\}")
_FLAG_NAME = re.compile(r"--[a-z][a-z-]*=?|-[A-Za-z]")


def is_secret(key: str) -> bool:
    """Tell by a flag's name whether its value is for nobody's eyes."""
    return _SECRET_FLAG.search(key) is not None


def masked(text: str, key: str = "") -> str:
    """Return a text without the secrets that can be told from the rest of it.

    Parameters
    ----------
    text : str
    key : str, optional
        The flag that it is about: of a secret one, all that is quoted is hidden.
    """
    if is_secret(key):
        return re.sub(r"'[^']*'|\"[^\"]*\"", MASK, text)
    for pattern, replacement in _HIDDEN:
        text = pattern.sub(replacement, text)
    return text


def masked_command(command: str) -> str:
    """Return a command with its program, names of flags and ``{fields}`` alone.

    Any other word may be a secret: there are as many ways to give one as there are programs.
    """
    try:
        program, *words = shlex.split(command)
    except ValueError:
        return MASK
    return " ".join([masked(program), *map(_masked_word, words)])


def _masked_word(word: str) -> str:
    if _FIELD.fullmatch(word):
        return word
    name = _FLAG_NAME.match(word)
    shown = name[0] if name else ""
    return shown if shown == word else f"{shown}{MASK}"
