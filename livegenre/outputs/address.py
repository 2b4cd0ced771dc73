"""A place in the network, as people write it: a host and a port."""

import ipaddress
import re
from dataclasses import dataclass

from livegenre.errors import UsageError

_FORM = re.compile(r"(?:\[(?P<ip6>[^\[\]]+)\]|(?P<name>[^\[\]:@/?#%]+))(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Address:
    """A host, by name or number, and a port, 1..65535."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str, *, default_port: int | None = None) -> Address:
    """Read ``HOST:PORT``, with an IPv6 number in brackets.

    Parameters
    ----------
    text : str
    default_port : int, optional
        For a text without one, which is an error otherwise.

    Raises
    ------
    UsageError
        If that is no address; does not repeat the text, which may hold a secret in a wrong place.
    """
    found = _FORM.fullmatch(text)
    if not found or not text.isprintable() or " " in text:
        raise UsageError("no such address; write it as 192.168.1.5:9000, name:9000 or [::1]:9000")
    port = int(found["port"]) if found["port"] else default_port
    if port is None:
        raise UsageError("an address needs a port, as in 192.168.1.5:9000")
    if not 0 < port < 65_536:
        raise UsageError("a port is a number from 1 to 65535")
    return Address(_ip6(found["ip6"]) if found["ip6"] else _name(found["name"]), port)


def _ip6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise UsageError("no IPv6 number stands in the brackets; write it as [::1]:9000") from None


def _name(text: str) -> str:
    """Return a name that can be looked up, whether it is there or not."""
    try:
        text.encode("idna")  # as the resolver does: fails for what is no text, too long or empty
    except UnicodeError:
        raise UsageError("no computer can be called that; see the host in the address") from None
    return text
