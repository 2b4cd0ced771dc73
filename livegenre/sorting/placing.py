"""Puts a file where none is: whatever is there already stays, at any moment and for any reason."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from livegenre.collection.content import digest_of, new_digest
from livegenre.errors import LivegenreError

PART = ".livegenre-"
"""How names begin of files that are not complete yet."""
CHUNK_BYTES = 1 << 20
FATAL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What will befall the next file, too."""


def part_beside(path: Path) -> Path:
    """Return a new name in the same folder and with the same ending, for an incomplete file."""
    return path.with_name(f"{PART}{token_hex(8)}{path.suffix}")


def missing_folders(folder: Path) -> list[Path]:
    """Return those folders that have to be made for this one, the outermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    return missing[::-1]


def copy_whole(source: Path, part: Path) -> bytes:
    """Copy a file with its times and rights into a new one; return the digest of its content.

    Raises
    ------
    OSError
        If that fails; then there is no ``part``.
    """
    digest = new_digest()
    try:
        with source.open("rb") as reader, part.open("xb") as writer:
            while chunk := reader.read(CHUNK_BYTES):
                digest.update(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        with suppress(OSError):  # a file system that has no such times and rights
            shutil.copystat(source, part)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return digest.digest()


def put(source: Path, target: Path) -> None:
    """Give a file another name in the same file system, where nothing has that name.

    Renaming would replace what is there: an empty file is made first, which fails if anything is.

    Raises
    ------
    FileExistsError
        If something has that name.
    OSError
        If it cannot be done; ``EXDEV`` across file systems.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        os.replace(source, target)
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise


def move(source: Path, target: Path, part: Path) -> None:
    """Move a file, across file systems too, where nothing has that name.

    Parameters
    ----------
    source, target : Path
    part : Path
        Where it is copied to if need be, beside the target.

    Raises
    ------
    OSError
        If it cannot be done; then the source is as it was.
    """
    try:
        put(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        digest = copy_whole(source, part)
        put_part(part, target)
        if digest_of(os.fspath(target)) != digest:
            raise LivegenreError(f"its copy {target} is not the same; it stays") from None
        source.unlink()


def put_part(part: Path, target: Path) -> None:
    """Give a complete part its name, or take it away if that fails."""
    try:
        put(part, target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def replace_by(part: Path, path: Path) -> None:
    """Put a new version of a file in its place, all at once; take it away if that fails."""
    try:
        status = path.stat()
        with suppress(OSError, AttributeError):  # not one's own, or no owners here
            os.chown(part, status.st_uid, status.st_gid)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
