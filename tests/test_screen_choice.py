"""Each terminal gets the form of the screen that it can show, or the one that was asked for."""

from io import BytesIO, TextIOWrapper

import pytest
from rich.console import Console

from livegenre.screen.choice import Wishes, choose_variant, first_rate
from livegenre.screen.variant import Variant

NOTHING = Wishes()


def choose(wishes: Wishes = NOTHING, *, encoding: str = "utf-8", **variables: str) -> Variant:
    environment = {"TERM": "xterm-256color", **variables}
    stream = TextIOWrapper(BytesIO(), encoding=encoding)
    console = Console(file=stream, force_terminal=True, _environ=environment)
    return choose_variant(console, wishes, environment)


def test_colours_are_as_many_as_the_terminal_says() -> None:
    assert choose(COLORTERM="truecolor") == Variant("truecolor")
    assert choose() == Variant("256")
    assert choose(TERM="vt100") == Variant("none")


def test_no_color_is_a_screen_without_colours() -> None:
    assert choose(NO_COLOR="1") == Variant("none")
    assert choose(NO_COLOR="") == Variant("256")
    assert choose(Wishes(mono=True), COLORTERM="truecolor") == Variant("none")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "koi8-r", "euc-jp"])
def test_an_encoding_without_blocks_gets_ascii_even_where_unicode_was_asked_for(
    encoding: str,
) -> None:
    assert choose(encoding=encoding) == Variant("none", ascii=True)
    assert choose(Wishes(unicode=True), encoding=encoding).ascii


def test_ascii_can_be_asked_for() -> None:
    assert choose(Wishes(ascii=True), COLORTERM="truecolor") == Variant("none", ascii=True)


@pytest.mark.parametrize(
    ("variables", "is_ascii"),
    [
        ({"LANG": "ja_JP.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_CTYPE": "zh_CN.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_CTYPE": "en_GB.UTF-8"}, False),
        ({}, False),
    ],
)
def test_where_blocks_may_be_two_cells_wide_it_starts_in_ascii(
    variables: dict[str, str], is_ascii: bool
) -> None:
    assert choose(NOTHING, **variables).ascii == is_ascii
    assert not choose(Wishes(unicode=True), **variables).ascii


@pytest.mark.parametrize(
    ("told", "is_light"),
    [("0;15", True), ("0;default;7", True), ("15;0", False), ("7;8", False), ("", False)],
)
def test_the_ground_is_what_the_terminal_tells_unless_a_theme_was_asked_for(
    told: str, is_light: bool
) -> None:
    assert choose(COLORFGBG=told).light == is_light
    assert choose(Wishes(theme="light"), COLORFGBG=told).light
    assert not choose(Wishes(theme="dark"), COLORFGBG=told).light


def test_over_a_network_it_starts_slower_unless_a_rate_was_asked_for() -> None:
    assert first_rate(NOTHING, {}) == (10, 10)
    assert first_rate(NOTHING, {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}) == (10, 5)
    assert first_rate(Wishes(frames_per_second=2.0), {"SSH_CONNECTION": "x"}) == (2, 2)
