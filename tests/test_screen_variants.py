"""The same frame in every form a terminal may need, whatever the names in it."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style

from livegenre.screen.frame import draw
from livegenre.screen.history import Column
from livegenre.screen.look import Look
from livegenre.screen.variant import Variant
from livegenre.screen.view import View
from livegenre.screen.words import RIGHT_TO_LEFT, printable
from tests.screen_scenes import (
    ASCII,
    INDEXED,
    LIGHT,
    LIVE,
    MONO,
    ODD_SIZES,
    SIZES,
    STATES,
    TRUECOLOR,
    VARIANTS,
    columns_until,
    decide,
    facts_of,
    view_in,
    view_of,
)


def segments_of(view: View, size: tuple[int, int]) -> list[Segment]:
    return [segment for row in draw(view, *size).rows for segment in row]


def styles_of(variant: Variant, size: tuple[int, int] = (120, 40)) -> set[Style]:
    return {
        segment.style
        for state in STATES
        for segment in segments_of(view_in(state, size, variant), size)
        if segment.style
    }


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("variant", [MONO, ASCII], ids=["mono", "ascii"])
def test_without_colours_there_is_none(variant: Variant, size: tuple[int, int]) -> None:
    for style in styles_of(variant, size):
        assert style.color is None
        assert style.bgcolor is None
        assert not style.blink


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_256_colours_are_all_of_the_256(size: tuple[int, int]) -> None:
    for style in styles_of(INDEXED, size):
        for colour in (style.color, style.bgcolor):
            assert colour is None or colour.type == ColorType.EIGHT_BIT


@pytest.mark.parametrize("picture", ["both", "spectrum", "waterfall"])
@pytest.mark.parametrize("size", [*SIZES, *ODD_SIZES], ids=str)
def test_ascii_is_ascii(size: tuple[int, int], picture: str) -> None:
    for state, scene in STATES.items():
        look = Look(picture=picture, note="… ▼ “”" * (state == "genre"))  # type: ignore[arg-type]
        view = view_of(size, variant=ASCII, **(scene | {"look": look}))  # type: ignore[arg-type]
        assert "".join(segment.text for segment in segments_of(view, size)).isascii(), state


def test_ascii_draws_what_others_colour() -> None:
    size = (80, 24)
    lines = [
        "".join(segment.text for segment in row)
        for row in draw(view_in("genre", size, ASCII), *size).rows
    ]
    text = "\n".join(lines)
    assert " M E T A L " in text
    assert "> metal" in text
    assert "-80 to 0 dBFS" in text
    assert "|metal====v" in text
    assert "+0:40" in text
    assert any(line.startswith(" in ########") for line in lines)


def test_mono_tells_states_and_levels_apart_by_glyphs() -> None:
    size = (100, 30)
    text = "".join(segment.text for segment in segments_of(view_in("genre", size, MONO), size))
    assert "▏metal━━━" in text
    assert "▏not music~" in text
    assert set(" .:-=+*#%@") <= set(text)
    gap = "".join(segment.text for segment in segments_of(view_in("stalled", size, MONO), size))
    assert "╱" in gap  # noqa: RUF001 as it is drawn


@pytest.mark.parametrize("size", SIZES[:4], ids=str)
def test_on_a_light_ground_no_pale_colour_is_text(size: tuple[int, int]) -> None:
    pale = {"#e2f3ca", "#fef620", "#79ddd4", "#d68eea", "#e5a40f", "#61f4fc", "#ffcc00", "#ffffff"}
    for label in ("classical", "jazz", "pop", "hiphop", "rock"):
        posterior = {label: 0.8, "metal": 0.1}
        decision = decide(label=label, posterior=posterior)
        view = view_of(size, decision, variant=LIGHT, facts=facts_of((label, "metal")))
        for segment in segments_of(view, size):
            is_word = any(char.isalnum() for char in segment.text)
            if is_word and segment.style and segment.style.color and not segment.style.bgcolor:
                assert segment.style.color.name not in pale


def test_what_the_terminal_can_do_chooses_the_variant() -> None:
    assert Variant.choose("truecolor", light=False) == TRUECOLOR
    assert Variant.choose("256", light=True) == Variant("256", light=True)
    for few in (None, "standard", "windows"):
        assert Variant.choose(few, light=False) == MONO
    assert Variant.choose("truecolor", mono=True, light=False) == MONO
    assert Variant.choose("truecolor", ascii=True, light=False) == ASCII


def test_names_are_shown_as_a_row_of_cells_can_hold_them() -> None:
    assert printable("a\tb\x1b[31m\udcff") == "a?b?[31m?"
    assert printable("cafe\N{COMBINING ACUTE ACCENT}") == "café"
    assert printable("\N{BLACK SUN WITH RAYS}\N{VARIATION SELECTOR-16}") == "☀"
    assert printable("\u202eabc") == "?abc"
    assert printable("音楽") == "音楽"


def test_letters_that_run_from_right_to_left_become_latin_ones() -> None:
    assert printable("שלום") == "slvm"
    assert printable("شعبي 2") == "saby 2"
    assert printable("٣") == "3"


NAMES = st.text(st.characters(), min_size=1, max_size=40) | st.sampled_from(
    [
        "x" * 200,
        "音楽" * 60,
        "שלום עולם",
        "שעבי" * 30,
        "👩\u200d🚀🇫🇷👍🏽☀\ufe0f",
        "e\u0301" * 50,
        "\u0301",
        "ﷺ",
    ]
)


def scene_of(labels: tuple[str, ...], size: tuple[int, int], variant: Variant) -> View:
    columns: tuple[Column, ...] = tuple(
        replace(column, label=labels[column.number // 5 % len(labels)] if column.label else None)
        for column in columns_until(30.0)
    )
    shares = {label: 1 / (n + 2) for n, label in enumerate(labels)}
    facts = facts_of(labels, source=labels[0], model=labels[-1], log=labels[0])
    decision = decide(label=labels[0], posterior=shares, tags={labels[0]: 0.5})
    look = Look(note=labels[0][:3] if len(labels) == 2 else "")
    return view_of(
        size, decision, facts=facts, columns=columns, variant=variant, look=look, source=LIVE
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=12, unique=True),
    st.sampled_from([*SIZES, *ODD_SIZES]),
    st.sampled_from(list(VARIANTS)),
)
@example(["שלום", "x" * 200, "音楽" * 60], (120, 40), "truecolor")
def test_whatever_labels_are_called_no_frame_is_torn(
    names: list[str], size: tuple[int, int], variant: str
) -> None:
    width, height = size
    rows = draw(scene_of(tuple(names), size, VARIANTS[variant]), width, height).rows
    assert [sum(segment.cell_length for segment in row) for row in rows] == [width] * height
    text = "".join(segment.text for row in rows for segment in row)
    assert text.isprintable()
    assert not {char for char in text if char in "\u200d\ufe0f"}
    assert not set(map(unicodedata.bidirectional, text)) & set(RIGHT_TO_LEFT)
