"""Where a user's programs keep what they are told to keep, by the custom of each system."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

NAME = "livegenre"


def data_folder(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """Return this program's folder, which may not be there yet.

    None for a user without a home, as programs in containers may be.
    """
    try:
        return _all_data(platform, environment) / NAME
    except RuntimeError:
        return None


def _all_data(platform: str, environment: Mapping[str, str]) -> Path:
    if platform == "win32":
        asked = environment.get("LOCALAPPDATA")
        return Path(asked) if asked else Path.home() / "AppData" / "Local"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    asked = environment.get("XDG_DATA_HOME", "")
    # The specification has relative paths ignored.
    return Path(asked) if Path(asked).is_absolute() else Path.home() / ".local" / "share"
