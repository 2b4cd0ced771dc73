"""What a page is told that opens in the middle of a session, and the metrics of the same."""

import json
from dataclasses import replace
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

import livegenre
from livegenre.outputs.base import Change, DeviceChange, End, Event
from livegenre.outputs.web.metrics import metrics
from livegenre.outputs.web.picture import N_ANSWERS, Picture
from tests.test_outputs_jsonl import DECISION, HEADER
from tests.web_session import COLOURS

DEVICE = DeviceChange(3.0, "stalled", "its stream gives nothing", "Scarlett", 480, 0)
CHANGE = Change(1.0, None, "a", "genre", 0.8, 1.0)
QUIET = replace(DECISION, time=2.0, state="silence", label=None, posterior={}, raw_posterior={})


def picture(*told: Any) -> Picture:
    made = Picture(HEADER, COLOURS)
    for each in told:
        made.take(each)
    return made


def lines(made: Picture) -> dict[str, dict[str, Any]]:
    return {line["type"]: line for line in map(json.loads, made.lines())}


def samples(made: Picture) -> dict[tuple[str, str], float]:
    """Return the metrics by name and by the value of what they are about."""
    text = metrics(made, viewers=3, dropped=1)
    return {
        (sample.name.removeprefix("livegenre_"), "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_first_page_is_told_of_header_and_colours() -> None:
    told = lines(picture())
    assert list(told) == ["header", "answers", "colours"]
    assert told["header"]["labels"] == ["a", "b"]
    assert told["answers"]["answers"] == []
    assert told["colours"]["labels"] == dict(COLOURS.of_labels(("a", "b")))
    assert told["colours"]["levels"] == list(COLOURS.of_levels)


def test_later_page_is_told_what_was_before() -> None:
    told = lines(picture(DECISION, CHANGE, QUIET, DEVICE))
    assert told["answers"]["answers"] == [[1.23, "a", 0.8], [2.0, "silence", 0.0]]
    assert told["decision"]["state"] == "silence"
    assert told["device"]["trouble"] == "its stream gives nothing"


def test_page_is_not_told_of_more_than_its_ribbon_shows() -> None:
    made = picture(*[replace(DECISION, time=0.5 * n) for n in range(N_ANSWERS + 5)])
    answers = lines(made)["answers"]["answers"]
    assert len(answers) == N_ANSWERS
    assert answers[-1][0] == 0.5 * (N_ANSWERS + 4)


def test_another_model_brings_its_labels_and_colours_and_keeps_the_old_ones() -> None:
    values = {
        "model": "tags",
        "labels": ("folk", "jazz"),
        "multi_label": True,
        "window_seconds": 3.0,
        "step_seconds": 1.0,
    }
    told = lines(picture(DECISION, Event("model", 2.0, values), Event("mark", 3.0, {})))
    assert told["header"] | {"labels": ["folk", "jazz"], "model": "tags"} == told["header"]
    assert set(told["colours"]["labels"]) == {"a", "b", "folk", "jazz"}


def test_state_has_the_newest_of_everything() -> None:
    values = picture(DECISION, CHANGE, QUIET, End("end", 4.0, 480)).values()
    assert json.loads(json.dumps(values))["decision"]["time"] == 2.0
    assert values["change"]["to"] == "a"
    assert values["device"] is None
    assert values["end"]["reason"] == "end"


def test_metrics_are_understood_by_prometheus() -> None:
    found = samples(picture(DECISION, CHANGE, DECISION, DEVICE))
    assert found["decisions_total", ""] == 2
    assert found["changes_total", ""] == 1
    assert found["state", "genre"] == 1
    assert found["state", "silence"] == 0
    assert found["posterior", "a"] == 0.8
    assert found["posterior", "b"] == 0.2
    assert found["step_cpu_seconds_count", ""] == 2
    assert found["step_cpu_seconds_sum", ""] == 0.002
    assert found["sound_seconds_total", ""] == 3.0
    assert found["lost_samples_total", ""] == 480
    assert found["level_dbfs", ""] == -20.5
    assert found["device_state", "stalled"] == 1
    assert found["device_state", "live"] == 0
    assert found["viewers", ""] == 3
    assert found["viewers_dropped_total", ""] == 1


def test_metrics_before_the_first_decision() -> None:
    found = samples(picture())
    assert found["info", f"{livegenre.__version__}tinyBjörk \udcff.mp3"] == 1
    assert found["posterior", "a"] == found["decisions_total", ""] == 0
    assert found["device_state", "live"] == 1
    assert ("level_dbfs", "") not in found


def test_any_label_can_be_in_a_metric() -> None:
    label = 'a "quote", a \\ and a\nline'
    made = Picture(replace(HEADER, labels=(label,)), COLOURS)
    made.take(replace(DECISION, posterior={label: 0.5}))
    assert samples(made)["posterior", label] == 0.5
