"""What a user's programs keep is where each system has it."""

import os
from pathlib import Path

import pytest

from livegenre.data_folder import config_folder, data_folder

LINUX, MAC, WINDOWS = "linux", "darwin", "win32"


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        (LINUX, {"XDG_DATA_HOME": "/data"}, "/data/livegenre"),
        (LINUX, {"XDG_DATA_HOME": "data"}, "/home/me/.local/share/livegenre"),
        (LINUX, {}, "/home/me/.local/share/livegenre"),
        (MAC, {}, "/home/me/Library/Application Support/livegenre"),
        (WINDOWS, {"LOCALAPPDATA": "/local"}, "/local/livegenre"),
        (WINDOWS, {}, "/home/me/AppData/Local/livegenre"),
    ],
)
def test_it_is_where_the_system_has_it(
    platform: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt":
        pytest.skip("paths are written as on other systems")
    monkeypatch.setenv("HOME", "/home/me")
    assert data_folder(platform, environment) == Path(expected)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        (LINUX, {"XDG_CONFIG_HOME": "/settings"}, "/settings/livegenre"),
        (LINUX, {"XDG_CONFIG_HOME": "settings"}, "/home/me/.config/livegenre"),
        (LINUX, {}, "/home/me/.config/livegenre"),
        (MAC, {}, "/home/me/Library/Application Support/livegenre"),
        (WINDOWS, {"APPDATA": "/roaming"}, "/roaming/livegenre"),
        (WINDOWS, {}, "/home/me/AppData/Roaming/livegenre"),
    ],
)
def test_settings_are_where_the_system_has_them(
    platform: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt":
        pytest.skip("paths are written as on other systems")
    monkeypatch.setenv("HOME", "/home/me")
    assert config_folder(platform, environment) == Path(expected)


def test_a_user_without_a_home_has_none_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    assert data_folder(LINUX, {}) is config_folder(LINUX, {}) is None
    assert data_folder(LINUX, {"XDG_DATA_HOME": "/data"}) == Path("/data/livegenre")
