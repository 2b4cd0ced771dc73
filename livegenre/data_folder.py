"""Where a user's programs keep things, and look for settings, by the custom of each system."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

NAME = "livegenre"


def data_folder(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """Return this program's folder for what it keeps, which may not be there yet.

    None for a user without a home, as programs in containers may be.
    """
    return _folder(platform, environment, "LOCALAPPDATA", "Local", "XDG_DATA_HOME", ".local/share")


def config_folder(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """Return this program's folder for settings, by the same rules."""
    return _folder(platform, environment, "APPDATA", "Roaming", "XDG_CONFIG_HOME", ".config")


def cache_folder(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """Return this program's folder for what can be made anew, by the same rules."""
    folder = _folder(
        platform, environment, "LOCALAPPDATA", "Local", "XDG_CACHE_HOME", ".cache", "Caches"
    )
    return folder / "Cache" if folder is not None and platform == "win32" else folder


def _folder(
    platform: str,
    environment: Mapping[str, str],
    windows_variable: str,
    windows_folder: str,
    xdg_variable: str,
    xdg_folder: str,
    macos_folder: str = "Application Support",
) -> Path | None:
    try:
        if platform == "win32":
            asked = environment.get(windows_variable)
            parent = Path(asked) if asked else Path.home() / "AppData" / windows_folder
        elif platform == "darwin":
            parent = Path.home() / "Library" / macos_folder
        else:
            asked = environment.get(xdg_variable, "")
            # The specification has relative paths ignored.
            parent = Path(asked) if Path(asked).is_absolute() else Path.home() / xdg_folder
    except RuntimeError:
        return None
    return parent / NAME
