"""What the README promises exists."""

import re
import shlex

import pytest

from livegenre.arguments import parse
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
LOGS = (ROOT / "docs" / "LOGS.md").read_text()
COMMANDS = re.findall(r"^(?:.*\| )?livegenre (.+?)(?:\s{3,}.*)?$", README + LOGS, re.MULTILINE)


def test_readme_is_short() -> None:
    assert README.count("\n") <= 150


def test_readme_shows_commands() -> None:
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("words", COMMANDS)
def test_command_of_the_readme_parses(words: str) -> None:
    parse(shlex.split(words))


def test_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
