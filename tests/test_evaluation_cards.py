"""The page of models is rewritten between its marks, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from livegenre.errors import OutputError
from tests.evaluation_clips import LABELS, decision, heard
from tools.evaluation.cards import Section, require_marks, write_card
from tools.evaluation.summary import score_condition, score_music, score_not_music, score_outside

PAGE = """\
# Models

| other | table |
|---|---|
| stays | so |

<!-- measured:tiny -->
<!-- /measured:tiny -->

## other.onnx
<!-- measured:other -->
nothing yet
<!-- /measured:other -->
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(PAGE)
    return path


def measured(*manifests: str, blues: float = 0.9, **changes: object) -> dict[str, Any]:
    """Return what measuring a clip of each genre gives."""
    clips = [
        heard("blues", decision(1, 0.6), decision(3, blues, "genre")),
        heard("jazz", decision(1, 0.1, "genre"), decision(3, 0.1, "not_music")),
    ]
    return {
        "model": {"name": "tiny", "by_folds": False},
        "manifests": list(manifests),
        "command": f"python tools/evaluate.py --manifest $DATA/{manifests[0]}/manifest.csv",
        **score_music(clips, LABELS),
        "baseline": None,
        "outside": score_outside([]),
        "not_music": score_not_music(clips, [heard("speech", decision(1, 0.9, "not_music"))]),
        "conditions": {"telephone": score_condition(clips, LABELS, 1.0)},
        "changes": None,
        **changes,
    }


def test_figures_stand_between_the_marks_and_all_else_stays(page: Path) -> None:
    write_card(page, measured("one"))
    text = page.read_text()
    before, _, rest = PAGE.partition("<!-- measured:tiny -->\n")
    _, _, after = rest.partition("<!-- /measured:tiny -->")
    assert text.startswith(before)
    assert text.endswith(after)
    for row in (
        "| figure | one |",
        "| clips right, 95 % interval | **100.0 %** [34.2-100.0] of 2 |",
        "| the published recipe: clips right | - |",
        "| blues: found, right where answered | 100.0 %, 100.0 % of 1 |",
        "| names given that are right | 100.0 % of windows named |",
        "| windows of speech called a genre | 0.0 %, 1 clips |",
        "| windows of music called not music | 25.0 %; most jazz 50.0 % |",
        "| telephone: mean over genres, loss | 100.0 %, 0.0 points |",
        "| after 3 s: mean over genres of clips as long | 100.0 % of 2 |",
        "| after 5 s: mean over genres of clips as long | - of 0 |",
        "- one: `python tools/evaluate.py --manifest $DATA/one/manifest.csv`",
    ):
        assert row in text.splitlines()


def test_other_sets_become_columns_and_the_same_set_replaces_its_own(page: Path) -> None:
    write_card(page, measured("one"))
    write_card(page, measured("two", "three", conditions={}))
    write_card(page, measured("one", blues=0.2))
    lines = page.read_text().splitlines()
    assert "| figure | one | two, three |" in lines
    right = next(line for line in lines if line.startswith("| clips right"))
    assert right.split(" | ")[1:] == [
        "**50.0 %** [9.5-90.5] of 2",
        "**100.0 %** [34.2-100.0] of 2 |",
    ]
    assert next(line for line in lines if line.startswith("| telephone")).endswith("| - |")
    assert len([line for line in lines if line.startswith("- one: ")]) == 1


def test_writing_again_changes_nothing(page: Path) -> None:
    write_card(page, measured("one"))
    once = page.read_text()
    write_card(page, measured("one"))
    assert page.read_text() == once


def test_section_is_read_as_it_was_written() -> None:
    section = Section({"one": {"a": "1", "b": "2"}, "two": {"a": "3", "c": "4"}}, {"one": "run it"})
    text = str(section)
    assert str(Section.parse(text)) == text
    assert Section.parse("") == Section()


@pytest.mark.parametrize(
    "text",
    [
        "no marks",
        "<!-- measured:tiny -->",
        "<!-- /measured:tiny --> <!-- measured:tiny -->",
        2 * "<!-- measured:tiny --><!-- /measured:tiny -->",
    ],
)
def test_page_without_the_marks_is_refused(page: Path, text: str) -> None:
    page.write_text(text)
    with pytest.raises(OutputError, match="needs the lines <!-- measured:tiny --> and"):
        require_marks(page, "tiny")


def test_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"nosuch\.md: No such file"):
        require_marks(tmp_path / "nosuch.md", "tiny")
