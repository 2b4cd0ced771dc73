"""What a file holds, told by a digest, and whether it may have changed."""

import hashlib
import os

DIGEST_BYTES = 16


def stamp_of(status: os.stat_result) -> str:
    """Return what does not change as long as a file's content does not."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def digest_of(path: str) -> bytes:
    """Return the digest of a file's content.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, new_digest).digest()


def new_digest() -> "hashlib.blake2b":
    """Return the digest of nothing yet, to be updated."""
    return hashlib.blake2b(digest_size=DIGEST_BYTES)
