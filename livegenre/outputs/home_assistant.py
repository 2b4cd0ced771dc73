"""What Home Assistant must know of livegenre to show it by itself: MQTT discovery."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import livegenre
from livegenre.decision import State


def discovery(prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a topic and what to keep there, JSON-ready, for each sensor.

    Parameters
    ----------
    prefix : str
        Of livegenre's topics; each is a device of its own.
    """
    node = f"livegenre_{_identifier(prefix)}"  # all programs of a broker share these names
    for key, sensor in _SENSORS.items():
        yield (
            f"homeassistant/sensor/{node}/{key}/config",
            {
                **sensor,
                "name": key.capitalize(),
                "unique_id": f"{node}_{key}",
                "state_topic": f"{prefix}/state",
                "availability_topic": f"{prefix}/availability",
                "device": {
                    "identifiers": [node],
                    "name": prefix,
                    "model": "music-genre classifier",
                    "sw_version": livegenre.__version__,
                },
                "origin": {"name": "livegenre", "sw_version": livegenre.__version__},
            },
        )


_SENSORS: dict[str, dict[str, Any]] = {
    "label": {"value_template": "{{ value_json.label }}", "icon": "mdi:music"},
    "state": {
        "value_template": "{{ value_json.state }}",
        "icon": "mdi:ear-hearing",
        "device_class": "enum",
        "options": list(get_args(State)),
    },
    "confidence": {
        "value_template": "{{ (value_json.posterior * 100) | round(0) | int"
        " if value_json.label else none }}",  # 0 % would count as measured
        "icon": "mdi:gauge",
        "unit_of_measurement": "%",
        "state_class": "measurement",
    },
}


def _identifier(prefix: str) -> str:
    """Spell a prefix in letters, digits and underscores, each prefix in its own way."""
    return re.sub(r"[^0-9A-Za-z]", lambda sign: f"_{ord(sign[0]):x}_", prefix)
