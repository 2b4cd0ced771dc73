"""What lies over the picture: help for every key, lists that can be chosen from, and why."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.screen.controls import Choice, Why
from livegenre.screen.facts import Facts
from livegenre.screen.frame import draw
from livegenre.screen.help import KEYS
from livegenre.screen.keymap import COMMANDS
from livegenre.screen.look import Look, Overlay
from livegenre.screen.panel import page_size
from livegenre.screen.press import press
from livegenre.screen.situation import ENTRY_KEYS, Situation
from livegenre.screen.variant import Variant
from tests.screen_controls import NotedControls
from tests.screen_scenes import (
    LISTEN,
    ODD_SIZES,
    REPLAY,
    SIZES,
    TRUECOLOR,
    VARIANTS,
    decide,
    facts_of,
    view_of,
)

OVERLAYS: tuple[Overlay, ...] = ("help", "devices", "labels", "why")
TAGS = tuple(f"tag {number}" for number in range(1, 51))
STRANGE = ("x" * 200, "音楽音楽音楽音楽音楽音楽", "مرحبا بالعالم", "a\x1b[2Jb", "👩‍👩‍👧")
INPUTS = (
    Choice("default", "ALSA, 2 in, 44.1 kHz, default", False),
    Choice("Scarlett 2i2 USB", "PulseAudio, 2 in, 48 kHz", True),
    *(Choice(label, "detail " * 20, False) for label in STRANGE),
    *(Choice(f"input {number}", "", False) for number in range(8)),
)
WHY = Why(
    time=59.5,
    label="metal",
    runner_up="rock",
    margin=0.77,
    bands_hz=(50.0, 200.0, 1_000.0, 5_000.0),
    bands=(0.4, -0.2, 1.5),
    features=(("rms_mean", 0.8),),
    method="difference from the typical window",
)


def rows(
    size: tuple[int, int],
    overlay: Overlay,
    *,
    facts: Facts = LISTEN,
    variant: Variant = TRUECOLOR,
    choices: tuple[Choice, ...] | str = INPUTS,
    page: int = 0,
) -> list[str]:
    """Draw a frame, see that each row is as wide as the terminal, and return its text."""
    posterior = {label: 1 / len(facts.labels) for label in facts.labels}
    view = view_of(
        size,
        decide(label=facts.labels[0], posterior=posterior),
        facts=facts,
        look=Look(overlay=overlay, page=page),
        variant=variant,
        choices=choices,
        why=WHY,
    )
    frame = draw(view, *size).rows
    assert [sum(segment.cell_length for segment in row) for row in frame] == [size[0]] * size[1]
    return ["".join(segment.text for segment in row) for row in frame]


TITLES = ("help", "inputs", "which is right?")


def panel(text: list[str]) -> list[str]:
    """Return what is inside the box, its title first; all where there is none."""
    for top, row in enumerate(text):
        for title in TITLES:
            if (left := row.find(f"╭─ {title} ─")) >= 0:
                right = row.index("╮", left)
                inside = [other[left + 1 : right] for other in text[top:]]
                ends = [other[left] == "╰" for other in text[top:]]
                return inside[: ends.index(True)]
    return text


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("size", [*SIZES, *ODD_SIZES], ids=str)
def test_every_overlay_fits_every_size(
    size: tuple[int, int], overlay: Overlay, variant: Variant
) -> None:
    text = "".join(rows(size, overlay, variant=variant))
    assert text.isascii() or not variant.ascii


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(st.integers(0, 140), st.integers(0, 50)),
    st.sampled_from(OVERLAYS),
    st.lists(
        st.one_of(st.text(min_size=1, max_size=30), st.sampled_from(STRANGE)),
        min_size=1,
        unique=True,
    ),
    st.integers(0, 9),
)
def test_any_labels_fit_any_size(
    size: tuple[int, int], overlay: Overlay, labels: list[str], page: int
) -> None:
    choices = tuple(Choice(label, label, is_current=False) for label in labels)
    rows(size, overlay, facts=facts_of(tuple(labels)), choices=choices, page=page)


def test_help_is_a_box_in_the_middle_of_what_it_leaves_to_be_seen() -> None:
    text = rows((120, 40), "help")
    box = panel(text)
    assert (len(box) + 1, len(box[0]) + 2) == (18, 66)
    assert text[11][27:93] == f"╭{box[0]}╮"
    assert text[28][27:93] == f"╰{'─' * 64}╯"
    assert "any key closes" in box[0]
    assert "q quit" in text[-1]


def test_help_takes_the_whole_of_a_small_screen() -> None:
    text = rows((67, 24), "help")
    assert text[0].startswith(" help")
    assert text[0].rstrip().endswith("any key closes")
    assert "livegenre" not in "".join(text)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (68, 20), (60, 16)])
def test_help_tells_every_key(size: tuple[int, int]) -> None:
    text = " ".join(rows(size, "help"))
    told = {key for keys, _ in KEYS for key in keys.split()} | {"left", "right", ",", ".", "="}
    told |= {*"0123456789", "home", "end", "esc", "?", "\N{MINUS SIGN}"}
    assert set(COMMANDS) <= told
    assert all(words in text for _, words in KEYS)
    assert "1 - 0" in text


def test_help_says_how_many_keys_found_no_room() -> None:
    assert "… 6 more in a larger window" in rows((40, 12), "help")[-1]


def test_help_explains_the_signs_of_the_picture() -> None:
    text = "\n".join(panel(rows((80, 24), "help", facts=REPLAY)))
    assert "B blues C classical N country" in text
    assert "not music" in text
    assert "quiet to loud, \N{MINUS SIGN}80 to 0 dBFS" in text
    assert "The ribbon trails the sound: it tells of the 3.0 s before." in text
    assert re.search("and 3[0-9] more", "".join(rows((80, 24), "help", facts=facts_of(TAGS))))


def test_devices_have_a_digit_each_and_the_current_one_a_mark() -> None:
    text = "\n".join(panel(rows((80, 24), "devices")))
    assert " 1   default " in text
    assert " 2 ▶ Scarlett 2i2 USB " in text
    assert "page 1 of 2, ← → turns, esc leaves" in text
    second = "\n".join(panel(rows((80, 24), "devices", page=1)))
    assert " 1   input 3 " in second
    assert "Scarlett 2i2 USB" not in second


def test_how_to_leave_a_list_is_told_however_narrow_the_terminal() -> None:
    assert "1 of 13, ← →, esc leaves" not in rows((30, 5), "labels", facts=facts_of(TAGS))[0]
    for size in ((80, 24), (60, 16), (40, 12), (30, 5)):
        text = "".join(rows(size, "labels", facts=facts_of(TAGS)))
        assert "which is right?" in text
        assert "esc leaves" in text


def test_without_a_list_the_reason_is_told() -> None:
    assert "looking for inputs ..." in "".join(
        rows((80, 24), "devices", choices="looking for inputs ...")
    )


def key_of(label: str, text: str) -> str:
    """Return the key that stands before a label."""
    return text[text.index(f" {label} ") - 1]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16), (40, 12), (30, 5)], ids=str)
@pytest.mark.parametrize("labels", [("one",), TAGS, tuple(map(str, range(1000, 1500)))], ids=len)
def test_the_key_that_is_shown_beside_a_label_chooses_it(
    size: tuple[int, int], labels: tuple[str, ...]
) -> None:
    n_entries = page_size("labels", *size)
    n_pages = -(-len(labels) // n_entries)
    for page in {0, n_pages // 2, n_pages - 1}:
        text = "  ".join(panel(rows(size, "labels", facts=facts_of(labels), page=page)))
        shown = labels[page * n_entries :][:n_entries]
        situation = Situation(
            replay=True,
            labels=labels,
            step_seconds=0.5,
            column_seconds=0.5,
            page_size=n_entries,
        )
        for label in (shown[0], shown[len(shown) // 2], shown[-1]):
            key = key_of(label, text)
            assert key in ENTRY_KEYS
            controls = NotedControls()
            request = press(Look(overlay="labels", page=page), key, situation).request
            assert request is not None
            request(controls)
            assert controls.asked == [f"correct {label}"]


def test_fifty_labels_are_on_one_page_of_a_usual_terminal() -> None:
    assert page_size("labels", 80, 24) >= 50
    assert "page" not in "".join(rows((80, 24), "labels", facts=facts_of(TAGS)))


def test_page_that_a_resize_has_done_away_with_is_drawn_as_another() -> None:
    before = rows((30, 5), "labels", facts=facts_of(TAGS), page=12)
    assert "tag 49" in "".join(before)
    after = rows((80, 24), "labels", facts=facts_of(TAGS), page=12)
    assert " 1 tag 1 " in "".join(after)


def test_why_lies_along_the_axis_of_frequencies() -> None:
    text = rows((120, 40), "why")
    plain = rows((120, 40), "")
    changed = [number for number in range(40) if text[number] != plain[number]]
    assert changed
    assert set(changed) <= set(range(16, 33))
    assert all(text[number][:7] == plain[number][:7] for number in changed)
    assert "metal" in "".join(text[number] for number in changed)


@pytest.mark.parametrize("size", [(60, 16), (40, 12), (30, 5)], ids=str)
def test_why_is_said_in_words_where_there_is_no_axis(size: tuple[int, int]) -> None:
    assert rows(size, "why") != rows(size, "")


def test_without_an_overlay_a_frame_is_as_it_was() -> None:
    view = view_of((80, 24), decide())
    assert draw(view, 80, 24).rows == draw(replace(view, choices=INPUTS, why=WHY), 80, 24).rows
