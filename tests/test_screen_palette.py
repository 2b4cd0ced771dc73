"""Colours tell labels and levels apart, for colour-blind readers too.

Differences are CIEDE2000 (Sharma, Wu and Dalal 2005); sight is simulated by Machado, Oliveira and
Fernandes (2009) at full severity, in linear sRGB; lightness is that of CIELAB under D65.
"""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.color import Color

from livegenre.screen import palette
from livegenre.screen.inks import inks
from livegenre.screen.look import PALETTES
from livegenre.screen.palette import GENRES, INDEXED, ON_DARK, ON_LIGHT, ramp, text_on
from livegenre.screen.variant import Variant

Triple = NDArray[np.float64]
SIGHTS = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
D65 = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> Triple:
    red, green, blue = Color.parse(colour).get_truecolor()
    share = np.array([red, green, blue]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str = "normal") -> Triple:
    seen = np.clip(SIGHTS[sight] @ linear(colour), 0, 1)
    ratio = TO_XYZ @ seen / D65
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(first: Triple, second: Triple) -> float:
    """CIEDE2000."""
    chroma = (np.hypot(*first[1:]) + np.hypot(*second[1:])) / 2
    g = 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25.0**7)))
    (l1, a1, b1), (l2, a2, b2) = first, second
    c1, c2 = np.hypot((1 + g) * a1, b1), np.hypot((1 + g) * a2, b2)
    h1 = np.degrees(np.arctan2(b1, (1 + g) * a1)) % 360
    h2 = np.degrees(np.arctan2(b2, (1 + g) * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    cosines = [
        np.cos(np.radians(k * hm + shift)) for k, shift in ((1, -30), (2, 0), (3, 6), (4, -63))
    ]
    t = 1 + np.dot([-0.17, 0.24, 0.32, -0.20], cosines)
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    bend = 60 * np.exp(-(((hm - 275) / 25) ** 2))
    rt = -np.sin(np.radians(bend)) * 2 * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    parts = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh
    return float(np.sqrt(parts))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_published_pairs(
    first: tuple[float, ...], second: tuple[float, ...], expected: float
) -> None:
    assert difference(np.array(first), np.array(second)) == pytest.approx(expected, abs=1e-4)


GREYS = (ON_DARK.unsure, ON_DARK.not_music, ON_DARK.grey, ON_DARK.dim)
LEAST_DIFFERENCE = 13.0


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("indexed", [False, True], ids=["truecolor", "256"])
def test_no_two_genres_look_alike_to_anyone_nor_like_a_state(sight: str, indexed: bool) -> None:
    ink = inks(Variant("256" if indexed else "truecolor"))
    genres, greys = (
        [lab(str(ink.ink(colour)), sight) for colour in colours]
        for colours in (GENRES.values(), GREYS)
    )
    pairs = [*itertools.combinations(genres, 2), *itertools.product(genres, greys)]
    assert min(difference(*pair) for pair in pairs) >= LEAST_DIFFERENCE


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("indexed", [False, True], ids=["truecolor", "256"])
def test_louder_is_lighter_without_exception(name: str, indexed: bool) -> None:
    lightnesses = [lab(colour)[0] for colour in ramp(name, indexed=indexed)]
    assert len(lightnesses) == (16 if indexed else 48)
    assert all(one < other for one, other in itertools.pairwise(lightnesses))
    assert lightnesses[0] < 8
    assert lightnesses[-1] > 90


@pytest.mark.parametrize("name", PALETTES)
def test_stops_are_even_steps_of_lightness(name: str) -> None:
    steps = np.diff([lab(colour)[0] for colour in palette.STOPS[name]])
    assert steps.min() > 5.5
    assert steps.max() < 6.8


def contrast(text: str, ground: str) -> float:
    """Ratio as WCAG 2 defines it."""
    high, low = sorted(
        (float(TO_XYZ[1] @ linear(colour)) for colour in (text, ground)), reverse=True
    )
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "ground"), [(ON_DARK, "#0d0f14"), (ON_LIGHT, "#ffffff")])
def test_words_can_be_read_on_their_ground(theme: palette.Theme, ground: str) -> None:
    assert contrast(theme.dim, ground) >= 4.5
    assert contrast(theme.faint, ground) >= 3
    for colour in (theme.good, theme.warn, theme.bad, theme.replay):
        assert contrast(colour, ground) >= 4.5


@pytest.mark.parametrize("colour", [*GENRES.values(), *GREYS, palette.CLIP])
def test_words_on_a_colour_can_be_read(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= 4.4


def test_text_on_a_genre_is_dark_or_white_as_reads_better() -> None:
    white = {name for name, colour in GENRES.items() if text_on(colour) == "#ffffff"}
    assert white == {"blues", "country", "disco"}


def test_known_genres_keep_their_colours_in_any_company() -> None:
    colours = palette.label_colours(("metal", "fado", "jazz"))
    assert colours["metal"] == GENRES["metal"]
    assert colours["jazz"] == GENRES["jazz"]
    assert palette.label_colours(("House", "Hip-Hop"))["Hip-Hop"] == GENRES["hiphop"]


def test_other_labels_get_different_colours_none_of_them_grey() -> None:
    for n in (1, 3, 50, 500):
        colours = palette.label_colours(tuple(f"label {number}" for number in range(n)))
        for colour in colours.values():
            assert np.hypot(*lab(colour)[1:]) > 25
    few = palette.label_colours(tuple(f"label {number}" for number in range(50))).values()
    assert len(set(few)) == 50
    first = [lab(colour) for colour in few][:8]
    assert min(difference(*pair) for pair in itertools.combinations(first, 2)) > 7


def test_256_colours_are_those_of_the_tables_and_indexed_ones_alone() -> None:
    ink = inks(Variant("256"))
    for colour, number in INDEXED.items():
        assert str(ink.ink(colour)) == f"color({number})"
    assert str(ink.ink("#123456")).startswith("color(")
    assert ink.ramp("bone")[6] == "color(59)"
