"""An address is read as people write it, or refused in words that do not repeat it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.errors import UsageError
from livegenre.outputs.address import Address, parse_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.168.1.5:9000", "192.168.1.5", 9000),
        ("lights.local:1", "lights.local", 1),
        ("büro:65535", "büro", 65_535),
        ("[::1]:9000", "::1", 9000),
        ("[fe80::1%eth0]:9000", "fe80::1%eth0", 9000),
    ],
)
def test_name_or_number_and_port(text: str, host: str, port: int) -> None:
    assert parse_address(text) == Address(host, port)


def test_port_may_be_left_out_where_there_is_a_usual_one() -> None:
    assert parse_address("nas", default_port=1883) == Address("nas", 1883)
    assert parse_address("[::1]", default_port=1883) == Address("::1", 1883)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":9000",
        "nas",
        "nas:",
        "nas:0",
        "nas:65536",
        "nas:\uff19\uff10",
        "nas:9000/x",
        "::1:9000",
        "[::1:9000",
        "[nas]:9000",
        "a..b:9000",
        f"{'a' * 64}:9000",
        "two words:9000",
        "nas\x1b:9000",
        "[fe80::1%\x1b]:9000",
        "\udcff:9000",
    ],
)
def test_what_is_none_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_address(text)


@settings(deadline=None)
@given(st.ip_addresses(), st.integers(1, 65_535))
def test_every_number_reads_as_it_is_written(number: object, port: int) -> None:
    address = Address(str(number), port)
    assert parse_address(str(address)) == address


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_address_or_wrong_usage(text: str) -> None:
    try:
        address = parse_address(text, default_port=1)
    except UsageError:
        return
    assert str(address).isprintable()
    assert 0 < address.port < 65_536
