"""Tables on disk: CSV by the standard library, Parquet by pyarrow; whole ones, and unfinished."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from livegenre.errors import OutputError

Cells: TypeAlias = dict[str, str]
"""A row: column -> text."""
ENDINGS = (".csv", ".parquet")
TEXTS = ("filename", "label")


def check_ending(path: Path) -> None:
    """See that a table's name says of which kind it is, and that this can be written.

    Raises
    ------
    OutputError
        If not.
    """
    if path.suffix not in ENDINGS:
        raise OutputError(f"{path}: the name must end in {' or '.join(ENDINGS)}")
    if path.suffix == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError as error:
            raise OutputError(f"{path}: Parquet needs pyarrow; pip install pyarrow") from error


def read_table(path: Path, columns: Sequence[str]) -> list[Cells]:
    """Return the rows of a table; none if it is not there. A last line that was cut off is no row.

    Raises
    ------
    OutputError
        If it cannot be read, or has other columns.
    """
    try:
        if path.suffix == ".parquet":
            found, header = _read_parquet(path)
        else:
            found, header = _read_csv(path)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, csv.Error) as error:
        reason = str(error).splitlines()[0]
        raise OutputError(f"{path}: is no table ({reason}); choose another name") from error
    if header and list(header) != list(columns):
        raise OutputError(f"{path}: has other columns; choose another name, or its --layout")
    return found


def _read_csv(path: Path) -> tuple[list[Cells], Sequence[str]]:
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    reader = csv.DictReader(io.StringIO(whole, newline=""))
    rows = list(reader)
    return rows, reader.fieldnames or ()


def _read_parquet(path: Path) -> tuple[list[Cells], Sequence[str]]:
    from pyarrow import parquet

    table = parquet.read_table(path)
    rows = [{name: str(value) for name, value in row.items()} for row in table.to_pylist()]
    return rows, table.column_names


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> None:
    """Write a whole table or none: one that was there stays until the new one is.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        if path.suffix == ".parquet":
            _write_parquet(part, columns, rows)
        else:
            with part.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()


def _write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> None:
    import pyarrow
    from pyarrow import parquet

    kinds = {"length": int, **dict.fromkeys(TEXTS, str)}
    rows = list(rows)
    values = {name: [kinds.get(name, float)(row[name]) for row in rows] for name in columns}
    parquet.write_table(pyarrow.table(values), path)


class Unfinished:
    """A table that grows row by row, to go on from after an interruption.

    Parameters
    ----------
    path : Path
        CSV, whatever the table is to be in the end.
    columns : sequence of str

    Raises
    ------
    OutputError
        If what is there has other columns.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.rows = read_table(path, columns)
        """Those that are there."""
        # Written anew, for its last line may be cut off.
        write_table(path, columns, self.rows)
        self._path = path
        self._file = path.open("a", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, columns, lineterminator="\n")

    def append(self, rows: Sequence[Cells]) -> None:
        """Add the rows of a recording and have them on disk."""
        self._writer.writerows(rows)
        self._file.flush()
        self.rows.extend(rows)

    def close(self, *, done: bool) -> None:
        """Close, and remove it if the table itself is written."""
        self._file.close()
        if done:
            self._path.unlink()
