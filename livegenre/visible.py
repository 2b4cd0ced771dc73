"""Text of others, names of files above all, as it can be printed: in one line, without commands."""


def visible(text: str) -> str:
    """Return text with ``?`` in place of each letter that cannot be printed."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
