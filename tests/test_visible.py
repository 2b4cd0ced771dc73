"""What others have named can be printed: in one line, and without commands to the terminal."""

import pytest

from livegenre.visible import visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a b, é 音", "a b, é 音"),
        ("bad\nname\x1b[2J\udcff", "bad?name?[2J?"),
    ],
)
def test_each_letter_that_cannot_be_printed_becomes_a_question_mark(
    text: str, expected: str
) -> None:
    assert visible(text) == expected
