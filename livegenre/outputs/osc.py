"""Open Sound Control over UDP: every decision and change, for lights and music programs."""

import re
import socket
from collections.abc import Iterable, Iterator
from typing import Any

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.outputs.address import Address
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header

DATAGRAM_BYTES = 1_452
"""What Ethernet and Wi-Fi carry in one piece, over IPv6 too: the loss of a piece loses all."""
BUNDLE_BYTES, ELEMENT_BYTES = 16, 4
"""Of a bundle's own beginning, and before each message in it."""
_FORBIDDEN = re.compile(r"[^!-~]|[#*,/?\[\]{}]")


class Osc:
    """Sends a bundle a step; whether anybody receives it is not known, nor waited for.

    - ``/livegenre/state``: genre, unsure, not_music or silence
    - ``/livegenre/label``: the label; empty where there is none
    - ``/livegenre/posterior/LABEL``: smoothed, for every label; 0 in silence
    - ``/livegenre/change``: the answer before, empty at first; the answer now; its posterior

    Parameters
    ----------
    address : Address
    """

    wants = frozenset({"start", "show", "change"})

    def __init__(self, address: Address) -> None:
        self.name = f"OSC to {address}"
        self._address = address
        self._socket: socket.socket | None = None
        self._target: tuple[Any, ...] = ()
        self._names: dict[str, str] = {}

    def connect(self) -> None:
        """Look the host up; of an IPv4 and an IPv6 number IPv4, which more programs hear.

        Raises
        ------
        OutputError
            If its name is not known, or may not be asked for, now.
        """
        try:
            found = socket.getaddrinfo(
                self._address.host, self._address.port, type=socket.SOCK_DGRAM
            )
            family, kind, protocol, _, self._target = min(
                found, key=lambda place: place[0] != socket.AF_INET
            )
            # Not bound to its target, so that nobody's being there is no error.
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        except OSError as error:
            raise OutputError(f"this address does not work ({error.strerror})") from error

    def start(self, header: Header) -> None:
        """Take the labels."""
        self._names = safe_names(header.labels)

    def show(self, decision: Decision) -> None:
        """Send a decision."""
        if decision.posterior and decision.posterior.keys() != self._names.keys():
            self._names = safe_names(decision.posterior)  # another model
        self._send(
            [
                _message("state", decision.state),
                _message("label", decision.label or ""),
                *(
                    _message(f"posterior/{name}", decision.posterior.get(label, 0.0))
                    for label, name in self._names.items()
                ),
            ]
        )

    def change(self, change: Change) -> None:
        """Send a change of the answer."""
        self._send([_message("change", change.before or "", change.after, change.posterior)])

    def device(self, change: DeviceChange) -> None:
        """Send nothing."""

    def event(self, event: Event) -> None:
        """Send nothing."""

    def end(self, end: End) -> None:
        """Send nothing."""

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, messages: Iterable[OscMessage]) -> None:
        assert self._socket is not None
        try:
            for datagram in bundles(messages):
                self._socket.sendto(datagram, self._target)
        except OSError as error:
            raise OutputError(f"nothing can be sent there ({error.strerror})") from error


def safe_names(labels: Iterable[str]) -> dict[str, str]:
    """Return for each label a name that an OSC address may hold, and no other label has."""
    names: dict[str, str] = {}
    for label in labels:
        name = plain = _FORBIDDEN.sub("_", label) or "_"
        number = 1
        while name in names.values():
            number += 1
            name = f"{plain}_{number}"
        names[label] = name
    return names


def bundles(messages: Iterable[OscMessage]) -> Iterator[bytes]:
    """Yield messages in bundles, as many to each as a datagram holds, in order."""
    waiting: list[OscMessage] = []
    n_bytes = BUNDLE_BYTES
    for message in messages:
        if waiting and n_bytes + ELEMENT_BYTES + message.size > DATAGRAM_BYTES:
            yield _bundle(waiting)
            waiting, n_bytes = [], BUNDLE_BYTES
        waiting.append(message)
        n_bytes += ELEMENT_BYTES + message.size
    if waiting:
        yield _bundle(waiting)


def _bundle(messages: Iterable[OscMessage]) -> bytes:
    builder = OscBundleBuilder(IMMEDIATELY)
    for message in messages:
        builder.add_content(message)
    return builder.build().dgram


def _message(name: str, *values: str | float) -> OscMessage:
    builder = OscMessageBuilder(f"/livegenre/{name}")
    for value in values:
        # What is no text, as a folder's name can be that became a label, cannot be sent.
        builder.add_arg(
            value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        )
    return builder.build()
