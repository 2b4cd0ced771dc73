"""A broker, as people write it: ``mqtt[s]://[user[:password]@]host[:port]/[prefix]``."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from livegenre.errors import UsageError
from livegenre.outputs.address import Address, parse_address

PORT, TLS_PORT = 1_883, 8_883
PREFIX = "livegenre"
LONGEST_PREFIX, LONGEST_LOGIN = 200, 65_535
"""In characters; in bytes of UTF-8, by the protocol."""
_FORM = re.compile(
    r"mqtt(?P<tls>s?)://(?:(?P<login>[^/?#]*)@)?(?P<place>[^/?#@]*)(?:/(?P<prefix>[^?#@]*))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is, who says so, and under which topics it is told."""

    address: Address
    tls: bool
    user: str | None
    password: str | None = field(repr=False)
    prefix: str

    def __str__(self) -> str:
        return f"mqtt{'s' if self.tls else ''}://{self.address}/{self.prefix}"


def parse_broker(text: str, *, spare_password: str | None = None) -> Broker:
    """Read a broker's URL, in which user, password and prefix are percent-encoded.

    Parameters
    ----------
    text : str
    spare_password : str, optional
        Taken where the text has a user but no password.

    Raises
    ------
    UsageError
        If the text means nothing; does not repeat it, for there may be a password in it.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise UsageError(
            "no such broker; write it as mqtt[s]://[user[:password]@]host[:port]/[prefix], "
            "with %40 for @, %2F for /, %3F for ? and %23 for # in user, password and prefix"
        )
    tls = bool(found["tls"])
    user, password = _login(found["login"] or "", spare_password)
    return Broker(
        address=parse_address(found["place"], default_port=TLS_PORT if tls else PORT),
        tls=tls,
        user=user,
        password=password,
        prefix=_prefix(found["prefix"] or ""),
    )


def _login(text: str, spare_password: str | None) -> tuple[str | None, str | None]:
    if not text:
        return None, None
    name, colon, secret = text.partition(":")
    user = _decoded(name, "the user")
    if not user or "\0" in user:
        raise UsageError("a password needs a user before it, as in user:password@host")
    if colon:
        return user, _decoded(secret, "the password")
    return user, None if spare_password is None else _sendable(spare_password, "the password")


def _prefix(text: str) -> str:
    prefix = _decoded(text, "the prefix").strip("/") or PREFIX
    if not prefix.isprintable() or set("+#") & set(prefix) or prefix.startswith("$"):
        raise UsageError("a prefix of topics has no +, # or control characters, nor $ at its head")
    if len(prefix) > LONGEST_PREFIX:
        raise UsageError(f"a prefix of topics has at most {LONGEST_PREFIX} characters")
    return prefix


def _decoded(text: str, what: str) -> str:
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise UsageError(f"{what} is no UTF-8 text") from None
    return _sendable(decoded, what)


def _sendable(text: str, what: str) -> str:
    try:
        n_bytes = len(text.encode())
    except UnicodeEncodeError:
        raise UsageError(f"{what} is no UTF-8 text") from None
    if n_bytes > LONGEST_LOGIN:
        raise UsageError(f"{what} is too long")
    return text
