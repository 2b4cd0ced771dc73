"""Names that every system takes, whatever text they are made of."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.sorting.names import LONGEST_BYTES, RESERVED, clean, numbered

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=300)


@given(ANY_TEXT)
def test_a_name_is_one_part_of_a_path_on_every_system(text: str) -> None:
    name = clean(text)
    assert name not in ("", ".", "..")
    assert not set(name) & set('<>:"/\\|?*\0\n\r')
    assert name == name.strip()
    assert not name.endswith(".")
    assert not RESERVED.match(name)
    assert len(os.fsencode(name)) <= LONGEST_BYTES + 1
    assert clean(name) == name


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
def test_a_name_can_be_made(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("names")
    (folder / clean(text)).write_bytes(b"")
    assert os.listdir(folder) == [clean(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AC/DC", "AC_DC"),
        ("Sigur Rós", "Sigur Rós"),
        ("What's Up?", "What's Up_"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("...", "_"),
        ("", "_"),
        ("con", "_con"),
        ("NUL.mp3", "_NUL.mp3"),
        ("concert", "concert"),
        ("one\ntwo", "one_two"),
        ("trailing. ", "trailing"),
        ("\N{MUSICAL NOTE}" * 100, "\N{MUSICAL NOTE}" * 50),
        (os.fsdecode(b"\xff"), os.fsdecode(b"\xff")),
    ],
)
def test_texts_as_tags_have_them(text: str, name: str) -> None:
    assert clean(text) == name


def test_numbers_stand_before_the_ending() -> None:
    assert [numbered("a.b.mp3", n) for n in (1, 2, 10)] == [
        "a.b.mp3",
        "a.b (2).mp3",
        "a.b (10).mp3",
    ]
    assert Path(numbered("a", 2)).name == "a (2)"
