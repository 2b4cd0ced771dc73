"""A file that makes no sense is told in one line: where, what, and what may have been meant."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from pathlib import Path

import pytest

from livegenre.arguments import parse
from livegenre.config import settle
from livegenre.config.flags import add_opposites, flags_of
from livegenre.errors import UsageError


def complaint(tmp_path: Path, content: str, command: str = "listen") -> str:
    """Return what is said of a file, without where the file is."""
    path = tmp_path / "config.toml"
    path.write_text(content)
    with pytest.raises(UsageError) as raised:
        parse([command, "--config", str(path)])
    where, _, rest = str(raised.value).partition("config.toml")
    assert where == f"{tmp_path}/"
    assert "\n" not in rest
    return rest


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("modle = 1", ", line 1: there is no flag 'modle'; did you mean model?"),
        ("gain = 1\n\nno_scroll_ops = true", ", line 3: there is no flag 'no_scroll_ops'; did"),
        ("[lisen]\ngain = 1", ", line 1: there is no flag 'lisen'; did you mean listen?"),
        ("[listen]\nsmothing = 1", ", line 2: there is no flag 'smothing'; did you mean smoothing"),
        ("[listen]\nspeed = 2", ", line 2: speed is no flag of listen; put it below [replay]"),
        ("xylophone = 1", ", line 1: there is no flag 'xylophone'; 'livegenre config show listen'"),
        ("config = 'x'", ", line 1: there is no flag 'config'; "),
        ("no-headless = true", ", line 1: there is no flag 'no-headless'; did you mean headless?"),
        ("help = true", ", line 1: there is no flag 'help'"),
        ("file = 'x'", ", line 1: there is no flag 'file'"),
        ("listen = 3", ", line 1: listen is a command; its flags stand below [listen]"),
    ],
)
def test_unknown_keys_are_told_with_the_nearest(
    tmp_path: Path, content: str, expected: str
) -> None:
    assert complaint(tmp_path, content).startswith(expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("headless = 'yes'", ", line 1: headless: true or false is wanted"),
        ("headless = 1", ", line 1: headless: true or false is wanted"),
        ("smoothing = true", ", line 1: smoothing: a number or text is wanted, not true"),
        ("model = ['tags']", ", line 1: model: one value is wanted, not a list"),
        ("model = 1979-05-27", ", line 1: model: a number or text is wanted"),
        ("[model]\nname = 1", ", line 1: model: a number or text is wanted"),
        ("jsonl = 'a\\u0000b'", None),
        ('jsonl = "a\\u0000b"', ", line 1: jsonl: no text may hold a NUL"),
        (f"device = 0x{'f' * 5000}", ", line 1: device: a number or text is wanted"),
    ],
)
def test_values_of_a_wrong_type_are_told(
    tmp_path: Path, content: str, expected: str | None
) -> None:
    if expected is None:
        path = tmp_path / "config.toml"
        path.write_text(content)
        assert parse(["listen", "--config", str(path)]).jsonl == "a\\u0000b"
    else:
        assert complaint(tmp_path, content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("smoothing = 'fast'", ", line 1: smoothing: 'fast' is not a number"),
        ("gain = 61", ", line 1: gain: 61 is not from -60 to 60"),
        ("unsure = nan", ", line 1: unsure: nan is not from 0 to 1"),
        ("[replay]\nspeed = 0", ", line 2: speed: 0 is not greater than 0, up to a million"),
        ("theme = 'red'", ", line 1: theme: invalid choice: 'red' (choose from "),
        ("ascii = true\nunicode = true", ", line 2: unicode: not allowed with argument --ascii"),
        ("silence = '''\n\n'''\ngain = 99", ", line 1: silence: '\\n' is not a number"),
    ],
)
def test_values_that_the_flag_refuses_are_told_in_its_words(
    tmp_path: Path, content: str, expected: str
) -> None:
    assert complaint(tmp_path, content).startswith(expected)


@pytest.mark.parametrize("command", ["listen", "replay"])
def test_all_of_the_file_must_make_sense_whatever_runs(tmp_path: Path, command: str) -> None:
    assert "line 2: wait: true" in complaint(tmp_path, "[listen]\nwait = 3", command)
    assert "line 2: loop: true" in complaint(tmp_path, "[replay]\nloop = 3", command)


def settled(tmp_path: Path, content: str, *words: str) -> Namespace:
    """Parse a command that has a flag of every kind that may yet come."""
    parser = ArgumentParser()
    run = parser.add_subparsers(dest="command").add_parser("run")
    run.add_argument("--config")
    run.add_argument("--no-config", action="store_true")
    run.add_argument("--port", type=int, default=80)
    run.add_argument("--osc", action="append")
    run.add_argument("--tag", action="extend", nargs="+")
    run.add_argument("--pair", nargs=2, type=float)
    run.add_argument("--web", nargs="?", const="8000", metavar="PORT")
    run.add_argument("--colour", action=BooleanOptionalAction, default=True)
    run.add_argument("-v", "--verbose", action="store_true")
    run.add_argument("--api-token", choices=["a", "b"])
    add_opposites(run)
    path = tmp_path / "config.toml"
    path.write_text(content)
    return settle(parser, {"run": run}, ["run", "--config", str(path), *words])


def test_flags_of_any_kind_need_no_code_of_their_own(tmp_path: Path) -> None:
    arguments = settled(
        tmp_path,
        "port = 8080\nosc = ['one', 'two']\ntag = [['a', 'b'], 'c']\npair = [1, 2.5]\n"
        "web = true\ncolour = false\nverbose = true",
    )
    assert arguments.port == 8080
    assert arguments.osc == ["one", "two"]
    assert arguments.tag == ["a", "b", "c"]
    assert arguments.pair == [1.0, 2.5]
    assert arguments.web == "8000"
    assert arguments.colour is False
    assert arguments.verbose is True


def test_words_take_the_place_of_a_list(tmp_path: Path) -> None:
    assert settled(tmp_path, "osc = ['one', 'two']", "--osc", "three").osc == ["three"]
    assert settled(tmp_path, "osc = 'one'").osc == ["one"]


def test_a_value_that_may_be_left_out_may_be_given(tmp_path: Path) -> None:
    assert settled(tmp_path, "web = 9000").web == "9000"
    assert settled(tmp_path, "web = false").web is None
    assert settled(tmp_path, "web = true\n[run]\nweb = false").web is None


def test_switches_can_be_undone_by_words(tmp_path: Path) -> None:
    arguments = settled(tmp_path, "colour = false\nverbose = true", "--colour", "--no-verbose")
    assert (arguments.colour, arguments.verbose) == (True, False)


def test_types_are_the_flags_own(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 1: port: invalid int value: '80\.5'"):
        settled(tmp_path, "port = 80.5")
    with pytest.raises(UsageError, match=r"line 1: pair: expected 2 arguments"):
        settled(tmp_path, "pair = [1]")


def test_a_secret_is_not_quoted_in_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        settled(tmp_path, "api-token = 'hunter2'")
    assert "line 1: api-token: invalid choice: ***" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_every_flag_may_stand_in_a_file() -> None:
    for command in ("listen", "replay"):
        shown = parse(["config", "show", command, "--no-config"]).in_force
        told = set(vars(parse([command, "--no-config"])))
        keys = {setting.key.replace("-", "_") for setting in shown.settings}
        assert told - keys <= {"command", "config", "no_config", "settings_file", "file"}
        assert keys <= told


def test_opposites_are_not_flags_of_a_file() -> None:
    parser = ArgumentParser()
    parser.add_argument("--loud", action="store_true")
    add_opposites(parser)
    assert list(flags_of(parser)) == ["loud"]
