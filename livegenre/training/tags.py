"""Who made a recording, by the tags in its file; the only module that knows mutagen."""

from pathlib import Path

VARIOUS = frozenset({"various artists", "various", "va", "v.a.", "diverse", "unknown artist"})
"""Names of nobody."""


def read_maker(path: Path) -> str:
    """Return who made a recording, or else which album it is of; empty where no tag tells.

    The artist of the album comes before that of the track, so that guests make no other group.

    Raises
    ------
    ImportError
        If mutagen is not installed.
    """
    from mutagen import File, MutagenError

    try:
        tags = File(path, easy=True)
    except (MutagenError, OSError):
        return ""  # whether it can be heard is another question
    for name in ("albumartist", "artist", "album"):
        text = _text(tags, name)
        if text and text not in VARIOUS:
            # Albums of the same name in two folders are two.
            return f"{text} in {path.parent}" if name == "album" else text
    return ""


def _text(tags: object, name: str) -> str:
    """Return a tag's first value, without regard to case and spaces."""
    try:
        values = tags[name]  # type: ignore[index]
    except (KeyError, ValueError, TypeError):
        return ""
    return " ".join(str(values[0]).split()).casefold() if values else ""
