"""What pushed a decision, drawn on the waterfall's axis: exact in size, true in place and side."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from livegenre.screen.ascii import to_ascii
from livegenre.screen.axes import row_of
from livegenre.screen.cells import Row, width_of
from livegenre.screen.controls import Why
from livegenre.screen.frame import draw
from livegenre.screen.glyphs import EN_DASH, MINUS
from livegenre.screen.layout import plan
from livegenre.screen.look import PICTURES, Look, Picture
from livegenre.screen.overlays import WHY_WIDTH
from livegenre.screen.palette import GENRES
from livegenre.screen.variant import Variant
from livegenre.screen.why import TEXT_WIDTH, row_push, why_rows
from tests.screen_scenes import decide, view_of

LABELS = tuple(GENRES)
COLOUR, INDEXED = Variant(), Variant(colours="256")
MONO, ASCII = Variant(colours="none"), Variant(colours="none", ascii=True)
LIGHT = Variant(light=True)
EDGES_HZ = (0.0, *np.geomspace(100, 8000, 12).tolist())


def why(
    pushes: Sequence[float] = (), label: str = "metal", runner_up: str = "rock", **fields: object
) -> Why:
    bands = tuple(pushes) or tuple(np.linspace(-1.0, 2.0, 12).tolist())
    values: dict[str, object] = {"margin": 0.77, "method": "each band 6 dB softer", **fields}
    return Why(7.5, label, runner_up, bands_hz=EDGES_HZ, bands=bands, **values)  # type: ignore[arg-type]


def at(hertz: float, push: float) -> Why:
    """Push in one band alone, the one that holds a frequency."""
    band = int(np.searchsorted(EDGES_HZ, hertz)) - 1
    return why([push if number == band else 0.0 for number in range(12)])


def text(row: Row) -> str:
    return "".join(segment.text for segment in row)


def texts(
    shown: Why | str, width: int = 60, n_rows: int = 17, variant: Variant = COLOUR
) -> list[str]:
    rows = why_rows(shown, LABELS, width, n_rows, variant)
    return [text(row) for row in (to_ascii(rows) if variant.ascii else rows)]


@pytest.mark.parametrize("variant", [COLOUR, INDEXED, LIGHT, MONO, ASCII])
@pytest.mark.parametrize(
    "shown",
    [
        why(),
        why(features=(("mfcc1_mean", -3.0), ("rms_var", 0.2))),
        why([0.0] * 12),
        why(label="x" * 200, runner_up="音楽" * 30),
        why(label="not music", runner_up="music"),
        "thinking ...",
        "",
        "a reason " * 40,
    ],
)
def test_every_size_is_exact(shown: Why | str, variant: Variant) -> None:
    for width, n_rows in product((0, 1, 16, 33, 43, 60, 120), (0, 1, 6, 17, 40)):
        rows = why_rows(shown, LABELS, width, n_rows, variant)
        assert [width_of(row) for row in rows] == [width] * n_rows
        if variant.ascii:
            assert all(text(row).isascii() for row in to_ascii(rows))


@pytest.mark.parametrize("n_rows", [6, 10, 17, 34])
@pytest.mark.parametrize("hertz", [60, 130, 440, 1000, 3000, 7000])
@pytest.mark.parametrize("push", [1.5, -1.5])
def test_a_bar_stands_where_the_axis_has_its_frequency(
    n_rows: int, hertz: float, push: float
) -> None:
    rows = texts(at(hertz, push), n_rows=n_rows)
    drawn = [number for number, row in enumerate(rows) if "█" in row[TEXT_WIDTH:]]
    assert row_of(hertz, n_rows) in range(min(drawn) - 1, max(drawn) + 2)
    bars = rows[drawn[0]][TEXT_WIDTH:]
    before, after = bars.split("│")
    assert ("█" in after, "█" in before) == (push > 0, push < 0)


def test_the_longest_bar_fills_its_half_and_others_are_in_proportion() -> None:
    shown = why([0.0] * 4 + [2.0, 0.0, -1.0] + [0.0] * 5)
    lengths = [row[TEXT_WIDTH:].count("█") for row in texts(shown, width=TEXT_WIDTH + 25)]
    assert max(lengths) == 12
    assert set(lengths) == {0, 6, 12}


def test_bands_in_one_row_push_together_and_a_high_band_fills_its_rows() -> None:
    shown = why([1.0] * 12)
    assert row_push(shown, 1, 3) == pytest.approx(
        sum(50 * 200 ** (1 / 3) <= c < 50 * 200 ** (2 / 3) for c in centres())
    )
    low = [row_push(at(60, 2.0), row, 34) for row in range(34)]
    assert low[-4:] == [2.0] * 4
    assert row_push(shown, 0, 34) is None


def centres() -> list[float]:
    return [(max(begin, 50) * end) ** 0.5 for begin, end in pairwise(EDGES_HZ)]


def test_words_say_who_leads_by_what_and_why() -> None:
    rows = texts(why(), n_rows=10)
    assert rows[0].startswith(" metal over rock  at 0:07.5 ")
    assert rows[1].startswith(" +77 points ")
    assert "rock ← → metal" in rows[1]
    assert f"+2.0  5.4{EN_DASH}8.0 kHz" in rows[2]
    assert [row[:TEXT_WIDTH].strip() for row in rows].count("each band 6 dB softer") == 1


def test_features_are_told_before_bands() -> None:
    rows = texts(why(features=(("zero_crossing_rate_mean", -1.25), ("mfcc1_mean", 0.5))))
    assert f"{MINUS}1.2  zero crossing rate mean" in rows[2]
    assert "+0.5  mfcc1 mean" in rows[3]
    assert "kHz" not in "".join(rows)


def test_a_label_that_is_only_held_on_to_has_a_negative_lead() -> None:
    assert texts(why(margin=-0.05))[1].startswith(f" {MINUS}5 points")


def test_where_nothing_pushed_nothing_is_drawn_and_that_is_said() -> None:
    rows = texts(why([0.01, -0.02] * 6))
    assert "nothing stands out" in rows[2]
    assert "█" not in "".join(row[:TEXT_WIDTH] for row in rows)


def test_both_rivals_have_their_own_colours() -> None:
    rows = why_rows(why(), LABELS, 60, 17, COLOUR)
    bars = {
        segment.style.color.name
        for row in rows
        for segment in row
        if "█" in segment.text and segment.style and segment.style.color
    }
    assert bars == {GENRES["metal"], GENRES["rock"]}


@pytest.mark.parametrize("variant", [MONO, ASCII])
def test_without_colours_the_side_tells_and_the_words_name_it(variant: Variant) -> None:
    rows = texts(at(1000, 2.0), variant=variant)
    arrows = "rock < > metal" if variant.ascii else "rock ← → metal"
    assert arrows in rows[1]
    for row in why_rows(at(1000, 2.0), LABELS, 60, 17, variant):
        assert all(not (s.style and (s.style.color or s.style.bgcolor)) for s in row)


def test_a_reason_for_no_explanation_is_shown_in_the_first_row() -> None:
    rows = texts("thinking ...")
    assert rows[0].strip() == "thinking ..."
    assert not "".join(rows[1:]).strip()


def test_the_same_explanation_is_the_same_rows() -> None:
    shown = why()
    assert why_rows(shown, LABELS, 60, 17, COLOUR) is why_rows(shown, LABELS, 60, 17, COLOUR)


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24), (60, 16), (40, 12), (30, 5)])
@pytest.mark.parametrize("picture", PICTURES)
def test_in_a_frame_it_lies_beside_the_axis_and_the_newest_sound_stays_in_sight(
    size: tuple[int, int], picture: Picture
) -> None:
    look = Look(overlay="why", picture=picture)
    frame = draw(view_of(size, look=look, why=why()), *size)
    without = draw(view_of(size, look=replace(look, overlay="")), *size)
    assert [width_of(row) for row in frame.rows] == [size[0]] * size[1]
    place = plan(*size, look)
    if place.form in ("full", "wide", "std"):
        for number, (row, plain) in enumerate(zip(frame.rows, without.rows, strict=True)):
            covered = place.top <= number < place.top + place.n_rows
            end = place.picture_x + min(WHY_WIDTH, place.picture_width)
            assert text(row)[end:] == text(plain)[end:]
            if not covered:
                assert text(row) == text(plain)
    assert "metal over rock" in "".join(map(text, frame.rows))


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24), (60, 16), (60, 30)])
def test_over_a_spectrum_that_stands_upright_there_are_words_alone(size: tuple[int, int]) -> None:
    """Its rows are levels: a bar for a band of frequencies has no place there."""
    look = Look(overlay="why", picture="spectrum")
    place = plan(*size, look)
    frame = draw(view_of(size, look=look, why=why()), *size).rows
    without = draw(view_of(size, look=replace(look, overlay="")), *size).rows
    end = place.picture_x + TEXT_WIDTH
    assert [text(row)[end:] for row in frame] == [text(row)[end:] for row in without]
    assert "│" not in "".join(text(row)[place.picture_x : end] for row in frame[place.top :][:2])
    if place.picture_x:
        scale = place.top + place.n_rows - 1
        assert text(frame[scale]) == text(without[scale])


def test_an_explanation_of_long_ago_is_not_shown_while_there_is_a_newer_answer() -> None:
    for age, words in ((9.0, " metal over rock  at 0:07.5 "), (11.0, " thinking ...")):
        look = Look(overlay="why")
        view = view_of((80, 24), decide(time=7.5 + age), look=look, why=why())
        assert words in "".join(map(text, draw(view, 80, 24).rows))
