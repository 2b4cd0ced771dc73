"""A broker is told the present answer and its changes, and that livegenre is there."""

import json
import secrets
from typing import Any

from livegenre.decision import Decision
from livegenre.outputs.base import EVERYTHING, Change, DeviceChange, End, Event, Header
from livegenre.outputs.home_assistant import discovery
from livegenre.outputs.mqtt_address import Broker
from livegenre.outputs.mqtt_connection import Connection, Will, trusted

ONLINE, OFFLINE = "online", "offline"


class Mqtt:
    """Keeps a broker's topics up to date; made anew whenever the broker is there again.

    - ``PREFIX/state``, retained: the present answer, in JSON; null while nothing is heard
    - ``PREFIX/change``: a change of the answer, in JSON, as JSON Lines have it
    - ``PREFIX/availability``, retained: online or offline, also when livegenre is killed
    - ``homeassistant/sensor/.../config``, retained: what makes Home Assistant show it

    Parameters
    ----------
    broker : Broker
    ca : str, optional
        PEM file of the only authorities to trust; else the system's are.

    Raises
    ------
    OutputError
        If that file cannot be read.
    """

    wants = EVERYTHING

    def __init__(self, broker: Broker, *, ca: str | None = None) -> None:
        self.name = f"MQTT to {broker}"
        self._broker = broker
        self._tls = trusted(ca) if broker.tls else None
        # One for all connections, or the will of a broken one might come after the next began.
        self._client_id = f"livegenre{secrets.token_hex(6)}"
        self._connection: Connection | None = None
        self._session: dict[str, str] = {}
        self._decision: Decision | None = None
        self._told = ""

    def connect(self) -> None:
        """Connect and log in."""
        will = Will(self._topic("availability"), OFFLINE)
        self._connection = Connection(
            self._broker, client_id=self._client_id, will=will, tls=self._tls
        )
        self._connection.open()

    def start(self, header: Header) -> None:
        """Publish all that is retained, and watch over it."""
        if not self._session:  # else another model may have taken the first one's place
            self._session = {
                "source": header.source,
                "model": header.model,
                "start_time": header.start_time,
            }
        self._told = ""
        self._tell_state()
        for topic, sensor in discovery(self._broker.prefix):
            self._publish(topic, json.dumps(sensor), retain=True)
        self._tell_availability(ONLINE)
        assert self._connection is not None
        self._connection.subscribe(self._topic("availability"))

    def show(self, decision: Decision) -> None:
        """Take the present answer, for ``idle`` to publish."""
        self._decision = decision

    def change(self, change: Change) -> None:
        """Publish a change of the answer, and the answer before it."""
        self._tell_state()
        values = {
            "time": round(change.time, 6),
            "from": change.before,
            "to": change.after,
            "state": change.state,
            "posterior": round(change.posterior, 6),
            "duration": round(change.duration, 6),
        }
        self._publish(self._topic("change"), json.dumps(values), retain=False)

    def device(self, change: DeviceChange) -> None:
        """Take the answer back where no sound comes any more."""
        if change.state in ("stalled", "reconnecting"):
            self._decision = None

    def event(self, event: Event) -> None:
        """Take the name of another model."""
        if event.kind == "model":
            self._session["model"] = str(event.values["model"])

    def end(self, end: End) -> None:
        """Publish the last answer and that livegenre is gone, and leave."""
        self._tell_state()
        self._tell_availability(OFFLINE)
        assert self._connection is not None
        self._connection.end()
        self._connection = None

    def idle(self) -> None:
        """Publish the present answer if it is another one, and keep the connection alive.

        Raises
        ------
        OutputError
            If the connection broke.
        """
        if self._connection is None:
            return
        if self._connection.read() == OFFLINE.encode():
            # Of another livegenre with this prefix, or of one that died long ago.
            self._tell_availability(ONLINE)
        self._tell_state()

    def close(self) -> None:
        """Break off what has not ended."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tell_state(self) -> None:
        state = json.dumps({**_answer(self._decision), **self._session})
        if state != self._told:
            self._publish(self._topic("state"), state, retain=True)
            self._told = state

    def _tell_availability(self, availability: str) -> None:
        self._publish(self._topic("availability"), availability, retain=True)

    def _publish(self, topic: str, payload: str, *, retain: bool) -> None:
        assert self._connection is not None
        self._connection.publish(topic, payload, retain=retain)

    def _topic(self, name: str) -> str:
        return f"{self._broker.prefix}/{name}"


def _answer(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {"state": None, "label": None, "posterior": 0.0, "since": None}
    return {
        "state": decision.state,
        "label": decision.label,
        # In per cent: whoever keeps each change of it would keep every step otherwise.
        "posterior": round(decision.posterior.get(decision.label or "", 0.0), 2),
        "since": round(decision.since, 3),
    }
