"""One connection to a broker, by paho-mqtt, without its threads and its own reconnecting."""

import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from livegenre.errors import OutputError
from livegenre.outputs.mqtt_address import Broker

ANSWER_SECONDS = 5.0
"""How long a broker may take to answer."""
KEEPALIVE_SECONDS = 15
"""A broker that hears nothing for half as long again takes the client for dead."""

NO_MQTT = "what answers does not speak MQTT 3.1.1; see host and port"


@dataclass(frozen=True, slots=True)
class Will:
    """A retained message that the broker sends when the connection breaks."""

    topic: str
    payload: str


@dataclass(slots=True)
class _Heard:
    """What a broker said, put down by the client's callbacks."""

    welcome: bool = False
    refusal: str = ""
    message: bytes | None = None


class Connection:
    """Sends one message at a time and waits for the broker's word that it has it.

    Parameters
    ----------
    broker : Broker
    client_id : str
        A new connection with it ends the old one at once, will and all.
    will : Will
    tls : SSLContext, optional
        Needed where the broker has TLS.

    Raises
    ------
    OutputError
        From any call but ``close``, if the broker cannot be reached, refuses, breaks off or does
        not answer in time; the connection is of no use then, and only to be closed.
    """

    def __init__(
        self, broker: Broker, *, client_id: str, will: Will, tls: ssl.SSLContext | None
    ) -> None:
        self._broker = broker
        self._heard = _Heard()
        self._client = _client(broker, client_id, self._heard)
        self._client.will_set(will.topic, will.payload, qos=1, retain=True)
        if tls is not None:
            self._client.tls_set_context(tls)

    def open(self) -> None:
        """Connect and log in."""
        address = self._broker.address
        try:
            self._client.connect(address.host, address.port, KEEPALIVE_SECONDS)
        except OSError as error:
            raise OutputError(_why(error)) from error
        self._wait(lambda: self._heard.welcome)

    def publish(self, topic: str, payload: str, *, retain: bool) -> None:
        """Send a message, at least once."""
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        self._check(info.rc)
        self._wait(info.is_published)

    def subscribe(self, topic: str) -> None:
        """Have what is sent to a topic brought here, if the broker likes."""
        self._check(self._client.subscribe(topic)[0])

    def read(self) -> bytes | None:
        """Take what has come, and keep the connection alive; return the newest message, once."""
        self._turn(0.0)
        message, self._heard.message = self._heard.message, None
        return message

    def end(self) -> None:
        """Leave, so that the will is not sent."""
        self._check(self._client.disconnect())

    def close(self) -> None:
        """Break off, which has the broker send the will, unless this was ended. Never raises."""
        if (link := self._client.socket()) is not None:
            link.close()

    def _wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise OutputError("the broker does not answer")
            self._turn(left)

    def _turn(self, seconds: float) -> None:
        """Send and take what there is; wait for it that long at most."""
        try:
            code = self._client.loop(seconds)
        except (ValueError, LookupError, struct.error) as error:
            # So paho-mqtt before 2.2 takes what is no MQTT.
            raise OutputError(NO_MQTT) from error
        self._check(code)

    def _check(self, code: MQTTErrorCode) -> None:
        if self._heard.refusal:
            raise OutputError(
                f"the broker refuses the login ({self._heard.refusal}); see user and password"
            )
        if code == MQTTErrorCode.MQTT_ERR_PROTOCOL:
            raise OutputError(NO_MQTT)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OutputError(
                "the broker broke off" if self._heard.welcome else self._closed_door()
            )

    def _closed_door(self) -> str:
        other = "mqtt" if self._broker.tls else "mqtts"
        return f"the broker hangs up; is it {other}:// there?"


def trusted(ca: str | None) -> ssl.SSLContext:
    """Return whom to trust: the system's authorities, or only those of a PEM file.

    Raises
    ------
    OutputError
        If that file cannot be read.
    """
    if ca is None:
        return ssl.create_default_context()
    # The default is too strict, from Python 3.13 on, for the authorities that people make.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(ca)
    except ssl.SSLError as error:
        raise OutputError(f"--mqtt-ca {ca}: no certificate in PEM form is in it") from error
    except OSError as error:
        raise OutputError(f"--mqtt-ca {ca}: {error.strerror}") from error
    return context


def _client(broker: Broker, client_id: str, heard: _Heard) -> Client:
    # What the client holds must not hold the client, or its sockets would outlive the connection.
    client = Client(
        CallbackAPIVersion.VERSION2, client_id, userdata=heard, reconnect_on_failure=False
    )
    client.connect_timeout = ANSWER_SECONDS
    client.on_connect = _on_connect
    client.on_message = _on_message
    if broker.user is not None:
        client.username_pw_set(broker.user, broker.password)
    return client


def _on_connect(
    client: Client, heard: _Heard, flags: Any, code: ReasonCode, properties: Properties | None
) -> None:
    heard.welcome = not code.is_failure
    heard.refusal = str(code) if code.is_failure else ""


def _on_message(client: Client, heard: _Heard, message: MQTTMessage) -> None:
    heard.message = bytes(message.payload)


def _why(error: OSError) -> str:
    """Say in words why a broker cannot be reached."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the broker's certificate is not trusted ({error.verify_message}); "
            "for one of your own give its authority: --mqtt-ca FILE"
        )
    if isinstance(error, ssl.SSLError | ConnectionResetError):
        reason = getattr(error, "reason", None) or error.strerror
        return f"the broker does not speak TLS ({reason}); is it mqtt:// there?"
    return f"the broker cannot be reached ({error.strerror or 'it does not answer'})"
