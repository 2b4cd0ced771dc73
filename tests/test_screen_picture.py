"""One column is one moment: waterfall, confidence, ribbon and time stand aligned."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment

from livegenre.screen.axes import row_of
from livegenre.screen.frame import Frame, draw
from livegenre.screen.glyphs import HATCH, MINUS
from livegenre.screen.history import N_BANDS, Column
from livegenre.screen.inks import inks
from livegenre.screen.layout import Scroll, plan
from livegenre.screen.look import Look
from livegenre.screen.meter import Meter
from livegenre.screen.palette import GENRES
from livegenre.screen.press import press
from livegenre.screen.ribbon import codes
from livegenre.screen.scene import Scene
from livegenre.screen.timeline import slots
from livegenre.screen.view import SourceStatus, View
from livegenre.screen.waterfall import levels, pixels_of
from tests.screen_scenes import (
    COLUMNS,
    LISTEN,
    LIVE,
    MONO,
    REPLAY,
    TRUECOLOR,
    bands_at,
    columns_until,
    decide,
    facts_of,
    gap,
    view_of,
)

FULL = (120, 40)
LARGE = (FULL, (100, 30), (80, 24), (119, 37), (200, 60))
LOUD = np.full(N_BANDS, -10, np.int8)
QUIET = np.full(N_BANDS, -100, np.int8)


def test_scrolled_to_its_beginning_the_picture_is_full_of_the_oldest() -> None:
    scene = Scene(REPLAY, Meter(44_100), SourceStatus, TRUECOLOR)
    for step in range(300):
        scene.add(decide(time=1.0 + 0.5 * step))
    for size in LARGE:
        place = plan(*size, Look())
        situation = scene.situation(Look(), (), size)
        look = press(Look(frozen_seconds=140.0), "home", situation).look
        shown = slots(scene.view(look, size, 1.0), place.picture_width, place.column_seconds)
        steps = round(place.column_seconds / 0.5)
        assert [slot and slot.number for slot in (shown[0], shown[-1])] == [
            steps - 1,
            steps * place.picture_width - 1,
        ]


def cells_of(row: list[Segment]) -> list[Segment]:
    return [Segment(char, segment.style) for segment in row for char in segment.text]


def text_of(frame: Frame, row: int) -> str:
    return "".join(segment.text for segment in frame.rows[row])


def step(number: int, **changes: object) -> Column:
    column = Column(1.0 + 0.5 * number, "genre", "metal", 0.8, False, QUIET, False, number)
    return replace(column, **changes)  # type: ignore[arg-type]


def picture_of(view: View, size: tuple[int, int]) -> dict[str, list[Segment]]:
    """The rows that stand aligned, cut to the picture's columns."""
    place, frame = plan(*size, view.look), draw(view, *size)
    first = place.top + place.n_rows
    rows = {"waterfall": place.top + place.n_rows - 1, "ribbon": first + place.has_confidence}
    rows |= {"time": first + place.has_confidence + 1}
    if place.has_confidence:
        rows["confidence"] = first
    start, end = place.picture_x, place.picture_x + place.picture_width
    return {name: cells_of(frame.rows[row])[start:end] for name, row in rows.items()}


@pytest.mark.parametrize("size", LARGE, ids=str)
@pytest.mark.parametrize("n_steps_ago", [0, 1, 7, 30])
def test_what_happened_in_a_step_stands_in_one_column(
    size: tuple[int, int], n_steps_ago: int
) -> None:
    """A loud step of another label is found at the same place everywhere."""
    odd = 80 - n_steps_ago - 1
    columns = tuple(
        step(n, label="jazz", share=0.3, bands_dbfs=LOUD) if n == odd else step(n)
        for n in range(80)
    )
    look = Look(column_seconds=0.5)
    rows = picture_of(view_of(size, decide(), look=look, columns=columns), size)
    place = plan(*size, look)
    x = place.picture_width - 1 - n_steps_ago
    loud = inks(TRUECOLOR).ramp("ember")[-6]
    found = {
        "waterfall": [
            n
            for n, cell in enumerate(rows["waterfall"])
            if cell.style and str(loud) in f"{cell.style}"
        ],
        "ribbon": [n for n, cell in enumerate(rows["ribbon"]) if GENRES["jazz"] in f"{cell.style}"],
    }
    if place.has_confidence:
        found["confidence"] = [n for n, cell in enumerate(rows["confidence"]) if cell.text == "▂"]
    assert found == {name: [x] for name in found}


