"""What is published for Home Assistant keeps the rules of its MQTT discovery."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

import livegenre
from livegenre.outputs.home_assistant import discovery


def test_label_state_and_confidence_are_sensors_of_one_device() -> None:
    sensors = dict(discovery("kitchen"))
    assert list(sensors) == [
        f"homeassistant/sensor/livegenre_kitchen/{key}/config"
        for key in ("label", "state", "confidence")
    ]
    label = sensors["homeassistant/sensor/livegenre_kitchen/label/config"]
    assert label["state_topic"] == "kitchen/state"
    assert label["availability_topic"] == "kitchen/availability"
    assert label["value_template"] == "{{ value_json.label }}"
    assert label["device"]["sw_version"] == livegenre.__version__
    assert label["unique_id"] == "livegenre_kitchen_label"  # others may have a kitchen too
    assert label["device"]["identifiers"] == ["livegenre_kitchen"]
    assert len({json.dumps(sensor["device"]) for sensor in sensors.values()}) == 1


def test_state_says_which_there_are_and_confidence_its_unit() -> None:
    _, state, confidence = (sensor for _, sensor in discovery("livegenre"))
    assert (state["device_class"], state["options"]) == (
        "enum",
        ["genre", "unsure", "not_music", "silence"],
    )
    assert (confidence["unit_of_measurement"], confidence["state_class"]) == ("%", "measurement")
    assert confidence["value_template"].endswith("if value_json.label else none }}")


PREFIXES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(PREFIXES)
def test_topics_hold_what_discovery_allows_whatever_the_prefix(prefix: str) -> None:
    for topic, sensor in discovery(prefix):
        assert re.fullmatch(r"homeassistant/sensor/[\w-]+/[\w-]+/config", topic, re.ASCII)
        assert sensor["state_topic"] == f"{prefix}/state"
        json.dumps(sensor)


@settings(deadline=None)
@given(PREFIXES, PREFIXES)
def test_two_prefixes_never_share_a_sensor(one: str, other: str) -> None:
    ids = {sensor["unique_id"] for prefix in {one, other} for _, sensor in discovery(prefix)}
    topics = {topic for prefix in {one, other} for topic, _ in discovery(prefix)}
    assert len(ids) == len(topics) == 3 * len({one, other})
