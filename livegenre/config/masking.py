"""Keeps secrets out of what is printed: passwords in addresses, tokens, keys."""

import re

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