@pytest.mark.parametrize("size", LARGE, ids=str)
def test_the_newest_column_is_at_the_right_and_before_the_session_is_nothing(
    size: tuple[int, int],
) -> None:
    columns = columns_until(3.0)
    place = plan(*size, Look())
    rows = picture_of(view_of(size, decide(), columns=columns), size)
    shown = [cell.text != " " for cell in rows["waterfall"]]
    n = sum(shown)
    assert shown == [False] * (place.picture_width - n) + [True] * n
    assert n == (len(columns) if place.column_seconds == 0.5 else 3)


def test_a_tick_stands_below_the_step_it_names() -> None:
    rows = picture_of(view_of(FULL, decide()), FULL)
    text = "".join(cell.text for cell in rows["time"])
    shown = slots(view_of(FULL, decide()), 87, 0.5)
    for name, seconds in (("┴0:20", 20.0), ("┴0:50", 50.0)):
        slot = shown[text.index(name)]
        assert slot is not None
        assert slot.time == seconds
    assert text.endswith(" now")
    assert text.startswith("─")


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0, 5.0])
def test_steps_are_merged_by_maxima_and_older_columns_never_change(seconds: float) -> None:
    look, n = Look(column_seconds=seconds), round(seconds / 0.5)
    before: dict[int, object] = {}
    for end in range(60, 90):
        columns = tuple(step(k, bands_dbfs=np.full(N_BANDS, -100 + k, np.int8)) for k in range(end))
        shown = slots(view_of(FULL, decide(), look=look, columns=columns), 5, 0.5)
        for slot in shown[:-1]:
            assert slot is not None
            group = slot.number // n
            assert slot.bands_dbfs.max() == -100 + slot.number
            assert (slot.time, slot.state, slot.share) == before.setdefault(
                group, (slot.time, slot.state, slot.share)
            )


def test_a_merged_column_says_what_held_longest_and_never_hides_a_gap() -> None:
    look = Look(column_seconds=2.0)
    kinds = [{"label": "jazz"}] * 3 + [{"label": "pop"}, {"label": "jazz"}] + [{}] * 3
    columns = [step(n, **kind) for n, kind in enumerate(kinds)]
    view = view_of(FULL, decide(), look=look, columns=tuple(columns))
    assert [slot and slot.label for slot in slots(view, 2, 0.5)] == ["jazz", "metal"]
    columns[4:6] = [step(n, state="gap", label=None) for n in (4, 5)]
    view = view_of(FULL, decide(), look=look, columns=tuple(columns))
    assert [slot and slot.state for slot in slots(view, 2, 0.5)] == ["genre", "gap"]


def test_a_gap_is_as_wide_as_the_time_lost_also_while_it_lasts() -> None:
    view = view_of(FULL, decide(), facts=LISTEN, source=gap("reconnecting", 3.2))
    rows = picture_of(view, FULL)
    for name in ("waterfall", "ribbon"):
        assert [cell.text for cell in rows[name]].count(HATCH) == 6
        assert "".join(cell.text for cell in rows[name]).endswith(HATCH * 6)
    hour = replace(gap("reconnecting", 3600.0))
    rows = picture_of(view_of(FULL, decide(), facts=LISTEN, source=hour), FULL)
    assert {cell.text for cell in rows["ribbon"]} == {HATCH}


def test_a_gap_stays_in_its_place_until_the_first_answer_after_it() -> None:
    back = replace(gap("live", 3.5), state_seconds=0.5, missing_seconds=3.0)
    rows = picture_of(view_of(FULL, decide(), source=back), FULL)
    assert [cell.text for cell in rows["ribbon"]].count(HATCH) == 7
    steady = replace(back, state_seconds=9.0)
    rows = picture_of(view_of(FULL, decide(), source=steady), FULL)
    assert HATCH not in [cell.text for cell in rows["ribbon"]]


def test_a_frozen_picture_stands_still_and_says_how_old_it_is() -> None:
    look = Look(frozen_seconds=47.5)
    first = picture_of(view_of(FULL, decide(), look=look), FULL)
    later = view_of(
        FULL,
        decide(),
        look=look,
        columns=columns_until(64.5),
        source=replace(LIVE, seconds=64.6),
    )
    second = picture_of(later, FULL)
    for name in ("waterfall", "ribbon", "confidence"):
        assert first[name] == second[name]
    assert "".join(cell.text for cell in second["time"]).endswith(f" {MINUS}17 s")
    shown = slots(later, 87, 0.5)
    assert shown[-1] is not None
    assert shown[-1].time == 47.5


