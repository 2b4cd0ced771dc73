"""The screen's colours: one for each label, one for each level, and those of the interface.

No genre is grey: grey belongs to the states that name none.
"""

import colorsys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

DIM = "#8b93a3"
FAINT = "#666e80"
EDGE = "#3a4150"
TRACK = "#1e2126"
"""Nearly neutral, so that terminals of 256 colours find a grey for it."""
DARK = "#0b0d12"
WHITE = "#ffffff"
GREY = "#7a8394"
GOOD = "#4bb479"
WARN = "#ffcc00"
BAD = "#ff4b65"
CLIP = "#c4183c"
REPLAY = "#61f4fc"

GENRES: Mapping[str, str] = MappingProxyType(
    {
        "blues": "#005df8",
        "classical": "#e2f3ca",
        "country": "#82680e",
        "disco": "#c0179d",
        "hiphop": "#d68eea",
        "jazz": "#fef620",
        "metal": "#fe1258",
        "pop": "#79ddd4",
        "reggae": "#00946b",
        "rock": "#e5a40f",
    }
)
"""Chosen for the largest difference between any two, colour-blind readers included."""

EMBER = (
    *("#090d1f", "#0c1940", "#1b2062", "#3d2478", "#622489", "#8a1e8e", "#b1178a", "#d21a80"),
    *("#ec2f73", "#ff4b65", "#fe7461", "#ff9363", "#ffae63", "#ffc862", "#fce08a", "#fcf5c6"),
)
"""From quiet to loud in equal steps of lightness."""

GOLDEN_TURN = (5**0.5 - 1) / 2
"""The turn that divides a circle most evenly for any number of steps."""
LIGHTNESSES = (0.5, 0.56, 0.44, 0.62, 0.68)
"""In an order that keeps near hues apart: fifty labels differ, and the first of them most."""


@cache
def label_colours(labels: tuple[str, ...]) -> Mapping[str, str]:
    """Return a colour for each label: its own for a known genre, however it is spelt.

    Others get hues a golden angle apart, so that neighbours differ however many there are.
    """
    others = [label for label in labels if _letters(label) not in GENRES]
    spread = {
        label: _hue(GOLDEN_TURN * place % 1, LIGHTNESSES[place % len(LIGHTNESSES)])
        for place, label in enumerate(others)
    }
    return MappingProxyType(
        {label: spread.get(label) or GENRES[_letters(label)] for label in labels}
    )


def _letters(label: str) -> str:
    return "".join(filter(str.isalpha, label.lower()))


def _hue(hue: float, lightness: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.7)
    return _hex(255 * red, 255 * green, 255 * blue)


@cache
def ember(share: float) -> str:
    """Return the colour of a level, 0 (quiet) to 1 (loud)."""
    place = min(max(share, 0.0), 1.0) * (len(EMBER) - 1)
    below = min(int(place), len(EMBER) - 2)
    return blend(EMBER[below], EMBER[below + 1], place - below)


@cache
def blend(first: str, second: str, share: float) -> str:
    """Mix two colours; ``share`` is the second one's, 0..1."""
    pairs = zip(_rgb(first), _rgb(second), strict=True)
    return _hex(*(one + share * (other - one) for one, other in pairs))


def faded(colour: str) -> str:
    """Return the colour at 40 % on a dark ground, for what does not count now."""
    return blend(DARK, colour, 0.4)


@cache
def ink(ground: str) -> str:
    """Return the colour of text on a coloured ground: dark or white, whichever reads better."""
    red, green, blue = (_linear(channel / 255) for channel in _rgb(ground))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return DARK if luminance > 0.18 else WHITE


def _linear(channel: float) -> float:
    """Undo the sRGB transfer curve (IEC 61966-2-1)."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(red: float, green: float, blue: float) -> str:
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"
