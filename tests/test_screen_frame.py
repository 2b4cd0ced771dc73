"""What a frame says at every size and in every state, as text."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from livegenre.decision import Decision
from livegenre.screen.frame import draw
from livegenre.screen.glyphs import MINUS
from livegenre.screen.letters import big_word
from livegenre.screen.look import Look
from livegenre.screen.view import Health, View
from livegenre.screen.words import NO_NUMBER
from tests.screen_scenes import (
    LISTEN,
    LIVE,
    METAL,
    ODD_SIZES,
    REPLAY,
    SIZES,
    STATES,
    TAG_FACTS,
    TAGS,
    VARIANTS,
    columns_until,
    decide,
    facts_of,
    gap,
    hear_tags,
    view_in,
    view_of,
)

ALL_SIZES = (*SIZES, *ODD_SIZES)


def lines_of(view: View, size: tuple[int, int]) -> list[str]:
    rows = draw(view, *size).rows
    return ["".join(segment.text for segment in row) for row in rows]


def words_of(view: View, size: tuple[int, int]) -> str:
    """All of a frame's words, one space apart."""
    return " ".join(" ".join(lines_of(view, size)).split())


def text_in(state: str, size: tuple[int, int] = (80, 24)) -> str:
    return words_of(view_in(state, size), size)


def text_of(decision: Decision | None, size: tuple[int, int] = (80, 24), **changes: object) -> str:
    return words_of(view_of(size, decision, **changes), size)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ALL_SIZES, ids=str)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_frame_fills_the_terminal_exactly(size: tuple[int, int], variant: str) -> None:
    width, height = size
    for state in STATES:
        for picture in ("both", "spectrum", "waterfall"):
            view = view_in(state, size, VARIANTS[variant])
            look = replace(view.look, picture=picture)
            view = view_of(size, **(STATES[state] | {"look": look}))  # type: ignore[arg-type]
            rows = draw(view, width, height).rows
            widths = [sum(segment.cell_length for segment in row) for row in rows]
            assert widths == [width] * height, state


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24), (60, 16), (40, 12)], ids=str)
def test_no_word_is_cut_off_without_a_sign(size: tuple[int, int]) -> None:
    known = {"listen", "…"}
    for state in STATES:
        known |= {
            word
            for large in ((200, 60), (120, 40), (100, 30), (80, 24), (60, 16), (40, 12))
            for word in text_in(state, large).split()
        }
    for state in STATES:
        view = view_in(state, (200, 60))
        narrow = replace(view_in(state, size), levels=view.levels)
        assert {word for word in words_of(narrow, size).split() if word.isalpha()} <= known


@pytest.mark.parametrize("width", range(80, 200, 7))
def test_whatever_the_width_a_part_is_whole_or_not_there(width: int) -> None:
    view = view_in("genre", (width, 40))
    *_, health, model, keys = lines_of(view, (width, 40))
    assert "57.1 % [52.0–62.1]" in model  # noqa: RUF001 as it is printed
    assert health.rstrip().endswith(("dropped 0", "drop 0"))
    assert keys.rstrip().endswith("? help")
    assert keys.startswith(" q quit")


@pytest.mark.parametrize("width", range(20, 130, 3))
def test_the_accuracy_is_never_shown_without_its_interval(width: int) -> None:
    for accuracy in (REPLAY.accuracy, "ROC AUC 0.933 [0.901-0.963] of 426 clips, mean of 11 tags"):
        facts = replace(REPLAY, accuracy=accuracy)
        text = text_of(decide(), (width, 40), facts=facts)
        figure, interval = ("57.1 %", "[52.0") if "57" in accuracy else ("0.933", "[0.901")
        assert (figure in text) == (interval in text)


def test_before_the_first_decision_it_says_when_that_comes() -> None:
    text = text_in("waiting")
    assert "LISTENING" in text
    assert "listening… first answer after 1.0 s" in text
    assert text.count(f" {NO_NUMBER} ") == len(REPLAY.labels)
    assert "first answer after 1.0 s" in text_in("waiting", (60, 16))
    assert "listening…" in text_in("waiting", (30, 5))


def test_a_genre_is_named_large_with_its_share_its_rival_and_what_was_before() -> None:
    for size, letters in (((120, 40), 4), ((100, 30), 4), ((80, 24), 3), ((60, 16), 3)):
        lines = lines_of(view_in("genre", size), size)
        big = big_word("metal", 45, letters) or ("missing",)
        for row in big:
            assert any(row.rstrip() in line for line in lines)
    text = text_in("genre")
    for words in ("GENRE", "85 %", "next rock 7 %", "lead 78 points", "stable 18.1 s", "0:41.5"):
        assert words in text
    assert "before not music 10.5 s ← blues 23.0 s" in text