def test_a_mark_stands_in_the_ribbon_and_a_name_gives_way_to_it() -> None:
    rows = picture_of(view_of(FULL, decide()), FULL)
    slot = next(n for n, slot in enumerate(slots(view_of(FULL), 87, 0.5)) if slot and slot.marked)
    assert rows["ribbon"][slot].text == "▼"
    columns = tuple(step(n, marked=n == 2) for n in range(20))
    rows = picture_of(view_of(FULL, decide(), columns=columns), FULL)
    assert "".join(cell.text for cell in rows["ribbon"]).endswith("  ▼metal" + " " * 12)


def ribbon_text(columns: tuple[Column, ...], labels: tuple[str, ...] = REPLAY.labels) -> str:
    view = view_of(FULL, decide(), facts=facts_of(labels), columns=columns)
    text = "".join(cell.text for cell in picture_of(replace(view, decision=None), FULL)["ribbon"])
    return text.lstrip()


def test_a_name_that_does_not_fit_becomes_a_letter() -> None:
    def of(label: str, n: int) -> str:
        return ribbon_text((step(0, label="jazz"), *(step(k + 1, label=label) for k in range(n))))

    assert of("metal", 6) == "J metal"
    assert of("metal", 5) == "J M   "
    assert of("reggae", 1) == "JG"
    assert of("country", 3) == "J N "


def test_states_have_glyphs_of_their_own() -> None:
    states = ("unsure", "not_music", "silence", "gap")
    columns = tuple(step(n, state=state, label=None) for n, state in enumerate(states))
    assert ribbon_text(columns) == f"?~·{HATCH}"
    long = tuple(step(n, state="not_music", label=None) for n in range(12))
    assert ribbon_text(long) == "not music  "
    quiet = tuple(step(n, state="silence", label=None) for n in range(12))
    assert ribbon_text(quiet) == "·" * 12


def test_every_label_has_a_letter_and_the_ten_genres_keep_theirs() -> None:
    genres = codes(REPLAY.labels)
    assert "".join(genres[label] for label in REPLAY.labels) == "BCNDHJMPGR"
    mixed = codes((*REPLAY.labels, "ballad", "ambient", "音楽"))
    assert mixed["ballad"] == "A"
    assert mixed["jazz"] == "J"
    for n in (3, 40, 62):
        known = codes(tuple(f"label {number}" for number in range(n)))
        assert len(set(known.values())) == n
    assert all(len(code) == 1 for code in codes(tuple(f"l{n}" for n in range(500))).values())


def test_the_axis_names_the_row_in_which_a_sine_is_seen() -> None:
    place = plan(*FULL, Look())
    frame = draw(view_of(FULL, decide()), *FULL)
    names = [text_of(frame, place.top + row)[1:6].strip() for row in range(place.n_rows)]
    for hertz, name in ((10_000, "10k"), (1_000, "1k"), (100, "100"), (50, "50")):
        assert names[row_of(hertz, place.n_rows)] == name
    bands = np.full(N_BANDS, -100, np.int8)
    bands[int(np.log(1_000 / 50) / np.log(200) * N_BANDS)] = -3
    pixels = pixels_of(bands, 2 * place.n_rows)
    assert place.n_rows - 1 - int(pixels.argmax()) // 2 == row_of(1_000, place.n_rows)
    few = plan(80, 24, Look())
    frame = draw(view_of((80, 24), decide()), 80, 24)
    names = [text_of(frame, few.top + row)[:5].strip() for row in range(few.n_rows)]
    assert [name for name in names if name] == ["10k", "1k", "200", "50"]


@given(st.integers(1, 200), st.integers(0, 1000))
def test_a_pixel_shows_the_loudest_of_its_bands(n_pixels: int, seed: int) -> None:
    bands = np.random.default_rng(seed).integers(-120, 1, N_BANDS).astype(np.int8)
    pixels = pixels_of(bands, n_pixels)
    assert len(pixels) == n_pixels
    if n_pixels <= N_BANDS:
        assert pixels.max() == bands.max()
    else:
        assert bands.min() <= pixels.min() <= pixels.max() <= bands.max()


@given(st.integers(-110, -30), st.integers(2, 48))
def test_levels_run_from_the_floor_to_full_scale(floor: int, n_levels: int) -> None:
    dbfs = np.array([floor - 20, floor, floor / 2, 0, 5], np.float32)
    low, at_floor, middle, full, above = levels(dbfs, floor, n_levels)
    assert low == at_floor == 0
    assert middle == n_levels // 2
    assert full == above == n_levels - 1


