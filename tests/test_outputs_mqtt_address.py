"""A broker's URL is read whole, and no part of it that may be secret is ever repeated."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.errors import UsageError
from livegenre.outputs.address import Address
from livegenre.outputs.mqtt_address import Broker, parse_broker

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
PREFIXES = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="+#$/"),
    min_size=1,
    max_size=20,
)


def test_only_the_host_is_needed() -> None:
    assert parse_broker("mqtt://nas") == Broker(
        Address("nas", 1883), tls=False, user=None, password=None, prefix="livegenre"
    )
    assert parse_broker("MQTTS://nas/").address == Address("nas", 8883)


def test_all_of_it() -> None:
    assert parse_broker("mqtts://me:p%40ss%2F%3A@[::1]:1/home/kitchen/") == Broker(
        Address("::1", 1), tls=True, user="me", password="p@ss/:", prefix="home/kitchen"
    )


def test_signs_that_cannot_be_misread_need_no_percents() -> None:
    broker = parse_broker("mqtt://me:a:b@c@nas")
    assert (broker.user, broker.password) == ("me", "a:b@c")


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("mqtt://me@nas", "spare"),
        ("mqtt://me:own@nas", "own"),
        ("mqtt://me:@nas", ""),
        ("mqtt://nas", None),
    ],
)
def test_spare_password_is_for_a_user_without_one(url: str, password: str | None) -> None:
    assert parse_broker(url, spare_password="spare").password == password


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nas",
        "nas:1883",
        "http://nas",
        "mqtt:nas",
        "mqtt://",
        "mqtt://nas:port",
        "mqtt://nas:0",
        "mqtt://:secret@nas",
        "mqtt://me:secret@",
        "mqtt://me:secret@nas:0",
        "mqtt://me:secret@nas?x=1",
        "mqtt://me:se#cret@nas",
        "mqtt://me:123/secret@nas",
        "mqtt://me:secret%ff@nas",
        "mqtt://me:secret\udcff@nas",
        "mqtt://m%00e:secret@nas",
        f"mqtt://me:secret{'t' * 65_536}@nas",
        "mqtt://nas/a%2Bb",
        "mqtt://nas/%23",
        "mqtt://nas/$SYS",
        "mqtt://nas/a%0Ab",
        f"mqtt://nas/{'a' * 201}",
    ],
)
def test_what_means_nothing_is_wrong_usage_and_is_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_broker(url)
    assert "secret" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_spare_password_that_cannot_be_sent_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="UTF-8"):
        parse_broker("mqtt://me@nas", spare_password="\udcff")


def test_neither_words_nor_debuggers_show_the_login() -> None:
    broker = parse_broker("mqtts://me:secret@nas/kitchen")
    assert str(broker) == "mqtts://nas:8883/kitchen"
    assert "secret" not in repr(broker)


@settings(deadline=None)
@given(user=WORDS.filter(lambda word: "\0" not in word), password=WORDS, prefix=PREFIXES)
def test_what_is_encoded_is_decoded(user: str, password: str, prefix: str) -> None:
    url = f"mqtt://{quote(user, safe='')}:{quote(password, safe='')}@nas/{quote(prefix, safe='')}"
    broker = parse_broker(url)
    assert (broker.user, broker.password, broker.prefix) == (user, password, prefix)


@settings(deadline=None)
@given(
    text=st.text(), scheme=st.sampled_from(["", "mqtt://", "mqtts://", "mqtt://a@", "mqtt://a/"])
)
def test_any_text_is_a_broker_or_wrong_usage(text: str, scheme: str) -> None:
    try:
        broker = parse_broker(scheme + text)
    except UsageError:
        return
    assert str(broker).isprintable()
