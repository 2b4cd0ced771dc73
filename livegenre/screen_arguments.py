"""The flags of what people see."""

import argparse

from livegenre.argument_types import frame_rate


def add_showing(group: argparse._ArgumentGroup) -> None:
    """Add the flags of the screen, of lines, and of corrections."""
    add = group.add_argument
    add("--corrections", metavar="FILE", help="keep corrected windows there")
    add("--headless", action="store_true", help="show nothing")
    add("--plain", action="store_true", help="lines instead of the screen, also to be read out")
    _add_screen(group)


def _add_screen(group: argparse._ArgumentGroup) -> None:
    glyphs = group.add_mutually_exclusive_group().add_argument
    glyphs("--ascii", action="store_true", help="letters and signs of ASCII alone, no colours")
    glyphs(
        "--unicode", action="store_true", help="blocks and boxes in Chinese, Japanese, Korean too"
    )
    add = group.add_argument
    add("--mono", action="store_true", help="no colours; so does NO_COLOR")
    add(
        "--theme",
        choices=("dark", "light"),
        help="ground of the terminal (default: what COLORFGBG tells, else dark)",
    )
    add(
        "--fps",
        type=frame_rate,
        metavar="N",
        help="frames a second, 1 to 30 (default 10; 2 moves with the answers alone)",
    )
    add(
        "--no-scroll-ops",
        action="store_true",
        help="for terminals that cannot move a part of the picture: send it anew",
    )
