"""What a frame shows at every size and in every state, as text."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from livegenre.decision import Decision, State
from livegenre.screen.facts import Facts
from livegenre.screen.frame import draw, n_bands
from livegenre.screen.letters import big_word
from livegenre.screen.meter import Levels
from livegenre.screen.view import SourceStatus, View
from livegenre.screen.words import MINUS, NO_NUMBER
from tests.screen_session import FACTS

SIZES = (
    *((120, 40), (100, 30), (80, 24), (60, 16), (40, 12), (30, 5), (41, 13), (79, 24)),
    *((119, 37), (200, 60), (300, 12), (20, 60), (3, 2), (1, 1)),
)
LEVELS = Levels(-14.2, -1.8)
LIVE = SourceStatus(seconds=59.4, clipped=2)
METAL = dict.fromkeys(FACTS.labels, 0.01) | {"metal": 0.85, "rock": 0.07}
TORN = dict.fromkeys(FACTS.labels, 0.02) | {"blues": 0.33, "rock": 0.41}


def facts_of(labels: tuple[str, ...], **changes: object) -> Facts:
    return replace(
        FACTS,
        labels=labels,
        thresholds=dict.fromkeys(labels, 0.6),
        **changes,  # type: ignore[arg-type]
    )


TAGS = (*(f"tag {number}" for number in range(48)), "folk", "female vocalists")
TAG_FACTS = replace(
    facts_of(TAGS), multi_label=True, thresholds=dict.fromkeys(TAGS, 0.3) | {"folk": 0.25}
)
SHARES = {tag: 0.2 - 0.001 * number for number, tag in enumerate(TAGS)}
SHARES |= {"tag 40": 0.9, "folk": 0.27, "female vocalists": 0.28}


STATES_WITH_TAGS: tuple[State, ...] = ("genre", "unsure", "not_music")


def decide(state: State = "genre", **changes: object) -> Decision:
    """A decision for METAL by default."""
    posterior = {"genre": METAL, "unsure": TORN, "not_music": TORN, "silence": {}}[state]
    decision = Decision(
        time=59.6,
        state=state,
        label="metal" if state == "genre" else None,
        since=41.5,
        posterior=posterior,
        raw_posterior=posterior,
        early=False,
        level_dbfs=-71.3 if state == "silence" else -14.2,
        lost=0,
        not_music=0.83 if state == "not_music" else 0.0,
        tags={},
        compute_seconds=0.004,
    )
    return replace(decision, **changes)  # type: ignore[arg-type]


def text_of(
    decision: Decision | None,
    size: tuple[int, int] = (80, 24),
    *,
    facts: Facts = FACTS,
    source: SourceStatus = LIVE,
) -> str:
    width, height = size
    bands = np.linspace(-20, -70, n_bands(width, height), dtype=np.float32)
    view = View(facts, decision, LEVELS, bands, source, "q")
    console = Console(record=True, file=StringIO(), width=width, color_system=None)
    console.print(draw(view, width, height), end="")
    return console.export_text()


STATES = (
    None,
    decide(),
    decide(early=True, lost=48_000),
    decide(label="classical"),
    decide("unsure"),
    decide("not_music"),
    decide("silence"),
)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", ["live", "muted", "stalled", "reconnecting", "ended"])
@pytest.mark.parametrize("decision", STATES, ids=lambda d: d.state if d else "waiting")
def test_every_frame_fills_the_terminal_exactly(
    size: tuple[int, int], state: str, decision: Decision | None
) -> None:
    width, height = size
    bands = np.full(n_bands(width, height), -40, dtype=np.float32)
    source = replace(LIVE, state=state, state_seconds=4000.0, missing_seconds=4000.0)
    rows = draw(View(FACTS, decision, LEVELS, bands, source, "Ctrl-C"), width, height).rows
    assert [sum(segment.cell_length for segment in row) for row in rows] == [width] * height


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("n_labels", [2, 3, 7, 50])
def test_any_number_of_labels_of_any_length_fits(size: tuple[int, int], n_labels: int) -> None:
    labels = tuple(f"{'very ' * n}long läbel 音楽 {n}" for n in range(n_labels))
    facts = facts_of(labels, model="m" * 90, source="東京\n\x1b[31m\udcff" * 30)
    posterior = dict.fromkeys(labels, 1 / n_labels)
    decision = decide(label=labels[-1], posterior=posterior)
    width, height = size
    bands = np.full(n_bands(width, height), -40, dtype=np.float32)
    rows = draw(View(facts, decision, LEVELS, bands, LIVE, "q"), width, height).rows
    assert [sum(segment.cell_length for segment in row) for row in rows] == [width] * height
    text = "".join(segment.text for row in rows for segment in row)
    assert text.isprintable()


@pytest.mark.parametrize("size", [s for s in SIZES if s[0] >= 30], ids=str)
def test_no_word_is_cut_off(size: tuple[int, int]) -> None:
    whole = text_of(decide(), (200, 60)) + text_of(decide(), (60, 16)) + text_of(decide(), (30, 5))
    known = {*whole.split(), "…", "METAL"}
    shown = set(text_of(decide(), size).split())
    words = {word for word in shown if word.isalpha()}
    assert words <= known


def test_before_the_first_decision_it_says_when_that_comes() -> None:
    text = text_of(None)
    assert "listening… first answer after 1.0 s" in text
    assert "▶ metal" not in text
    assert text.count(NO_NUMBER) == len(FACTS.labels)
    assert "first answer after 1.0 s" in text_of(None, (60, 16))
    assert "listening…" in text_of(None, (30, 5))


def test_a_genre_is_named_large_with_its_share_and_its_rival() -> None:
    text = text_of(decide())
    for row in big_word("metal", 49) or ["missing"]:
        assert row in text
    for words in ("GENRE", "85 %", "next rock 7 %", "lead 78 points", "stable 18.1 s", "0:41.5"):
        assert words in " ".join(text.split())


def test_bars_stand_in_the_order_of_the_labels_and_mark_the_winner() -> None:
    rows = text_of(decide()).splitlines()[3:13]
    names = [row[53:].split()[0] for row in rows]
    assert names == list(FACTS.labels)
    assert [row[51] for row in rows] == [" "] * 6 + ["▶"] + [" "] * 3
    assert rows[6].rstrip().endswith("85")


def test_an_early_answer_says_so() -> None:
    text = text_of(decide(early=True))
    assert "EARLY" in text
    assert "a full window takes 3.0 s" in text


def test_unsure_says_what_it_leans_to_and_what_a_name_needs() -> None:
    text = text_of(decide("unsure"))
    assert "UNSURE" in text
    assert "leaning rock 41 %, a name needs 60 %" in text
    assert "then blues 33 %" in text
    assert "▶ rock" not in text
    assert "leaning rock 41 %" in text_of(decide("unsure"), (40, 12))


def test_not_music_names_no_genre() -> None:
    text = text_of(decide("not_music"))
    assert " NOT MUSIC " in text
    assert "no answer" in text


def test_silence_gives_level_and_gate() -> None:
    text = text_of(decide("silence"))
    assert f"level {MINUS}71.3 dBFS, gate {MINUS}60.0 dBFS" in text
    assert text.count(NO_NUMBER) == len(FACTS.labels)


def test_lost_sound_latency_and_compute_are_told() -> None:
    source = replace(LIVE, seconds=60.4, missing_seconds=1.0, interruptions=2)
    text = text_of(decide(lost=44_100), (120, 40), source=source)
    assert "latency 3.5 s = window 3.0 + step 0.5 + compute 0.004" in text
    assert "lost 1.00 s, 2 gaps" in text
    assert "1:00 / 2:00" in text


def gap(state: str, seconds: float) -> SourceStatus:
    return replace(LIVE, state=state, state_seconds=seconds, missing_seconds=seconds)


@pytest.mark.parametrize("state", ["stalled", "reconnecting"])
@pytest.mark.parametrize("decision", [None, decide()], ids=["waiting", "after an answer"])
def test_a_source_that_gives_nothing_is_told_with_its_time_at_every_size(
    state: str, decision: Decision | None
) -> None:
    for size in ((120, 40), (80, 24), (60, 16), (40, 12), (30, 5)):
        text = text_of(decision, size, source=gap(state, 3.2))
        assert f"{state} 3.2 s" in text.lower()
        big = [(big_word("no input", room) or ["missing"])[0] for room in (49, 90)]
        assert any(words in text for words in ("NO INPUT", *big))
        assert f"{MINUS}14.2" not in text
        assert text != text_of(decision, size, source=gap(state, 3.3))
    assert "last answer metal until 0:59.6" in text_of(decide(), source=gap(state, 3.2))


def test_zeros_alone_are_told_from_silence() -> None:
    source = replace(LIVE, state="muted", state_seconds=3.2)
    text = text_of(decide("silence"), source=source)
    assert " MUTED " in text
    assert "only digital zeros for 3.2 s: is the input muted?" in text
    assert "muted" not in text_of(decide("silence")).lower()
    for size in ((120, 40), (60, 16), (40, 12), (30, 5)):
        assert "muted 3.2 s" in text_of(decide("silence"), size, source=source).lower()


def test_a_monitor_of_nothing_is_not_called_muted() -> None:
    source = replace(LIVE, state="muted", state_seconds=3.2, trouble="nothing is playing")
    text = text_of(decide("silence"), source=source)
    assert "only digital zeros for 3.2 s: nothing is playing" in text
    for size in ((120, 40), (80, 24), (60, 16), (40, 12), (30, 5)):
        text = text_of(decide("silence"), size, source=source).lower()
        assert "nothing is playing 3.2 s" in text
        assert "muted" not in text


def test_why_no_sound_comes_is_told_where_there_is_room() -> None:
    source = replace(gap("stalled", 3.2), trouble="the sound system does not answer")
    for size in ((120, 40), (80, 24), (60, 16)):
        text = text_of(decide(), size, source=source)
        assert "the sound system does not answer" in text
        assert "stalled 3.2 s" in text.lower()


def test_tags_describe_what_the_labels_cannot() -> None:
    tags = {"electronic": 0.62, "House": 0.4}
    for state in STATES_WITH_TAGS:
        assert "sounds like electronic 62 %, House 40 %" in text_of(decide(state, tags=tags))
        assert "sounds like" not in text_of(decide(state))


def test_not_music_says_how_sure_it_is() -> None:
    assert "not music 83 %" in text_of(decide("not_music"))


def test_clipping_is_shown_for_a_while() -> None:
    assert "CLIP 2" in text_of(decide(), source=replace(LIVE, seconds_since_clip=0.9))
    assert "CLIP" not in text_of(decide(), source=replace(LIVE, seconds_since_clip=1.1))
    loud = replace(LIVE, seconds_since_clip=0.0, clipped=123_456)
    assert "CLIP 999" in text_of(decide(), (60, 16), source=loud)


def test_listening_promises_that_nothing_is_stored() -> None:
    text = text_of(decide(), facts=replace(FACTS, replay=False, duration_seconds=None))
    assert "● LIVE" in text
    assert "no audio is stored" in text


def test_recording_is_shown_in_place_of_the_promise() -> None:
    facts = replace(FACTS, replay=False, duration_seconds=None, recording="evening.flac")
    text = text_of(decide(), facts=facts)
    assert "● REC evening.flac" in text
    assert "stored" not in text


def test_the_models_worth_is_told_with_its_interval_or_called_unknown() -> None:
    assert "57.1 % [52.0-62.1] of 639 clips" in text_of(decide())
    assert "accuracy not measured" in text_of(decide(), facts=replace(FACTS, accuracy=""))


def test_a_long_name_keeps_both_its_ends() -> None:
    text = text_of(decide(), facts=replace(FACTS, source="Scarlett " + "x" * 90 + " (2).wav"))
    assert "Scarlett" in text
    assert "(2).wav" in text


def test_shares_are_never_a_false_zero_or_hundred() -> None:
    posterior = METAL | {"metal": 0.9991, "rock": 0.0004}
    text = text_of(decide(posterior=posterior))
    assert ">99" in text
    assert "<1" in text


def hear_tags(label: str | None = "tag 40", **changes: object) -> Decision:
    state: State = "unsure" if label is None else "genre"
    return decide(state, label=label, posterior=SHARES, **changes)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_of_many_labels_the_strongest_ten_have_bars(size: tuple[int, int]) -> None:
    text = text_of(hear_tags(), size, facts=TAG_FACTS)
    expected = ["tag 40", "fem", "folk", *(f"tag {number}" for number in range(7))]
    assert "strongest 10 of 50" in text
    left = max(51, size[0] * 3 // 5)
    rows = [row[left + 2 :] for row in text.splitlines()]
    shown = [row for row in rows if row.startswith(("tag ", "fem", "folk"))]
    assert [row.startswith(name) for row, name in zip(shown, expected, strict=True)] == [True] * 10


def test_named_label_has_a_bar_however_weak() -> None:
    assert "▶ tag 47" in text_of(hear_tags("tag 47"), facts=TAG_FACTS)


@pytest.mark.parametrize(("size", "n_more"), [((60, 16), 41), ((40, 12), 41), ((40, 30), 40)])
def test_where_rows_are_few_the_last_says_how_many_labels_have_none(
    size: tuple[int, int], n_more: int
) -> None:
    assert f"… and {n_more} more" in text_of(hear_tags(), size, facts=TAG_FACTS)
    assert "more" not in text_of(decide(), size)


def test_labels_judged_alone_are_told_together_and_lead_nothing() -> None:
    text = text_of(hear_tags(), facts=TAG_FACTS)
    assert " TAG " in text
    assert "also folk 27 %" in " ".join(text.split())
    assert "female vocalists 28 %" not in text
    assert "labels stand alone: they need not add up to 100 %" in text
    assert "lead" not in text
    assert "next fem" in " ".join(
        text_of(hear_tags(), facts=replace(TAG_FACTS, thresholds=dict.fromkeys(TAGS, 0.3))).split()
    )


def test_what_a_name_needs_is_said_of_the_label_it_leans_to() -> None:
    text = text_of(hear_tags(None), facts=TAG_FACTS)
    assert "leaning tag 40 90 %, a name needs 30 %" in text
    assert "line: a name needs as much" in text
    assert "a threshold for each label" in text_of(hear_tags(), (200, 60), facts=TAG_FACTS)


def test_words_of_letters_unknown_to_the_font_are_written_small() -> None:
    assert big_word("r&b", 80) is None
    assert big_word("Hip-Hop 90s", 80) is not None
    assert big_word("classical", 48) is None
    assert {len(row) for row in big_word("classical", 49) or []} == {49}
    assert {len(row) for row in big_word("classical", 58) or []} == {58}
