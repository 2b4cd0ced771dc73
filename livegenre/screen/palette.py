"""The screen's colours: one for each label, one for each level, and those of the interface.

No genre is grey: grey belongs to the states that name none. A colour is ``#rrggbb``, or
``color(n)`` of the 256 that xterm knows.
"""

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

DARK = "#0b0d12"
WHITE = "#ffffff"
CLIP = "#c4183c"
FADED = 0.4
"""What is left of a colour that does not count now."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of the interface on one ground; plain text is the terminal's own."""

    ground: str
    dim: str
    faint: str
    edge: str
    track: str
    """Behind bars."""
    mark: str
    """Peaks: as far from the ground as can be."""
    hold: str
    grey: str
    """The word where no label is named."""
    good: str
    warn: str
    bad: str
    replay: str
    gap: str
    """Hatching of the waterfall where sound was missing."""
    unsure: str
    not_music: str


ON_DARK = Theme(
    ground=DARK,
    dim="#8b93a3",
    faint="#666e80",
    edge="#3a4150",
    track="#191d25",
    mark=WHITE,
    hold="#aeb6c4",
    grey="#868d96",
    good="#4bb479",
    warn="#ffcc00",
    bad="#ff4b65",
    replay="#61f4fc",
    gap="#262b36",
    unsure="#343a47",
    not_music="#4b5263",
)
ON_LIGHT = Theme(
    ground=WHITE,
    dim="#5a6272",
    faint="#7b8392",
    edge="#b9bfca",
    track="#e3e6eb",
    mark="#1e222b",
    hold="#5a6272",
    grey="#868d96",
    good="#1d7a46",
    warn="#8a6200",
    bad="#c4183c",
    replay="#00707c",
    gap="#c9ced8",
    unsure="#343a47",
    not_music="#4b5263",
)

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

INDEXED: Mapping[str, int] = MappingProxyType(
    {
        **dict(zip(GENRES.values(), (27, 194, 94, 126, 177, 226, 197, 80, 29, 178), strict=True)),
        ON_DARK.track: 235,
        ON_DARK.edge: 238,
        ON_DARK.gap: 236,
        ON_DARK.unsure: 235,
        ON_DARK.not_music: 237,
        ON_DARK.grey: 246,
    }
)
"""Of the 256, where the nearest would not be the one that differs most from the others."""

STOPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ember": (
            *("#090d1f", "#0c1940", "#1b2062", "#3d2478", "#622489", "#8a1e8e", "#b1178a"),
            *("#d21a80", "#ec2f73", "#ff4b65", "#fe7461", "#ff9363", "#ffae63", "#ffc862"),
            *("#fce08a", "#fcf5c6"),
        ),
        "tide": (
            *("#060e1f", "#011b3d", "#002757", "#00356b", "#00447f", "#03548e", "#01659d"),
            *("#0277a8", "#0589b2", "#0c9bbb", "#06afc3", "#11c2c8", "#52d3cb", "#7ee3cd"),
            *("#b5eed4", "#e0fae6"),
        ),
        "bone": (
            *("#0b0e13", "#191c21", "#25292f", "#31363e", "#3d444d", "#4b525d", "#58616d"),
            *("#66707c", "#75808c", "#85909c", "#95a0ab", "#a5b1ba", "#b6c1ca", "#c8d2d9"),
            *("#dbe3e9", "#eef5f8"),
        ),
    }
)
"""From quiet to loud in equal steps of lightness."""

INDEXED_STOPS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "ember": (233, 17, 18, 54, 55, 90, 126, 162, 198, 203, 209, 216, 223, 228, 229, 230),
        "tide": (233, 17, 18, 25, 26, 61, 27, 31, 32, 38, 73, 44, 80, 115, 158, 194),
        "bone": (233, 234, 235, 237, 238, 239, 59, 242, 244, 245, 247, 145, 250, 252, 254, 255),
    }
)
N_LEVELS = 48

GOLDEN_TURN = (5**0.5 - 1) / 2
"""The turn that divides a circle most evenly for any number of steps."""
LIGHTNESSES = (0.5, 0.56, 0.44, 0.62, 0.68)
"""In an order that keeps near hues apart: fifty labels differ, and the first of them most."""


@cache
def label_colours(labels: tuple[str, ...]) -> Mapping[str, str]:
    """Return a colour for each label: its own for a known genre, however it is spelt.

    Others get hues a golden angle apart, so that neighbours differ however many there are.
    """
    others = [label for label in labels if known_genre(label) is None]
    spread = {
        label: _hue(GOLDEN_TURN * place % 1, LIGHTNESSES[place % len(LIGHTNESSES)])
        for place, label in enumerate(others)
    }
    return MappingProxyType(
        {label: spread.get(label) or GENRES[str(known_genre(label))] for label in labels}
    )


def known_genre(label: str) -> str | None:
    """Return which of the ten genres a label is, however it is spelt; None if it is none."""
    letters = "".join(filter(str.isalpha, label.lower()))
    return letters if letters in GENRES else None


@cache
def ramp(palette: str, *, indexed: bool) -> tuple[str, ...]:
    """Return the colours of levels from quiet to loud: 48, or 16 of the 256."""
    if indexed:
        return tuple(f"color({number})" for number in INDEXED_STOPS[palette])
    stops = STOPS[palette]
    places = [level / (N_LEVELS - 1) * (len(stops) - 1) for level in range(N_LEVELS)]
    below = [min(int(place), len(stops) - 2) for place in places]
    return tuple(
        blend(stops[stop], stops[stop + 1], place - stop)
        for place, stop in zip(places, below, strict=True)
    )


@cache
def blend(first: str, second: str, share: float) -> str:
    """Mix two colours; ``share`` is the second one's, 0..1."""
    pairs = zip(rgb(first), rgb(second), strict=True)
    return _hex(*(one + share * (other - one) for one, other in pairs))


@cache
def text_on(ground: str) -> str:
    """Return the colour of text on a coloured ground: dark or white, whichever reads better."""
    red, green, blue = (_linear(channel / 255) for channel in rgb(ground))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return DARK if luminance > 0.18 else WHITE


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb``, 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hue(hue: float, lightness: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.7)
    return _hex(255 * red, 255 * green, 255 * blue)


def _linear(channel: float) -> float:
    """Undo the sRGB transfer curve (IEC 61966-2-1)."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _hex(red: float, green: float, blue: float) -> str:
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"
