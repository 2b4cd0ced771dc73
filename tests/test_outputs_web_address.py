"""Where the page is served: what is understood, what is refused, and with which cure."""

import socket

import pytest

from livegenre.errors import OutputError, UsageError
from livegenre.outputs.web.address import Address


@pytest.mark.parametrize(
    ("text", "host", "ip", "port"),
    [
        ("127.0.0.1:8737", "127.0.0.1", "127.0.0.1", 8737),
        ("localhost:80", "localhost", "127.0.0.1", 80),
        ("9000", "127.0.0.1", "127.0.0.1", 9000),
        (":9000", "127.0.0.1", "127.0.0.1", 9000),
        ("[::1]:65535", "::1", "::1", 65535),
        ("0.0.0.0:0", "0.0.0.0", "0.0.0.0", 0),
    ],
)
def test_host_and_port(text: str, host: str, ip: str, port: int) -> None:
    address = Address.parse(text)
    assert (address.host, str(address.ip), address.port) == (host, ip, port)


@pytest.mark.parametrize(
    "text", ["song.mp3", "127.0.0.1:65536", "127.0.0.1:", "a:b:1", "http://a:80", "", "::1:80", "٣"]
)
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"not HOST:PORT, such as 127\.0") as refused:
        Address.parse(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 300])
def test_a_host_that_is_not_there_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match=f"there is no host {host}"):
        Address.parse(f"{host}:80")


def test_url_is_one_that_a_browser_can_open() -> None:
    assert Address.parse("[::1]:8737").url == "http://[::1]:8737/"
    assert Address.parse("localhost:8737").url == "http://localhost:8737/"
    assert Address.parse("0.0.0.0:1").url == f"http://{socket.gethostname()}:1/"


def test_port_in_use_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError) as refused:
            Address.parse(f"127.0.0.1:{port}").listen()
    assert str(refused.value) == (
        f"--web 127.0.0.1:{port}: something is served there already;"
        f" take another port: --web 127.0.0.1:{port % 65_535 + 1}"
    )


def test_address_of_another_computer_names_the_cure() -> None:
    with pytest.raises(OutputError, match=r"no such address; take --web 127\.0\.0\.1:8737$"):
        Address.parse("192.0.2.1:8737").listen()
