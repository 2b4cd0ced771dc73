"""Plain lines: one at every change, one each ten seconds, a summary at the end."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.glyphs import MINUS
from livegenre.screen.plain import PlainLines
from livegenre.screen.view import SourceStatus
from tests.screen_scenes import TAG_FACTS, decide, hear_tags
from tests.screen_session import FACTS


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def lines_of(
    decisions: Iterable[Decision], *, encoding: str = "utf-8", facts: Facts = FACTS
) -> list[str]:
    lines: list[str] = []
    with PlainLines(facts, lines.append, encoding=encoding) as screen:
        for decision in decisions:
            screen.show(decision)
    return lines


def test_the_first_lines_say_source_and_model_the_last_what_was_heard() -> None:
    source, model, answer, shares, ribbon, times, costs = lines_of([decide()])
    assert source == "livegenre: evening set.wav, 44.1 kHz"
    assert model == f"model classic: {FACTS.accuracy}"
    assert answer == f"0:59.6 metal 0.85 (next rock 0.07) {MINUS}14.2 dBFS"
    assert shares == "heard 1:00: metal 100 %; no change"
    assert ribbon == " " * 79 + "M"
    assert times == "0:00" + f"{'1:00':>76}"
    assert costs == "no sample lost; 4.0 ms of CPU a step"


def test_recording_is_no_secret() -> None:
    facts = replace(FACTS, recording="evening.flac")
    assert lines_of([decide()], facts=facts)[2] == "recording to evening.flac"


def test_each_state_has_its_line() -> None:
    states = [decide("unsure"), decide("not_music"), decide("silence")]
    assert lines_of(states)[2:5] == [
        f"0:59.6 unsure (leaning rock 0.41, then blues 0.33) {MINUS}14.2 dBFS",
        f"0:59.6 not music {MINUS}14.2 dBFS",
        f"0:59.6 silence {MINUS}71.3 dBFS",
    ]


def test_an_answer_that_stands_is_repeated_every_ten_seconds() -> None:
    steady = [decide(time=0.5 * step) for step in range(2, 62)]
    assert [line.split()[0] for line in lines_of(steady)[2:-4]] == ["0:01.0", "0:11.0", "0:21.0"]


def test_lost_samples_are_told_when_they_grow() -> None:
    lines = lines_of([decide(), decide(lost=480), decide(lost=480)])
    assert [line for line in lines if "lost so far" in line] == [
        f"0:59.6 metal 0.85 (next rock 0.07) {MINUS}14.2 dBFS (480 samples lost so far)"
    ]


def test_the_summary_tells_what_was_lost_and_clipped() -> None:
    source = SourceStatus(missing_seconds=3.5, interruptions=2, clipped=12)
    lines: list[str] = []
    with PlainLines(FACTS, lines.append, source_status=lambda: source) as screen:
        screen.show(decide(lost=154_350))
    assert lines[-1] == (
        "3.50 s of sound lost (154350 samples), 2 interruptions; 12 samples clipped; "
        "4.0 ms of CPU a step"
    )


def test_an_input_in_trouble_has_a_line_at_each_change_and_every_ten_seconds() -> None:
    lines: list[str] = []
    source = SourceStatus()
    with PlainLines(FACTS, lines.append, source_status=lambda: source) as screen:
        begin = len(lines)
        for state, seconds in (
            *(("live", 0.0), ("live", 90.0), ("stalled", 0.5), ("stalled", 0.9)),
            *(("reconnecting", 1.2), ("reconnecting", 11.1), ("reconnecting", 11.3)),
            *(("live", 0.0), ("live", 70.0), ("muted", 0.0), ("muted", 20.0)),
        ):
            source = SourceStatus(state, seconds, seconds=41.5, missing_seconds=12.0)
            screen.watch()
        source = SourceStatus(seconds=42.0)
        screen.watch()
    assert lines[begin:-2] == [
        "0:41.5 stalled: no sound for 0.5 s",
        "0:41.5 reconnecting: no sound for 1.2 s",
        "0:41.5 reconnecting: no sound for 11.3 s",
        "0:41.5 live again: 12.00 s of sound lost so far",
        "0:41.5 muted: only digital zeros come",
        "0:42.0 live again",
    ]


def test_why_no_sound_comes_is_told_when_it_is_known_and_again_at_the_end() -> None:
    lines: list[str] = []
    source = SourceStatus("live", seconds=41.5)
    with PlainLines(FACTS, lines.append, source_status=lambda: source) as screen:
        screen.show(decide())
        begin = len(lines)
        for state, trouble in (
            ("muted", "nothing is playing"),
            ("stalled", "its stream gives nothing"),
            ("stalled", "the sound system does not answer"),
            ("stalled", "the sound system does not answer"),
            ("reconnecting", "input 'A\x1b' is gone"),
        ):
            source = SourceStatus(state, 1.5, seconds=41.5, trouble=trouble)
            screen.watch()
    assert lines[begin : begin + 4] == [
        "0:41.5 nothing is playing: only digital zeros come",
        "0:41.5 stalled: no sound for 1.5 s (its stream gives nothing)",
        "0:41.5 stalled: no sound for 1.5 s (the sound system does not answer)",
        "0:41.5 reconnecting: no sound for 1.5 s (input 'A?' is gone)",
    ]
    assert lines[-1] == (
        "no sample lost; 4.0 ms of CPU a step; reconnecting at the end (input 'A?' is gone)"
    )


def test_the_summary_gives_each_answers_share() -> None:
    decisions = [decide(time=step) for step in range(3)] + [decide("silence", time=70.0)]
    assert lines_of(decisions)[-4] == "heard 1:10: metal 75 %, silence 25 %; 1 change"
    assert lines_of([])[-2].startswith("nothing heard")
    assert lines_of([])[-1] == "no sample lost"


def test_the_summary_tells_where_all_of_it_is_written() -> None:
    facts = replace(FACTS, recording="evening.flac", log="evening.jsonl")
    assert lines_of([], facts=facts)[-1] == (
        "no sample lost; log evening.jsonl; recording evening.flac"
    )


def test_of_many_labels_the_rarest_are_told_together() -> None:
    decisions = [
        decide(label=f"tag {number}", posterior={f"tag {number}": 0.9}, time=float(number))
        for number in range(1, 21)
        for _ in range(21 - number)
    ]
    shares = lines_of(decisions, facts=TAG_FACTS)[-4]
    assert shares.startswith("heard 0:20: tag 1 10 %, tag 2 9 %, ")
    assert shares.endswith(", 8 others 17 %; 19 changes")


def test_a_stream_without_unicode_gets_plain_minus_signs() -> None:
    assert lines_of([decide()], encoding="ascii")[2].endswith(" -14.2 dBFS")


def test_names_cannot_bring_control_characters_or_broken_text() -> None:
    lines: list[str] = []
    facts = replace(FACTS, source="a\n\x1b[31m\udcff.wav")
    with PlainLines(facts, lines.append):
        pass
    assert lines[0] == "livegenre: a??[31m?.wav, 44.1 kHz"


def test_a_reader_that_has_gone_is_not_written_to_again() -> None:
    lines: list[str] = []

    def write(line: str) -> None:
        lines.append(line)
        if len(lines) == 3:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError), PlainLines(FACTS, write) as screen:
        screen.show(decide())
    assert len(lines) == 3


def test_tags_stand_where_no_genre_does() -> None:
    tags = {"electronic": 0.62, "House": 0.4}
    torn = decide("unsure", tags=tags)
    assert "[electronic 0.62, House 0.40]" in lines_of([torn])[2]
    assert "[" not in lines_of([decide(tags=tags)])[2]


def test_labels_judged_alone_are_told_if_they_reach_their_thresholds() -> None:
    heard = lines_of([hear_tags(tags={"tag 40": 0.9})], facts=TAG_FACTS)[2]
    assert heard == f"0:59.6 tag 40 0.90 (also folk 0.27) {MINUS}14.2 dBFS"
    unsure = lines_of([hear_tags(None, tags={"tag 40": 0.9})], facts=TAG_FACTS)[2]
    assert "(leaning tag 40 0.90, then female vocalists 0.28)" in unsure
    assert "[" not in unsure


def test_another_model_and_another_input_have_a_line_each() -> None:
    lines: list[str] = []
    with PlainLines(FACTS, lines.append) as screen:
        screen.inform(replace(FACTS, model="tags", accuracy=""))
        screen.inform(replace(FACTS, model="tags", accuracy="", source="line in"))
        assert lines[2:] == ["model tags: accuracy not measured", "input line in"]
        screen.show(decide())
