"""Where an inspection is written: what its name says it is, and what it must not take the place of.

A report takes the place of an older report, and of nothing else.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from livegenre.errors import OutputError, UsageError
from livegenre.inspection.drawing import SIGNATURE
from livegenre.inspection.tables import FRAME_COLUMNS
from livegenre.whole_file import whole_file

KINDS = (".html", ".png", ".csv")
INDEX = "index.html"
CSV_SIGNATURES = (",".join(FRAME_COLUMNS[:5]), "time,state,label,not_music")
HEAD_LENGTH = 1_000
"""Bytes of a file within which it says who made it."""


class Destination:
    """A file, or a folder, for what was asked for.

    Parameters
    ----------
    path : str
        Ends in ``.html``, ``.png`` or ``.csv``; a folder if it has no ending, ends in ``/`` or is
        there.
    sound : str
        What is inspected, which must not be written over.

    Raises
    ------
    UsageError
        If the name says something else.
    OutputError
        If something else is there.
    """

    def __init__(self, path: str, sound: str) -> None:
        self.path = Path(path)
        self._sound = sound
        ending = self.path.suffix.lower()
        self.is_folder = path.endswith(("/", os.sep)) or self.path.is_dir() or not ending
        self.kind = "folder" if self.is_folder else ending
        if self.kind not in (*KINDS, "folder"):
            raise UsageError(f"-o {path}: the name must end in {', '.join(KINDS)} or / (a folder)")
        if not self.is_folder and not self.path.parent.is_dir():
            raise OutputError(f"{path}: there is no such folder; make it, or choose another")
        self._check(self.path / INDEX if self.is_folder else self.path)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files into the folder, or the one file; whole, or not at all.

        Raises
        ------
        OutputError
            If one cannot be written.
        """
        if self.is_folder:
            self._make_folder()
        for name, content in files.items():
            path = self.path / name if self.is_folder else self.path
            self._check(path)
            with whole_file(path) as part:
                part.write_bytes(content)

    def _make_folder(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.path}: {error.strerror}; choose another folder") from error

    def _check(self, path: Path) -> None:
        try:
            if not path.exists():
                return
            if os.path.exists(self._sound) and path.samefile(self._sound):
                raise OutputError(f"{path}: is the sound itself; choose another name for -o")
            with path.open("rb") as file:
                head = file.read(HEAD_LENGTH)
        except OSError as error:
            raise OutputError(f"{path}: {error.strerror}; choose another place for it") from error
        if head and not any(sign.encode() in head for sign in (SIGNATURE, *CSV_SIGNATURES)):
            raise OutputError(
                f"{path}: is there and is no report of livegenre inspect; choose another name"
            )
