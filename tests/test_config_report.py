"""``livegenre config`` as people and programs read it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from livegenre.config import InForce, Setting
from livegenre.config.report import table_lines, to_json
from livegenre.decision import Decider
from livegenre.outputs.changes import HOLD_SECONDS
from livegenre.screen.pace import FRAMES_PER_SECOND

SETTINGS = [
    Setting("model", "tags", "file", 2),
    Setting("speed", float("inf"), "command line", None),
    Setting("theme", None, "default", None),
    Setting("headless", True, "file", 3),
    Setting("mqtt", "mqtt://me:hunter2@host", "file", 4),
    Setting("web-token", "hunter2", "file", 5),
    Setting("osc", ["a:1", "b:2"], "default", None),
    Setting("step", None, "default", None, means="the model's"),
]
IN_FORCE = InForce("replay", Path("/etc/config.toml"), SETTINGS)


def test_people_see_a_table() -> None:
    assert list(table_lines(IN_FORCE)) == [
        "livegenre replay; file: /etc/config.toml",
        '  model      "tags"                file, line 2',
        '  speed      "max"                 command line',
        "  theme      -                     default",
        "  headless   true                  file, line 3",
        '  mqtt       "mqtt://me:***@host"  file, line 4',
        '  web-token  "***"                 file, line 5',
        '  osc        ["a:1", "b:2"]        default',
        "  step       the model's           default",
    ]


def test_letters_of_any_alphabet_are_shown_and_controls_are_not() -> None:
    settings = [
        Setting("device", "Mikrofon für Übung", "default", None),
        Setting("model", "\x9b2J", "default", None),
    ]
    _, device, model = table_lines(InForce("listen", None, settings))
    assert '"Mikrofon für Übung"' in device
    assert r'"\u009b2J"' in model


def test_programs_see_json() -> None:
    told = json.loads(to_json(IN_FORCE))
    settings = told["settings"]
    assert (told["command"], told["file"]) == ("replay", "/etc/config.toml")
    assert settings["model"] == {"value": "tags", "origin": "file", "line": 2}
    assert settings["speed"] == {"value": "max", "origin": "command line"}
    assert settings["osc"]["value"] == ["a:1", "b:2"]
    assert settings["theme"] == {"value": None, "origin": "default"}
    assert settings["step"]["means"] == "the model's"
    assert "hunter2" not in to_json(IN_FORCE)
    assert json.loads(to_json(IN_FORCE._replace(path=None)))["file"] is None


def livegenre(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livegenre", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | environment,
    )


def test_what_is_in_force_is_shown(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[listen]\ngain = 3\n")
    path = str(tmp_path / "mine.toml")
    done = livegenre("config", "show", "listen", "--config", path, "--model", "tags")
    assert done.returncode == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["gain", "3.0", "file,", "line", "2"] in lines
    assert ["model", '"tags"', "command", "line"] in lines
    done = livegenre("config", "show", "listen", "--json", "--config", path)
    assert json.loads(done.stdout)["settings"]["gain"]["line"] == 2


def shown(*words: str, **environment: str) -> dict[str, dict[str, object]]:
    done = livegenre("config", "show", *words, "--json", **environment)
    settings: dict[str, dict[str, object]] = json.loads(done.stdout)["settings"]
    return settings


def test_what_is_done_where_a_flag_is_left_out_is_shown(tmp_path: Path) -> None:
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"), str(tmp_path))
    found = shown("--no-config", COLORFGBG="0;15", **homes)
    decider = Decider(["rock"], unsure_threshold=0.5)
    for key, value in {
        "silence": decider.silence_dbfs,
        "smoothing": decider.smoothing_seconds,
        "theme": "light",
        "fps": FRAMES_PER_SECOND,
    }.items():
        assert found[key] == {"value": value, "origin": "default"}
    assert str(found["corrections"]["value"]).startswith(str(tmp_path))
    means = {key: setting["means"] for key, setting in found.items() if "means" in setting}
    assert means == {
        "device": "the system's",
        "step": "the model's",
        "unsure": "the model's",
        "hold": f"{decider.hold_seconds:g} for a label, {HOLD_SECONDS:g} for a change that is told",
    }
    assert found["duration"] == {"value": None, "origin": "default"}, "there is none"


def test_what_is_asked_for_takes_the_place_of_what_would_be_done() -> None:
    found = shown("--no-config", "--hold=3", "--theme=light")
    assert found["hold"] == {"value": 3.0, "origin": "command line"}
    assert found["theme"] == {"value": "light", "origin": "command line"}


def test_defaults_that_are_shown_can_be_a_file(tmp_path: Path) -> None:
    path, found = tmp_path / "mine.toml", shown("replay", "--no-config")
    lines = [
        f"{key} = {json.dumps(setting['value'])}\n"
        for key, setting in found.items()
        if setting["value"] is not None
    ]
    path.write_text("".join(lines))
    again = shown("replay", "--config", str(path))
    assert {key: setting["value"] for key, setting in again.items()} == {
        key: setting["value"] for key, setting in found.items()
    }


def test_the_path_is_told_whether_there_is_a_file_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    done = livegenre("config", "path")
    assert done.returncode == 0
    if sys.platform == "linux":
        assert done.stdout == f"{tmp_path}/livegenre/config.toml\n"


def test_a_file_that_makes_no_sense_is_one_line_and_code_2(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("modle = 1\n")
    for words in (["listen"], ["replay"], ["config", "show", "listen"]):
        done = livegenre(*words, "--config", str(tmp_path / "mine.toml"))
        assert done.returncode == 2
        trouble = "line 1: there is no flag 'modle'; did you mean model?"
        assert done.stderr == f"livegenre: {tmp_path}/mine.toml, {trouble}\n"
        assert done.stdout == ""


def test_what_goes_not_together_with_the_file_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[replay]\nplay = true\n")
    path = str(tmp_path / "mine.toml")
    done = livegenre("replay", "--speed", "2", "--config", path)
    assert done.returncode == 2
    also = f"(settings in {path} count too, but for --no-config)"
    assert done.stderr.startswith("livegenre: --play: ")
    assert done.stderr.endswith(f"leave out --speed {also}\n")


def test_a_session_runs_by_its_file(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    (tmp_path / "mine.toml").write_text(
        f'headless = true\nmodel = "classic"\njsonl = "{log}"\n'
        '[replay]\nspeed = "max"\nduration = 4\n'
    )
    done = livegenre("replay", "--config", str(tmp_path / "mine.toml"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    header, *_, end = map(json.loads, log.read_text().splitlines())
    assert header["model"] == "classic"
    assert end["seconds"] == 4.0
