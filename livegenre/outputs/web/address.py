"""Where the page is served: what ``--web`` says, who can reach it, and the socket it opens."""

import errno
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from livegenre.errors import OutputError, UsageError

OWN_HOST = "127.0.0.1"
"""Where nobody but this computer's users can watch."""
_FORM = re.compile(r"(?:(\[[^\]]*\]|[^\[\]:/@\s]*):)?(\d{1,5})", re.ASCII)
"""HOST:PORT or PORT; an IPv6 host in brackets."""
_CURES = {
    errno.EADDRINUSE: "something is served there already; take another port: --web {next}",
    errno.EACCES: "ports below 1024 are the system's; take a higher one: --web {own}:8080",
    errno.EADDRNOTAVAIL: "this computer has no such address; take --web {own}:{port}",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A host as it was written, the address that it means, and a port."""

    host: str
    ip: IPv4Address | IPv6Address
    port: int
    """0 takes any free one."""

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Understand HOST:PORT, HOST being optional.

        Raises
        ------
        UsageError
            If it is neither, or there is no such host.
        """
        form = _FORM.fullmatch(text)
        if form is None or int(form[2]) > 65_535:
            raise UsageError(
                f"--web {text}: not HOST:PORT, such as {OWN_HOST}:8737"
                " (a file's name goes before --web)"
            )
        host = (form[1] or OWN_HOST).strip("[]")
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UsageError(f"--web {text}: there is no host {host}") from error
        numbers = [str(place[4][0]).partition("%")[0] for place in found]
        addresses = sorted(map(ip_address, numbers), key=lambda address: address.version)
        return cls(host, addresses[0], int(form[2]))

    @property
    def url(self) -> str:
        """The page's, for people; of all addresses of this computer, by its name."""
        host = socket.gethostname() if self.ip.is_unspecified else self.host
        return f"http://{Address(host, self.ip, self.port)}/"

    def listen(self) -> socket.socket:
        """Open the socket that takes connections; they wait until somebody serves it.

        Raises
        ------
        OutputError
            If that cannot be done, with what to do about it.
        """
        family = socket.AF_INET if self.ip.version == 4 else socket.AF_INET6
        try:
            return socket.create_server((str(self.ip), self.port), family=family)
        except OSError as error:
            reason = _CURES.get(error.errno or 0, error.strerror or str(error))
            another = Address(self.host, self.ip, self.port % 65_535 + 1)
            reason = reason.format(next=another, own=OWN_HOST, port=self.port)
            raise OutputError(f"--web {self}: {reason}") from error

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