def test_floor_and_palette_change_the_picture_and_are_told() -> None:
    plain = draw(view_of(FULL, decide()), *FULL)
    look = Look(palette="tide", floor_db=-60, column_seconds=2.0)
    other = draw(view_of(FULL, decide(), look=look), *FULL)
    assert f"ember {MINUS}80…0 dBFS · column 0.5 s" in text_of(plain, 15)
    assert f"tide {MINUS}60…0 dBFS · column 2 s" in text_of(other, 15)
    assert plain.rows[20] != other.rows[20]


def test_spectrum_and_waterfall_can_each_be_had_alone() -> None:
    alone = draw(view_of(FULL, decide(), look=Look(picture="spectrum")), *FULL)
    assert "spectrum" in text_of(alone, 15)
    assert "10k Hz" in text_of(alone, 32)
    assert "dBFS┴50" in text_of(alone, 32)
    assert f"{MINUS}40 ┤" in "".join(text_of(alone, row) for row in range(16, 32))
    assert len(picture_of(view_of(FULL, look=Look(picture="spectrum")), FULL)["ribbon"]) == 112
    only = view_of(FULL, decide(), look=Look(picture="waterfall"))
    assert len(picture_of(only, FULL)["waterfall"]) == 112


def test_the_side_spectrum_shares_the_rows_of_the_waterfall() -> None:
    place = plan(*FULL, Look())
    bands = np.full(2 * place.n_rows, -100, np.float32)
    bands[10], bands[-1] = -40, 0
    view = replace(view_of(FULL, decide(), variant=MONO), spectrum_dbfs=bands, hold_dbfs=None)
    frame = draw(view, *FULL)
    side = [text_of(frame, place.top + row)[place.side_x :][:24] for row in range(place.n_rows)]
    filled = {row: text.count("█") for row, text in enumerate(side) if "█" in text}
    assert filled == {place.n_rows - 1 - 10 // 2: 12, 0: 24}


def test_unchanged_rows_are_the_same_objects_and_a_new_step_scrolls() -> None:
    decision = decide()
    first = draw(view_of(FULL, decision), *FULL)
    louder = replace(view_of(FULL, decision), spectrum_dbfs=np.zeros(34, np.float32))
    second = draw(louder, *FULL)
    changed = [
        n for n, (a, b) in enumerate(zip(first.rows, second.rows, strict=True)) if a is not b
    ]
    assert changed == list(range(16, 33))
    later = draw(view_of(FULL, decision, columns=columns_until(60.0)), *FULL)
    assert first.scrolled == Scroll(y=16, height=19, x=7, width=87, n=117)
    assert later.scrolled == Scroll(y=16, height=19, x=7, width=87, n=118)
    third = draw(view_of((100, 30), decision, look=Look(picture="spectrum")), 100, 30)
    assert third.scrolled == Scroll(y=24, height=2, x=6, width=94, n=117)


sizes = st.tuples(st.integers(0, 210), st.integers(0, 64))
states = st.sampled_from(["genre", "unsure", "not_music", "silence", "gap"])


@settings(max_examples=150, deadline=None)
@given(
    sizes,
    st.lists(st.tuples(states, st.integers(0, 9), st.booleans()), max_size=60),
    st.sampled_from([0.5, 1.0, 2.0, 5.0, None]),
    st.sampled_from(["both", "spectrum", "waterfall"]),
    st.one_of(st.none(), st.floats(0.0, 40.0)),
)
def test_any_history_at_any_size_fills_the_terminal(
    size: tuple[int, int],
    history: list[tuple[str, int, bool]],
    seconds: float | None,
    picture: str,
    frozen: float | None,
) -> None:
    columns = tuple(
        step(
            n,
            state=state,
            label=REPLAY.labels[label] if state == "genre" else None,
            marked=marked,
            bands_dbfs=bands_at(float(n)),
        )
        for n, (state, label, marked) in enumerate(history)
    )
    look = Look(picture=picture, column_seconds=seconds, frozen_seconds=frozen)  # type: ignore[arg-type]
    rows = draw(view_of(size, decide(), look=look, columns=columns), *size).rows
    assert [sum(segment.cell_length for segment in row) for row in rows] == [size[0]] * size[1]


def test_the_columns_of_the_scene_are_those_of_a_session() -> None:
    assert [column.number for column in COLUMNS] == list(range(len(COLUMNS)))
