"""Which form of the screen a terminal gets: what was asked for, and what it can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from livegenre.screen.pace import FRAMES_PER_SECOND, REMOTE_FRAMES_PER_SECOND
from livegenre.screen.variant import Variant

if TYPE_CHECKING:
    from rich.console import Console

GLYPHS = "▀█▏▁┤─…●\N{MINUS SIGN}"
"""An encoding that lacks one of them gets ASCII."""
CJK = ("zh", "ja", "ko")
"""Languages in whose terminals blocks and boxes may be two cells wide."""
LIGHT_GROUNDS = ("7", "15")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked of the screen on the command line."""

    plain: bool = False
    """Lines instead."""
    ascii: bool = False
    unicode: bool = False
    """Blocks and boxes though the locale is one where they may be too wide."""
    mono: bool = False
    """No colours."""
    theme: Literal["dark", "light"] | None = None
    """The terminal's ground; None: what it says of itself."""
    frames_per_second: float | None = None
    """The highest rate; None: what the connection suggests."""
    scroll_ops: bool = True
    """The terminal may be asked to move a part of the picture."""


def choose_variant(console: "Console", wishes: Wishes, environment: Mapping[str, str]) -> Variant:
    """Return the form in which a terminal gets the picture.

    Parameters
    ----------
    console : Console
        Of that terminal.
    wishes : Wishes
    environment : mapping
        The process's variables: locale, and ``COLORFGBG``, in which some terminals tell theirs.
    """
    is_narrow = wishes.unicode or not _locale(environment).lower().startswith(CJK)
    return Variant.choose(
        console.color_system,
        ascii=wishes.ascii or not (is_narrow and can_encode(console.encoding)),
        mono=wishes.mono or console.no_color,
        light=is_light(wishes, environment),
    )


def first_rate(wishes: Wishes, environment: Mapping[str, str]) -> tuple[float, float]:
    """Return the highest rate and the one to begin with, in frames a second."""
    if wishes.frames_per_second is not None:
        return wishes.frames_per_second, wishes.frames_per_second
    is_remote = bool(environment.get("SSH_CONNECTION"))
    return FRAMES_PER_SECOND, REMOTE_FRAMES_PER_SECOND if is_remote else FRAMES_PER_SECOND


def _locale(environment: Mapping[str, str]) -> str:
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    return next((value for name in names if (value := environment.get(name))), "")


def can_encode(encoding: str) -> bool:
    """Tell whether an encoding has blocks and lines."""
    try:
        GLYPHS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def is_light(wishes: Wishes, environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal's ground is light, by what was asked or it says of itself."""
    if wishes.theme is not None:
        return wishes.theme == "light"
    return environment.get("COLORFGBG", "").rpartition(";")[2] in LIGHT_GROUNDS