def test_a_lead_is_the_difference_of_the_shares_that_are_shown() -> None:
    close = METAL | {"metal": 0.976, "rock": 0.014}
    text = text_of(decide(posterior=close))
    assert "98 %" in text
    assert "next rock 1 % lead 97 points" in text


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("truecolor", "white: 10 s peak · grey: 60 %"),
        ("light", "black: 10 s peak · grey: 60 %"),
        ("mono", "lines: 10 s peak, 60 %"),
    ],
)
def test_the_marks_of_the_bars_are_called_as_they_look(variant: str, words: str) -> None:
    view = view_of((120, 40), decide(), variant=VARIANTS[variant])
    assert words in words_of(view, (120, 40))


def test_an_early_answer_says_how_full_the_window_is() -> None:
    text = text_in("early", (120, 40))
    assert "EARLY" in text
    assert "window 1.5 of 3.0 s" in text


def test_unsure_says_what_it_leans_to_and_what_a_name_needs() -> None:
    text = text_in("unsure")
    assert "UNSURE" in text
    assert "leaning rock 41 %, a name needs 60 %" in text
    assert "then blues 33 %" in text
    assert "▶ rock" not in text
    assert "leaning rock 41 %" in text_in("unsure", (60, 16))


def test_not_music_says_how_sure_it_is_and_that_bars_are_no_answer() -> None:
    text = text_in("not_music")
    assert " NOT MUSIC " in text
    assert "not music 83 % bars are dimmed: no answer" in text


def test_silence_gives_level_gate_and_the_last_answer() -> None:
    text = text_in("silence")
    assert f"level {MINUS}71.3 dBFS, gate {MINUS}60 dBFS" in text
    assert "last answer metal 83 % until 0:59.5" in text
    assert "music playing? press d: maybe the wrong input" in text
    assert text.count(f" {NO_NUMBER} ") == len(REPLAY.labels)
    assert "press d" not in text_of(decide("silence", since=57.0), facts=LISTEN)
    assert "press d" not in text_of(decide("silence"), facts=REPLAY)


def test_zeros_alone_are_told_from_silence() -> None:
    text = text_in("muted")
    assert "◌ MUTED" in text
    assert "muted? (zeros)" in text
    assert "only digital zeros for 3.2 s: muted?" in text
    for size in ((120, 40), (60, 16), (40, 12), (30, 5)):
        assert "muted" in text_in("muted", size).lower()


@pytest.mark.parametrize("state", ["stalled", "reconnecting"])
@pytest.mark.parametrize("decision", [None, decide()], ids=["waiting", "after an answer"])
def test_a_source_that_gives_nothing_is_told_with_its_time_at_every_size(
    state: str, decision: Decision | None
) -> None:
    for size in SIZES:
        text = text_of(decision, size, facts=LISTEN, source=gap(state, 3.2))
        assert state in text.lower()
        assert "3.2 s" in text or size == (30, 5)
        assert f"{MINUS}14.2" not in text
        small = size[0] < 60
        assert "NO INPUT" in text if small else "▶" not in text


def test_a_monitor_of_nothing_is_not_called_muted() -> None:
    source = replace(LIVE, state="muted", state_seconds=3.2, trouble="nothing is playing")
    for size in ((120, 40), (80, 24), (60, 16)):
        text = text_of(decide("silence"), size, source=source).lower()
        assert "nothing is playing" in text
        assert "muted" not in text


def test_why_no_sound_comes_is_told_where_there_is_room() -> None:
    source = replace(gap("stalled", 3.2), trouble="the sound system does not answer")
    for size in ((120, 40), (100, 30), (80, 24)):
        assert "the sound system does not answer" in text_of(decide(), size, source=source)


def test_what_is_done_about_a_lost_device_is_told() -> None:
    text = text_in("reconnecting", (120, 40))
    for words in (
        "attempt 4, next in 0.8 s",
        "Scarlett 2i2 USB vanished 3.2 s ago",
        "last answer metal 83 % until 0:59.5",
        "d chooses another input; the gap is logged",
        "gap 3.2 s",
    ):
        assert words in text
    stalled = text_in("stalled", (120, 40))
    assert "no audio for 0.7 s, the device is open" in stalled
    assert "opened anew until sound comes" in stalled


def test_the_end_sums_the_session_up() -> None:
    text = text_in("ended", (120, 40))
    assert "ENDED" in text
    assert "blues 40 %, metal 31 %, not music 18 %, unsure 11 %" in text
    assert "2 changes silence 1.0 s" in text


