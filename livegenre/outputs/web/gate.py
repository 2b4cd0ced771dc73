"""Who may come in: right host, right origin, right token.

A browser runs pages of strangers, which may ask for anything at this address: their own name made
to point here tells in ``Host``, a WebSocket of theirs in ``Origin``.
"""

import hmac
import re
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import parse_qsl

from livegenre.outputs.web.address import Address

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:@/\[\]\s]+)(:\d+)?", re.ASCII)
MOST_FIELDS = 16


class Headers(Protocol):
    """Headers of a request, as far as the gate reads them."""

    def get_all(self, key: str) -> Sequence[str]:
        """Return all values of a header, whatever its case."""


class Gate:
    """Lets in who asks for this very place and, where there is a token, knows it.

    Parameters
    ----------
    address : Address
        Where the page is served.
    token : str, optional
    """

    def __init__(self, address: Address, token: str | None) -> None:
        self._token = None if token is None else _bytes(token)
        self._by_number = not address.ip.is_loopback
        names = {"localhost", "127.0.0.1", "::1", address.host.lower(), str(address.ip)}
        if self._by_number:
            own = socket.gethostname().lower()
            names |= {own, f"{own.partition('.')[0]}.local"}
        self._names = names

    def refuses_place(self, headers: Headers) -> bool:
        """Tell whether a request is for another place, or comes from another one's page."""
        hosts = [host.lower() for host in headers.get_all("Host")]
        if len(hosts) != 1 or not self._is_here(hosts[0]):
            return True
        own = (f"http://{hosts[0]}", f"https://{hosts[0]}")
        return any(origin.lower() not in own for origin in headers.get_all("Origin"))

    def refuses_token(self, headers: Headers, query: str) -> bool:
        """Tell whether a request lacks the token, in ``?token=`` or ``Authorization: Bearer``."""
        if self._token is None:
            return False
        given = [value for name, value in _fields(query) if name == "token"]
        tokens = [_bytes(value) for value in given]
        for value in headers.get_all("Authorization"):
            scheme, _, credentials = value.partition(" ")
            if scheme.lower() == "bearer":
                tokens.append(credentials.strip().encode("latin-1", "replace"))
        # A list, not any(): how long it takes must not tell which one is right.
        return True not in [hmac.compare_digest(token, self._token) for token in tokens]

    def _is_here(self, host: str) -> bool:
        form = _HOST.fullmatch(host)
        if form is None:
            return False
        name = form[1].strip("[]")
        return name in self._names or (self._by_number and _is_number(name))


def _is_number(name: str) -> bool:
    """Tell an address from a name, which alone could be made to point here by a stranger."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _fields(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, errors="surrogateescape", max_num_fields=MOST_FIELDS)
    except ValueError:
        return []


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogateescape")
