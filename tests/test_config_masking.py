"""No secret that can be told from its surroundings is printed."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.config.masking import is_secret, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt://me:hunter2@host:1883/x", "mqtt://me:***@host:1883/x"),
        ("mqtt://me:hun/t@r2@host", "mqtt://me:***@host"),
        ("https://host/hook?a=1&token=abc&b=2", "https://host/hook?a=1&token=***&b=2"),
        ("curl -H 'Authorization: Bearer abc.def' x", "curl -H 'Authorization: Bearer ***' x"),
        ("Address(host='h', password='a b')", "Address(host='h', password=***)"),
        ('{"api_key": "abc"}', '{"api_key": ***}'),
        ("http://host:8080/path", "http://host:8080/path"),
        ("me@host", "me@host"),
        (
            "argument --web-token: expected one argument",
            "argument --web-token: expected one argument",
        ),
        ("PGPASSWORD=a,b;c psql; ls", "PGPASSWORD=*** psql; ls"),
        (r'sh -c "curl -d {\"password\":\"a b\"} x"', r'sh -c "curl -d {\"password\":***} x"'),
    ],
)
def test_secrets_are_hidden_and_nothing_else(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "curl -u me:p http://x --password q {label}",
            "curl -u me:*** http://x --password *** {label}",
        ),
        ("curl -ume:p --proxy-user=me:q x", "curl -ume:*** --proxy-user=me:*** x"),
        ("curl -fsSLu me:p x", "curl -fsSLu me:*** x"),
        ("curl -H 'Cookie: a=p; b=q' x", "curl -H 'Cookie: ***' x"),
        ("curl --user 'me:p q' x", "curl --user 'me:***' x"),
        ("curl --oauth2-bearer abc x", "curl --oauth2-bearer *** x"),
        ("curl -H 'X-Api-Key: abc' x", "curl -H 'X-Api-Key: ***' x"),
        ("curl -H 'Authorization: Basic abc' x", "curl -H 'Authorization: Basic ***' x"),
        ("curl -H Authorization:abc x", "curl -H Authorization:*** x"),
        (
            "curl https://api.telegram.org/bot1:A-b/send",
            "curl https://api.telegram.org/bot1:***/send",
        ),
        (
            "curl https://discord.com/api/webhooks/1/abc",
            "curl https://discord.com/api/webhooks/***",
        ),
        ("curl 'https://x/y?key=abc&q=1'", "curl 'https://x/y?key=***&q=1'"),
        ("wget --user=me --http-password=p,q x", "wget --user=me --http-password=*** x"),
        ("http -a 'me:p q' x", "http -a *** x"),
        (
            "mosquitto_pub -p 1883 -u me -P q -m {label}",
            "mosquitto_pub -p 1883 -u me -P *** -m {label}",
        ),
        ("mysql -P 3306 -pq -u me", "mysql -P 3306 -p*** -u me"),
        ("sshpass -p q ssh host", "sshpass -p *** ssh host"),
        ("redis-cli -a q set genre {label}", "redis-cli -a *** set genre {label}"),
        ("smbclient -U me%p //nas/x", "smbclient -U me%*** //nas/x"),
        ("'--password=p q' x", "'--password=***' x"),
        ("run --password --token p x", "run --password --token *** x"),
        ("run --password 'p q", "run --password ***"),
        ('sh -c "run --password p" "{label}"', 'sh -c "run --password ***" "{label}"'),
    ],
)
def test_secrets_of_commands_are_hidden(command: str, expected: str) -> None:
    assert masked(command) == expected


@pytest.mark.parametrize(
    "command",
    [
        "notify-send --urgency=low changed",
        "notify-send -u critical -a livegenre '{label}: now'",
        'notify-send -u normal "{label} {posterior:.0%}"',
        "date -u +%H:%M",
        "curl -u me http://host:8080/path",
        "crawl -u http://host:8080/path",
        "systemctl --user restart lights.service",
        "mkdir -p /tmp/genres",
        "rsync -a nas:/music .",
        "rsync -u nas:/music .",
        "ssh -p 22 nas play {label}",
        "docker login --password-stdin --token-file t host",
        "psql --no-password genres",
        "ffmpeg -pass 1 -af highpass=200 x",
        "say basic training",
        "play --tokenizer words --keymap de",
    ],
)
def test_commands_without_secrets_stay_as_they_are(command: str) -> None:
    assert masked(command) == command


@pytest.mark.parametrize("key", ["token", "mqtt-password", "api-key", "API-KEY", "web-token-file"])
def test_flags_that_hold_secrets_are_known_by_name(key: str) -> None:
    assert is_secret(key)


@pytest.mark.parametrize("key", ["model", "keymap", "monkey", "hold", "tokens-a-second"])
def test_other_flags_are_not(key: str) -> None:
    assert not is_secret(key)


letters = st.text("abcdefghijklmnopqrstuvwxyz0123456789!$%._-:@/", min_size=8, max_size=30)


@settings(deadline=None)
@given(password=letters, host=st.from_regex(r"[a-z]{1,9}(:[0-9]{2,5})?", fullmatch=True))
def test_no_password_of_an_address_comes_through(password: str, host: str) -> None:
    shown = masked(f"mqtt://me:{password}@{host}/topic")
    assert shown == f"mqtt://me:***@{host}/topic"


@settings(deadline=None)
@given(
    flag=st.sampled_from(
        [
            "--password ",
            "--passwd=",
            "--api-key ",
            "--token ",
            "--client-secret=",
            "-u me:",
            "--pw ",
        ]
    ),
    secret=st.text(min_size=1).map(lambda text: f"hunter{text}hunter"),
    before=st.lists(st.text("abc-/.:=", min_size=1)),
    is_nested=st.booleans(),
)
def test_no_word_after_a_flag_of_secrets_comes_through(
    flag: str, secret: str, before: list[str], is_nested: bool
) -> None:
    command = f"run {shlex.join(before)} {flag}{shlex.quote(secret)} x"
    if is_nested and not set(secret) & set("'\"\\"):  # no quotes in quotes in quotes
        command = f"sh -c {shlex.quote(command)}"
    assert "hunter" not in masked(command)
