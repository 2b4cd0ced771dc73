"""A file is read as TOML, and says in which line a key stands."""

from pathlib import Path

import pytest

from livegenre.config.document import Document
from livegenre.errors import UsageError


def document(tmp_path: Path, content: str | bytes) -> Document:
    path = tmp_path / "config.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Document(path)


@pytest.mark.parametrize(
    ("content", "keys", "line"),
    [
        ("a = 1", ("a",), 1),
        ("# b\n\n  b = 1 # b", ("b",), 3),
        ("[t]\na = 1\nb = 2", ("t", "b"), 3),
        ("[t]\na = 1\nb = 2", ("t",), 1),
        ("t.a = 1\nt.b = 2", ("t", "b"), 2),
        ("t = { a = 1, b = 2 }", ("t", "b"), 1),
        ('a = """\nb = 1\n"""\nb = 2', ("b",), 4),
        ('a = 1\nb = """\nx\n"""', ("b",), 2),
        ('a = [\n  1,\n  2,\n]\n"b" = 2', ("b",), 5),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ("a = 1", ("b",), None),
        ("a = 1", (), None),
    ],
)
def test_the_line_of_a_key_is_known(
    tmp_path: Path, content: str, keys: tuple[str, ...], line: int | None
) -> None:
    assert document(tmp_path, content).line(*keys) == line


def test_errors_name_file_and_line(tmp_path: Path) -> None:
    read = document(tmp_path, "a = 1")
    assert str(read.error("no", "a")) == f"{tmp_path}/config.toml, line 1: no"
    assert str(read.error("no")) == f"{tmp_path}/config.toml: no"


def test_the_mark_that_windows_puts_first_is_no_trouble(tmp_path: Path) -> None:
    assert document(tmp_path, b"\xef\xbb\xbfa = 1").values == {"a": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a =\n", "this is no TOML: .*line 1"),
        (b"a = 1\na = 2\n", "this is no TOML: .*line 2"),
        (b"a = " + b"[" * 100_000, "this is no TOML: "),
        (b"a = " + b"9" * 5_000, "this is no TOML: "),
        (b"a = '\xff'", "byte 5 is not UTF-8"),
    ],
)
def test_what_is_no_toml_is_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=rf"^{tmp_path}/config\.toml: {words}[^\n]*$"):
        document(tmp_path, content)
