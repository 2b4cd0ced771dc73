"""No secret that can be told from its surroundings is printed."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.config.masking import is_secret, masked, masked_command


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
        ("notify-send --urgency=low changed", "notify-send --urgency=low changed"),
    ],
)
def test_secrets_are_hidden_and_nothing_else(text: str, expected: str) -> None:
    assert masked(text) == expected


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


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("notify-send -a livegenre '{label}'", "notify-send -a *** {label}"),
        ("say {label} {posterior:.0%} now", "say {label} {posterior:.0%} ***"),
        ("curl -u me:p http://x --password q", "curl -u *** *** --password ***"),
        ("curl -sume:p --user=me:q -H 'X-Api-Key: abc' x", "curl -s*** --user=*** -H *** ***"),
        ("""sh -c 'curl -d "{{\\"token\\": 1}}" x'""", "sh -c ***"),
        ("'cut off", "***"),
        ("", "***"),
    ],
)
def test_of_a_command_its_program_flags_and_fields_are_shown(command: str, expected: str) -> None:
    assert masked_command(command) == expected


@settings(deadline=None)
@given(st.lists(st.text(min_size=1).map(lambda text: f"hunter{text}"), min_size=1))
def test_no_argument_of_a_command_comes_through(secrets: list[str]) -> None:
    words = [word for secret in secrets for word in (secret, f"-p{secret}", f"--key={secret}")]
    assert "hunter" not in masked_command(shlex.join(["run", *words]))
