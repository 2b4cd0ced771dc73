"""Names of files that every system takes, made of whatever text there is."""

import os
import re

LONGEST_BYTES = 200
"""Of a part of a path: 255 is the usual limit, and a number or an ending may be added."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029]')
"""What Windows or Unix refuse in names, or what breaks lines."""
EDGES = re.compile(r"\A[\s.]+|[\s.]+\Z")
"""Windows drops dots and spaces at the end; a dot at the beginning hides a file elsewhere."""
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)", re.I)
"""Names of devices on Windows, whatever ending they have."""
REPLACEMENT = "_"


def clean(text: str, longest_bytes: int = LONGEST_BYTES) -> str:
    """Return a text as a part of a path: never empty, never ``.`` or ``..``, and not too long.

    Parameters
    ----------
    text : str
        May hold anything, also bytes that are no text, as ``os.fsdecode`` escapes them.
    longest_bytes : int > 0
        As the file system counts.
    """
    name = EDGES.sub("", FORBIDDEN.sub(REPLACEMENT, _encodable(text)))
    name = EDGES.sub("", _shortened(name, longest_bytes))
    if RESERVED.match(name):
        name = REPLACEMENT + name
    return name or REPLACEMENT


def numbered(name: str, number: int) -> str:
    """Return the name that a file gets where others have it: ``a.mp3``, ``a (2).mp3``, ..."""
    if number == 1:
        return name
    stem, ending = os.path.splitext(name)
    return f"{stem} ({number}){ending}"


def _encodable(text: str) -> str:
    """Replace what no file system can hold: lone surrogates that stand for no byte."""
    return "".join(
        REPLACEMENT if "\ud800" <= letter <= "\udc7f" or "\udd00" <= letter <= "\udfff" else letter
        for letter in text
    )


def _shortened(name: str, longest_bytes: int) -> str:
    while len(name.encode("utf-8", "surrogateescape")) > longest_bytes:
        name = name[:-1]
    return name
