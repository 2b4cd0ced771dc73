"""Settings in a file mean what the same words mean on the command line, which wins."""

import json
import os
import string
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegenre.arguments import parse
from livegenre.config import InForce, default_path
from livegenre.config.report import to_json
from livegenre.errors import UsageError

Values: TypeAlias = dict[str, Any]

SWITCHES = {"listen": ("wait",), "replay": ("loop", "play", "verify")}
TEXTS = {"listen": ("device", "record"), "replay": ("raw",)}
COMMON_SWITCHES = ("headless", "plain", "mono", "no-scroll-ops")
COMMON_TEXTS = ("channel", "model", "corrections", "jsonl")

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(
    lambda value: not value.startswith("~/")
)
seconds = st.integers(0, 1_000_000) | st.floats(0, 1e6)
numbers = {
    "gain": st.integers(-60, 60) | st.floats(-60, 60),
    "duration": st.floats(0, 1e6, exclude_min=True),
    "silence": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "unsure": st.floats(0, 1),
    "smoothing": seconds,
    "hold": seconds,
    "fps": st.integers(1, 30),
}


def settings_of(command: str) -> st.SearchStrategy[Values]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        **dict.fromkeys((*SWITCHES[command], *COMMON_SWITCHES), st.booleans()),
        **dict.fromkeys((*TEXTS[command], *COMMON_TEXTS), text),
        **numbers,
        "theme": st.sampled_from(["dark", "light"]),
        "ascii": st.booleans(),
    }
    if command == "replay":
        optional |= {"start": seconds, "speed": st.just("max") | st.floats(0.1, 100)}
    optional["silence"] = st.integers(-(2**63), 2**63 - 1) | st.floats(-1e300, 1e300)
    return st.fixed_dictionaries({}, optional=optional)


unhurried = settings(deadline=None, max_examples=50)
commands = st.sampled_from(["listen", "replay"])
runs = commands.flatmap(lambda command: st.tuples(st.just(command), settings_of(command)))
two_runs = commands.flatmap(
    lambda command: st.tuples(st.just(command), settings_of(command), settings_of(command))
)


def toml(values: Mapping[str, Any]) -> str:
    def written(value: object) -> str:
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

    return "".join(f"{key} = {written(value)}\n" for key, value in values.items())


def words(values: Mapping[str, Any]) -> list[str]:
    """Write settings as a person types them."""
    typed = []
    for key, value in values.items():
        if isinstance(value, bool):
            typed += [f"--{key}"] if value else []
        else:
            typed += [f"--{key}={value}"]
    return typed


def meant(arguments: Namespace) -> Values:
    """Return what was parsed, but for how the file was named."""
    named = ("config", "no_config", "settings_file")
    return {name: value for name, value in vars(arguments).items() if name not in named}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    path = tmp_path_factory.mktemp("config") / "config.toml"

    def write(content: str) -> str:
        path.write_text(content, encoding="utf-8", newline="")
        return str(path)

    return write


@unhurried
@given(run=runs)
def test_a_file_means_what_its_words_mean(
    store: Callable[[str], str], run: tuple[str, Values]
) -> None:
    command, values = run
    expected = meant(parse([command, "--no-config", *words(values)]))
    for content in (toml(values), f"[{command}]\n{toml(values)}"):
        assert meant(parse([command, "--config", store(content)])) == expected


@unhurried
@given(run=two_runs)
def test_the_command_line_wins(
    store: Callable[[str], str], run: tuple[str, Values, Values]
) -> None:
    command, stored, typed = run
    both = {**stored, **{key: value for key, value in typed.items() if value is not False}}
    path = store(toml(stored))
    expected = meant(parse([command, "--no-config", *words(both)]))
    assert meant(parse([command, "--config", path, *words(typed)])) == expected


@unhurried
@given(run=two_runs)
def test_a_commands_table_wins_over_what_is_for_all(
    store: Callable[[str], str], run: tuple[str, Values, Values]
) -> None:
    command, common, own = run
    path = store(f"{toml(common)}[{command}]\n{toml(own)}")
    expected = meant(parse([command, "--no-config", *words({**common, **own})]))
    assert meant(parse([command, "--config", path])) == expected


@unhurried
@given(run=runs)
def test_what_is_shown_can_be_a_file_again(
    store: Callable[[str], str], run: tuple[str, Values]
) -> None:
    command, values = run
    values = {key: v for key, v in values.items() if not isinstance(v, str) or v.isalnum()}
    arguments = parse(["config", "show", command, "--config", store(toml(values))])
    shown = json.loads(to_json(arguments.in_force))["settings"]
    again = {key: s["value"] for key, s in shown.items() if s["value"] is not None}
    expected = meant(parse([command, "--no-config", *words(values)]))
    assert meant(parse([command, "--config", store(toml(again))])) == expected


@unhurried
@given(content=st.text(st.characters(exclude_categories=["Cs"])) | st.text(string.printable))
def test_no_file_does_worse_than_a_usage_error(store: Callable[[str], str], content: str) -> None:
    with suppress(UsageError):
        parse(["listen", "--config", store(content)])