def test_tags_describe_what_the_labels_cannot_at_every_size_with_lines() -> None:
    for size in ((120, 40), (100, 30), (80, 24)):
        text = text_in("tags", size)
        assert "sounds like electronic 62 %, House 40 %" in text
        assert "before not music" in text
        assert "sounds like" not in text_in("genre", size)


def test_bars_stand_in_the_order_of_the_labels_and_mark_the_winner() -> None:
    rows = lines_of(view_in("genre", (80, 24)), (80, 24))[2:12]
    assert [row[48:].split()[0] for row in rows] == list(REPLAY.labels)
    assert [row[46] for row in rows] == [" "] * 6 + ["▶"] + [" "] * 3
    assert rows[6].rstrip().endswith("85")


def test_bars_are_sorted_for_those_who_want_it() -> None:
    view = view_of((80, 24), decide(), look=Look(sorted_bars=True))
    rows = lines_of(view, (80, 24))[2:12]
    assert [row[48:].split()[0] for row in rows][:3] == ["metal", "rock", "blues"]


def test_shares_are_never_a_false_zero_or_hundred() -> None:
    text = text_of(decide(posterior=METAL | {"metal": 0.9991, "rock": 0.0004}))
    assert ">99" in text
    assert "<1" in text
    assert " 100 " not in text


def test_details_of_the_source_go_before_its_name_does() -> None:
    first = lines_of(view_in("genre", (120, 40)), (120, 40))[0]
    assert first == (
        " livegenre  ▶ REPLAY 1.0×  evening-set.wav  44.1 kHz  stereo→mono  16-bit"  # noqa: RUF001
        "                    log set.jsonl  0:59 / 3:27 "
    )
    for width in range(30, 120):
        line = lines_of(view_in("genre", (width, 24)), (width, 24))[0]
        if width >= 60:
            assert "evening-set.wav" in line
            assert "0:59 / 3:27" in line
        shown = [part in line for part in ("44.1 kHz", "stereo", "16-bit", "log set.jsonl")]
        assert shown == sorted(shown, reverse=True)


def test_a_long_name_keeps_both_its_ends() -> None:
    facts = replace(REPLAY, source="Scarlett " + "x" * 90 + " (2).wav")
    text = text_of(decide(), facts=facts)
    assert "Scarlett" in text
    assert "(2).wav" in text


def test_listening_promises_that_nothing_is_stored_unless_it_is() -> None:
    text = text_of(decide(), (100, 30), facts=LISTEN)
    assert "● LIVE" in text
    assert "48.0 kHz ch 1 of 2 float32" in text
    assert "since 20:41:07 · no audio is stored" in text
    kept = text_of(decide(), (100, 30), facts=replace(LISTEN, recording="evening.flac"))
    assert "● REC evening.flac" in kept
    assert "stored" not in kept


def test_clipping_is_shown_for_three_seconds_at_every_size() -> None:
    for size in SIZES:
        loud = replace(LIVE, clips=123_456)
        assert "CLIP" in text_of(decide(), size, source=replace(loud, seconds_since_clip=2.9))
        assert "CLIP" not in text_of(decide(), size, source=replace(loud, seconds_since_clip=3.1))
    assert "CLIP 999" in text_of(decide(), source=replace(loud, seconds_since_clip=0.0))


def test_latency_is_a_sum_and_what_is_lost_is_told() -> None:
    source = replace(LIVE, seconds=60.4, missing_seconds=1.0, interruptions=2, audio_seconds=0.06)
    text = text_of(decide(), (140, 40), source=source)
    assert "latency 3.6 s = window 3.0 + step 0.5 + audio 0.06 + compute 0.001" in text
    assert "cpu 0.0021 × real time" in text  # noqa: RUF001
    assert "dropped 1.00 s, 2 gaps" in text
    assert "= window 3.0 + step 0.5 + 0.06 cpu" in text_of(decide(), (100, 30), source=source)
    whole = replace(source, missing_seconds=0.0, audio_seconds=None)
    assert "latency 3.5 s = 3.0 window + 0.5 step cpu" in text_of(decide(), source=whole)
    assert "latency 3.6 s cpu" in text_of(decide(), (60, 16), source=source)


def test_what_the_cpu_does_is_not_told_before_it_is_known() -> None:
    young = replace(LIVE, seconds=9.0)
    assert "first answer 1.0 s" in text_of(decide(), (120, 40), source=young)
    assert "first answer 1.0 s" in text_of(decide(), (120, 40), health=Health())


def test_the_models_worth_is_told_with_its_interval_or_called_unknown() -> None:
    assert "accuracy not measured" in text_of(decide(), facts=replace(REPLAY, accuracy=""))
    assert "names a genre at p ≥ 0.60" in text_in("genre", (120, 40))


