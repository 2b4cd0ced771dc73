"""Who may come in: hosts, origins and tokens."""

import socket

import pytest
from websockets.datastructures import Headers

from livegenre.outputs.web.address import Address
from livegenre.outputs.web.gate import Gate

HERE = Gate(Address.parse("127.0.0.1:8737"), None)
EVERYWHERE = Gate(Address.parse("0.0.0.0:8737"), "sesame ü")


def headers(host: str | None = "127.0.0.1:8737", **others: str) -> Headers:
    return Headers(({} if host is None else {"Host": host}) | others)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8737", "127.0.0.1", "localhost:9000", "LOCALHOST:8737", "[::1]:8737"]
)
def test_this_computer_is_here(host: str) -> None:
    assert not HERE.refuses_place(headers(host))


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example:8737",
        "localhost.evil.example",
        "127.0.0.1.nip.io:8737",
        "192.168.1.7:8737",
        "evil@127.0.0.1",
        "127.0.0.1:8737/",
        "127.0.0.1:x",
        "[::1",
        "127.0.0.1:8737, evil.example",
    ],
)
def test_any_other_host_is_not(host: str | None) -> None:
    assert HERE.refuses_place(headers(host))


def test_two_hosts_are_refused() -> None:
    assert HERE.refuses_place(Headers([("Host", "127.0.0.1:8737"), ("Host", "127.0.0.1:8737")]))


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8737", "https://127.0.0.1:8737"])
def test_own_page_may_ask(origin: str) -> None:
    assert not HERE.refuses_place(headers(Origin=origin))


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://evil.example",
        "http://127.0.0.1:80",
        "http://127.0.0.1:8737.evil.example",
    ],
)
def test_page_of_another_place_may_not(origin: str) -> None:
    assert HERE.refuses_place(headers(Origin=origin))


def test_own_page_under_another_own_name_may_not() -> None:
    assert HERE.refuses_place(headers("localhost:8737", Origin="http://127.0.0.1:8737"))


@pytest.mark.parametrize("host", ["192.168.1.7:8737", "[fe80::1]:8737", "localhost:8737"])
def test_from_elsewhere_this_computer_has_all_its_numbers(host: str) -> None:
    assert not EVERYWHERE.refuses_place(headers(host))


def test_from_elsewhere_this_computer_has_its_name() -> None:
    assert not EVERYWHERE.refuses_place(headers(f"{socket.gethostname().upper()}:8737"))


def test_from_elsewhere_it_has_no_name_of_a_stranger() -> None:
    assert EVERYWHERE.refuses_place(headers("evil.example:8737"))


def test_without_a_token_nobody_needs_one() -> None:
    assert not HERE.refuses_token(headers(), "")


@pytest.mark.parametrize(
    ("query", "authorization"),
    [
        ("token=sesame%20%C3%BC", None),
        ("theme=full&token=sesame+%C3%BC", None),
        ("", "Bearer sesame \u00c3\u00bc"),
        ("", "bearer  sesame \u00c3\u00bc"),
        ("token=wrong", "Bearer sesame \u00c3\u00bc"),
    ],
)
def test_token_is_in_the_query_or_the_header(query: str, authorization: str | None) -> None:
    given = headers() if authorization is None else headers(Authorization=authorization)
    assert not EVERYWHERE.refuses_token(given, query)


@pytest.mark.parametrize(
    ("query", "authorization"),
    [
        ("", None),
        ("token=", None),
        ("token=sesame", None),
        ("Token=sesame%20%C3%BC", None),
        ("", "Basic sesame \u00c3\u00bc"),
        ("", "sesame \u00c3\u00bc"),
        ("&".join(["token=sesame%20%C3%BC"] * 1_000), None),
    ],
)
def test_any_other_token_is_refused(query: str, authorization: str | None) -> None:
    given = headers() if authorization is None else headers(Authorization=authorization)
    assert EVERYWHERE.refuses_token(given, query)
