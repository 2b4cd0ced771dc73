"""Where a file goes, by a template such as ``{genre}/{artist} - {title}{ext}``."""

import difflib
import os
import string
from collections.abc import Mapping
from dataclasses import dataclass

from livegenre.errors import UsageError
from livegenre.sorting.names import clean
from livegenre.sorting.tags import Tags

DEFAULT = "{genre}/{artist} - {title}{ext}"
UNKNOWN = {
    "artist": "Unknown Artist",
    "albumartist": "Unknown Artist",
    "album": "Unknown Album",
    "year": "Unknown Year",
    "track": "00",
}
"""What stands for a tag that a file does not have."""
FIELDS = (
    "genre",
    "artist",
    "albumartist",
    "title",
    "album",
    "year",
    "track",
    "name",
    "posterior",
    "ext",
)
Piece = tuple[str, str | None]
"""Literal text, and the name of the field after it, if there is one."""


@dataclass(frozen=True, slots=True)
class Template:
    """A path of parts, of which each is literal text and fields; always below where it begins."""

    parts: tuple[tuple[Piece, ...], ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Read a template.

        Raises
        ------
        UsageError
            If it has an unknown field, leads elsewhere, or has no ``{ext}`` at its end.
        """
        parts = text.split("/")
        for part in parts:
            if part.strip(" ") in ("", ".", "..") or "\\" in part or "\0" in part:
                raise UsageError(
                    f"--template {text!r}: must be a path below the folder: parts with a name, "
                    "with / between them"
                )
        found = cls(tuple(_pieces(part, text) for part in parts))
        if not found.parts[-1] or found.parts[-1][-1][1] != "ext":
            raise UsageError(f"--template {text!r}: must end with {{ext}}, or players are lost")
        return found

    def fill(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parts of a path.

        Parameters
        ----------
        fields : mapping
            A text for each of ``FIELDS``, any.
        """
        *folders, last = self.parts
        ending = fields["ext"]
        stem = clean(_filled((*last[:-1], (last[-1][0], None)), fields))
        return (*(clean(_filled(part, fields)) for part in folders), stem + ending)

    @property
    def begins_with_genre(self) -> bool:
        """Whether the first folder is the genre and nothing else."""
        return len(self.parts) > 1 and self.parts[0] == (("", "genre"),)


def fields_of(path: str, tags: Tags, answer: str, posterior: float) -> dict[str, str]:
    """Return what the fields of a template stand for.

    Parameters
    ----------
    path : str
        Of the file, for its name and ending.
    tags : Tags
    answer : str
        What the file is sorted by.
    posterior : float
        Of the label, 0..1.
    """
    name, ending = os.path.splitext(os.path.basename(path))
    artist, title = tags.artist or tags.albumartist, tags.title
    if not (artist or title):
        artist, _, title = name.rpartition(" - ")  # as most files without tags are called
    found = {
        "artist": artist,
        "albumartist": tags.albumartist or artist,
        "title": title or name,
        "album": tags.album,
        "year": _year(tags.date),
        "track": _track(tags.tracknumber),
        "name": name,
        "genre": answer,
        "posterior": f"{posterior:.2f}",
        "ext": _ending(ending),
    }
    return {field: value or UNKNOWN.get(field, "") for field, value in found.items()}


def _pieces(part: str, whole: str) -> tuple[Piece, ...]:
    try:
        parsed = list(string.Formatter().parse(part))
    except ValueError as error:
        raise UsageError(f"--template {whole!r}: {error}") from None
    for _, field, form, conversion in parsed:
        if field is None:
            continue
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, 1, 0.5)
            hint = f"did you mean {{{near[0]}}}?" if near else f"there are {', '.join(FIELDS)}"
            raise UsageError(f"--template: there is no {{{field}}}; {hint}")
        if form or conversion:
            raise UsageError(f"--template: {{{field}}} stands alone, without : or !")
    return tuple((literal, field) for literal, field, _, _ in parsed)


def _filled(pieces: tuple[Piece, ...], fields: Mapping[str, str]) -> str:
    return "".join(literal + (fields[field] if field else "") for literal, field in pieces)


def _ending(ending: str) -> str:
    """Return a file's ending as a name may end, with its dot; what is no such thing is none."""
    cleaned = clean(ending.lstrip("."), 16)
    return f".{cleaned}" if ending.strip(". ") else ""


def _year(date: str) -> str:
    return date[:4] if date[:4].isdecimal() and len(date) >= 4 else ""


def _track(number: str) -> str:
    first = number.partition("/")[0].strip()
    return first.zfill(2) if first.isdecimal() else ""
