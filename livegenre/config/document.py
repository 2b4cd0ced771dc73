"""A file of settings as TOML: read, understood, and able to say in which line something stands."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from livegenre.errors import UsageError


class Document:
    """A TOML file, read as a whole.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UsageError
        If it cannot be read, or is no TOML.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = _read(path)
        try:
            self.values: Mapping[str, Any] = tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}: this is no TOML: {error}") from error

    def line(self, *keys: str) -> int | None:
        """Return the line, from 1, where a key stands that is reached by these; None if nowhere."""
        return self._lines.get(keys)

    def error(self, trouble: str, *keys: str) -> UsageError:
        """Return what to raise where a key, or the whole, makes no sense."""
        line = self.line(*keys)
        where = f"{self._path}" if line is None else f"{self._path}, line {line}"
        return UsageError(f"{where}: {trouble}")

    @cached_property
    def _lines(self) -> dict[tuple[str, ...], int]:
        # TOML read up to the end of any of its statements is TOML: a key stands where the first
        # piece ends that has it.
        found: dict[tuple[str, ...], int] = {}
        lines = self._text.split("\n")
        first = 1
        for last in range(1, len(lines) + 1):
            try:
                piece = tomllib.loads("\n".join(lines[:last]))
            except ValueError:
                continue  # amid a value of several lines
            for keys in _keys(piece):
                found.setdefault(keys, first)
            first = last + 1
        return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; settings are read from there") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, inner) for inner in value)
