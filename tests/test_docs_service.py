"""What the service's page tells to save is what systemd, launchd and livegenre take."""

import configparser
import os
import plistlib
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from livegenre.arguments import parse
from livegenre.cli import USAGE
from livegenre.interruption import INTERRUPTED
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "SERVICE.md").read_text()


def shown(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.fixture
def service() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(shown("ini"))
    assert unit.sections() == ["Unit", "Service", "Install"]
    return unit["Service"]


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    program = tmp_path / ".local" / "bin" / "livegenre"
    program.parent.mkdir(parents=True)
    program.symlink_to("/bin/true")
    unit = tmp_path / "livegenre.service"
    unit.write_text(shown("ini").replace("%h", str(tmp_path)))
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_runs_a_command_of_livegenre(service: configparser.SectionProxy) -> None:
    program, *words = shlex.split(service["ExecStart"])
    assert program == "%h/.local/bin/livegenre"
    arguments = parse(words)
    assert (arguments.command, arguments.headless, arguments.wait) == ("listen", True, True)


def test_the_unit_knows_livegenres_exit_codes(service: configparser.SectionProxy) -> None:
    assert service["SuccessExitStatus"] == str(INTERRUPTED)
    assert service["RestartPreventExitStatus"] == str(USAGE)


def test_the_settings_shown_make_sense_and_write_where_the_unit_may(
    service: configparser.SectionProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    path = tmp_path / "config.toml"
    path.write_text(shown("toml"))
    arguments = parse(["listen", "--config", str(path)])
    assert arguments.device == "system"
    writable = service["ReadWritePaths"].removeprefix("-").replace("%h", "/home/me")
    assert Path(arguments.jsonl).parent == Path(writable)


def test_launchd_runs_the_same_command(service: configparser.SectionProxy) -> None:
    plist = plistlib.loads(shown("xml").encode())
    program, *words = plist["ProgramArguments"]
    assert program == "/Users/you/.local/bin/livegenre"
    assert words == shlex.split(service["ExecStart"])[1:]
    assert plist["KeepAlive"] == {"SuccessfulExit": False}