toml_value = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@unhurried
@given(key=st.sampled_from(["wait", "gain", "theme", "model", "fps", "listen"]), value=toml_value)
def test_no_value_does_worse_than_a_usage_error(
    store: Callable[[str], str], key: str, value: Any
) -> None:
    with suppress(UsageError):
        parse(["listen", "--config", store(toml({key: value}))])


def in_force(*argv: str) -> dict[str, tuple[object, str, int | None]]:
    found: InForce = parse(["config", "show", *argv]).in_force
    return {s.key: (s.value, s.origin, s.line) for s in found.settings}


def test_where_a_setting_comes_from_is_known(store: Callable[[str], str]) -> None:
    path = store('model = "tags"\n\n[listen]\ngain = 3\nchannel = "left"\n')
    found = in_force("listen", "--config", path, "--channel", "2")
    assert found["model"] == ("tags", "file", 1)
    assert found["gain"] == (3.0, "file", 4)
    assert found["channel"] == ("2", "command line", None)
    assert found["hold"] == (None, "default", None)
    assert in_force("replay", "--config", path)["gain"] == (0.0, "default", None)


def test_a_word_that_is_the_default_still_comes_from_the_command_line() -> None:
    assert in_force("replay", "--speed", "1")["speed"] == (1.0, "command line", None)


@pytest.mark.parametrize("flags", [[], ["--model", "tags"], ["--no-config", "--gain=3"]])
def test_what_is_shown_where_no_command_is_named_is_what_listen_would_do(flags: list[str]) -> None:
    assert in_force(*flags) == in_force("listen", *flags)


def test_help_and_wrong_commands_of_show_are_told_as_ever(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words, code in ((["--help"], 0), (["dance"], 2)):
        with pytest.raises(SystemExit) as ended:
            parse(["config", "show", *words])
        assert ended.value.code == code
        assert "listen" in "".join(capsys.readouterr())


def test_a_switch_of_the_file_can_be_undone(store: Callable[[str], str]) -> None:
    path = store("headless = true\nno-scroll-ops = true\n")
    switched = parse(["replay", "--config", path])
    assert (switched.headless, switched.no_scroll_ops) == (True, True)
    undone = parse(["replay", "--config", path, "--no-headless", "--scroll-ops"])
    assert (undone.headless, undone.no_scroll_ops) == (False, False)


def test_a_word_takes_the_place_of_its_rival_in_the_file(store: Callable[[str], str]) -> None:
    path = store("ascii = true\n")
    arguments = parse(["replay", "--config", path, "--unicode"])
    assert (arguments.ascii, arguments.unicode) == (False, True)
    assert parse(["replay", "--config", path, "--no-unicode"]).ascii


def test_a_table_takes_the_place_of_a_rival_that_is_for_all(store: Callable[[str], str]) -> None:
    path = store("ascii = true\n[replay]\nunicode = true\n")
    arguments = parse(["replay", "--config", path])
    assert (arguments.ascii, arguments.unicode) == (False, True)
    assert parse(["listen", "--config", path]).ascii


def test_what_only_one_command_has_may_stand_for_all(store: Callable[[str], str]) -> None:
    path = store('speed = "max"\ndevice = 3\n')
    assert parse(["listen", "--config", path]).device == "3"
    assert parse(["replay", "--config", path]).speed == float("inf")


def test_a_tilde_is_home_as_in_the_shell(
    store: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    path = store('jsonl = "~/log.jsonl"\nmodel = "a~/b"\n')
    arguments = parse(["replay", "--config", path])
    assert (arguments.jsonl, arguments.model) == ("/home/me/log.jsonl", "a~/b")


@pytest.fixture
def of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's own settings are looked for; nothing is there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = default_path()
    assert path is not None
    if not path.is_relative_to(tmp_path):
        pytest.skip("the user's folder is elsewhere on this system")
    path.parent.mkdir()
    return path


def test_the_users_own_file_needs_no_flag(of_the_user: Path, store: Callable[[str], str]) -> None:
    assert parse(["listen"]).model == "cnn"
    of_the_user.write_text('model = "tags"\n')
    assert parse(["listen"]).model == "tags"
    assert parse(["listen", "--no-config"]).model == "cnn"
    assert parse(["listen", "--config", store('model = "classic"')]).model == "classic"


def test_other_commands_read_no_settings(of_the_user: Path) -> None:
    of_the_user.write_text("this is no TOML")
    assert parse(["models"]).command == "models"
    with pytest.raises(UsageError):
        parse(["replay"])


def test_help_needs_no_settings(of_the_user: Path) -> None:
    of_the_user.write_text("this is no TOML")
    with pytest.raises(SystemExit) as ended:
        parse(["replay", "--help"])
    assert ended.value.code == 0


def test_a_folder_that_may_not_be_entered_is_told(of_the_user: Path) -> None:
    of_the_user.parent.rmdir()
    of_the_user.parent.symlink_to(of_the_user.parent)
    with pytest.raises(UsageError, match=r"config\.toml: .*--no-config"):
        parse(["listen"])


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="settings are read from there"):
        parse(["listen", "--config", os.fspath(tmp_path / name)])


def test_a_user_without_a_home_has_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    assert default_path() is None
    assert parse(["listen"]).model == "cnn"
