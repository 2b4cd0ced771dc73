"""The flags of who is told: what they take, and what is said where it cannot be."""

import os
from pathlib import Path

import pytest

from tests.test_cli import assert_one_clear_line, run

NOISE = ["replay", "noise:pink", "--duration", "8", "--headless"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--osc", "lights"], "--osc: an address needs a port"),
        (["--osc", ""], "--osc: no such address"),
        (["--verify", "--osc", "lights:1"], "--verify: runs alone"),
    ],
)
def test_what_makes_no_sense_is_one_line(words: list[str], said: str) -> None:
    assert_one_clear_line(run(*NOISE, *words), 2, said)


@pytest.mark.parametrize(
    ("library", "words", "cure"),
    [("pythonosc", ["--osc", "lights:1"], "pip install 'livegenre[osc]'")],
)
def test_missing_library_is_one_line_that_says_what_to_install(
    tmp_path: Path, library: str, words: list[str], cure: str
) -> None:
    (tmp_path / f"{library}.py").write_text(
        f"raise ModuleNotFoundError('not here', name={library!r})\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.getcwd()}"}
    assert_one_clear_line(run(*NOISE, *words, env=environment), 1, cure)