def test_the_keys_line_gives_way_to_an_answer_and_changes_while_frozen() -> None:
    text = text_in("frozen", (100, 30))
    assert "space resume ← → scroll 5 s l mark q quit ? help" in text
    assert f"FROZEN {MINUS}12 s" in text
    for size in SIZES[:-1]:
        noted = text_of(decide(), size, look=Look(note="palette tide"))
        assert "palette tide" in noted
    assert "q quit" not in text_of(decide(), look=Look(note="palette tide"))
    assert "Ctrl-C quit" in text_of(decide(), quit_key="Ctrl-C")
    assert "space" not in text_of(decide(), quit_key="Ctrl-C")


def test_a_level_meter_of_27_cells_has_its_scale_below() -> None:
    lines = lines_of(view_in("genre", (120, 40)), (120, 40))
    assert lines[1][:66].startswith(" in " + "█" * 20)
    scale = lines[2]
    assert scale.index(f"{MINUS}60") == 4
    assert scale.index(f"{MINUS}40") + 1 == 13
    assert scale.rstrip().endswith("0")
    assert len(scale.rstrip()) == 4 + 27 + 1


@pytest.mark.parametrize("size", [(100, 30), (120, 40), (200, 60)], ids=str)
def test_of_many_labels_the_strongest_ten_have_bars_first_those_above_their_threshold(
    size: tuple[int, int],
) -> None:
    view = view_of(size, hear_tags(), facts=TAG_FACTS)
    text = words_of(view, size)
    assert "strongest 10 of 50" in text
    expected = ["tag 40", "folk", "female vocalists", *(f"tag {number}" for number in range(7))]
    places = [text.index(f" {name} ") for name in expected[1:]]
    assert places == sorted(places)
    assert "tag 7 " not in text


def test_named_label_has_a_bar_however_weak() -> None:
    assert "▶ tag 47" in text_of(hear_tags("tag 47"), facts=TAG_FACTS)


@pytest.mark.parametrize(("size", "n_more"), [((80, 24), 41), ((60, 16), 41), ((40, 12), 41)])
def test_where_rows_are_few_the_last_says_how_many_labels_have_none(
    size: tuple[int, int], n_more: int
) -> None:
    assert f"… and {n_more} more" in text_of(hear_tags(), size, facts=TAG_FACTS)
    assert "more" not in text_in("genre", size)


def test_labels_judged_alone_are_told_together_and_lead_nothing() -> None:
    text = text_of(hear_tags(), (120, 40), facts=TAG_FACTS)
    assert " TAG " in text
    assert "also folk 27 %" in text
    assert "labels stand alone: they need not add up to 100 %" in text
    assert "lead" not in text
    assert "names a label at its own threshold" in text
    strict = replace(TAG_FACTS, thresholds=dict.fromkeys(TAGS, 0.3))
    assert "next female vocalists" in text_of(hear_tags(), (120, 40), facts=strict)


def test_what_a_name_needs_is_said_of_the_label_it_leans_to() -> None:
    text = text_of(hear_tags(None), facts=TAG_FACTS)
    assert "leaning tag 40 90 %, a name needs 30 %" in text


@pytest.mark.parametrize("n_labels", [1, 3, 40, 500])
def test_any_number_of_labels_finds_its_place(n_labels: int) -> None:
    labels = tuple(f"läbel {number}" for number in range(n_labels))
    posterior = dict.fromkeys(labels, 1 / n_labels)
    columns = tuple(replace(c, label=labels[-1] if c.label else None) for c in columns_until(20.0))
    for size in ALL_SIZES:
        for state in ("genre", "unsure"):
            label = labels[-1] if state == "genre" else None
            decision = decide(state, label=label, posterior=posterior)
            view = view_of(size, decision, facts=facts_of(labels), columns=columns)
            rows = draw(view, *size).rows
            assert [sum(map(cell_len, (s.text for s in row))) for row in rows] == [size[0]] * size[
                1
            ]


def test_words_of_letters_unknown_to_the_fonts_are_written_small() -> None:
    assert big_word("r&b", 80, 4) is None
    assert big_word("Hip-Hop 90s", 80, 4) is not None
    assert big_word("classical", 40, 4) is None
    for width, letters in ((58, 4), (49, 4), (41, 3)):
        assert {len(row) for row in big_word("classical", width, letters) or ()} == {width}
    assert big_word("classical", 48, 4) == (*(big_word("classical", 41, 3) or ()), " " * 41)
    assert "R&B" in text_of(
        decide(label="r&b", posterior={"r&b": 0.9, "pop": 0.1}), facts=facts_of(("r&b", "pop"))
    )
