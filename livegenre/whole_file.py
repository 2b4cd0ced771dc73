"""Writes a whole file or none: what was there stays until the new one is complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from livegenre.errors import OutputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield the name under which to write; at the end it takes the name that was asked for.

    Parameters
    ----------
    path : Path
        What is there already is replaced, a symbolic link by the file itself.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind then, nor by any other exception.
    """
    part = path.parent / f".livegenre-{os.getpid()}.part"
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; choose another place for it") from error
    finally:
        with suppress(OSError):
            part.unlink()
