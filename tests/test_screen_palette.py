"""Colours tell labels and levels apart."""

import itertools

from livegenre.screen import palette


def distance(first: str, second: str) -> int:
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in range(1, 7, 2)]
    return sum(abs(one - other) for one, other in pairs)


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) for i in range(1, 7, 2))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_known_genres_keep_their_colours_in_any_company() -> None:
    colours = palette.label_colours(("metal", "fado", "jazz"))
    assert colours["metal"] == palette.GENRES["metal"]
    assert colours["jazz"] == palette.GENRES["jazz"]
    assert palette.label_colours(("House", "Hip-Hop"))["Hip-Hop"] == palette.GENRES["hiphop"]


def test_other_labels_get_different_colours_none_of_them_grey() -> None:
    labels = tuple(f"label {n}" for n in range(50))
    colours = palette.label_colours(labels)
    assert min(distance(*pair) for pair in itertools.combinations(colours.values(), 2)) > 20
    for colour in colours.values():
        channels = [int(colour[i : i + 2], 16) for i in range(1, 7, 2)]
        assert max(channels) - min(channels) > 60


def test_louder_is_lighter() -> None:
    shades = [lightness(palette.ember(level / 47)) for level in range(48)]
    assert all(one < other for one, other in itertools.pairwise(shades))
    assert palette.ember(-1) == palette.EMBER[0]
    assert palette.ember(2) == palette.EMBER[-1]


def test_text_on_a_genre_is_dark_or_white_as_reads_better() -> None:
    white = {name for name, colour in palette.GENRES.items() if palette.ink(colour) == "#ffffff"}
    assert white == {"blues", "country", "disco"}
