"""Whether the workers of a cluster have what this process has: the same result needs the same."""

import pkgutil
from collections.abc import Mapping
from typing import Any

from distributed import Client

import livegenre
from livegenre.errors import WorkError

_PACKAGES = ("distributed", "numpy", "onnxruntime", "soundfile", "soxr")


def check_versions(client: Client) -> None:
    """Compare all workers with this process.

    Raises
    ------
    WorkError
        If one has anything that a result depends on in another version, or not at all.
    """
    all_versions: Any = client.get_versions(packages=[*_PACKAGES])
    here = all_versions["client"]["packages"]
    for address, there in all_versions["workers"].items():
        if there:  # it may have died meanwhile
            _compare(address, _of_interest(here), _of_interest(there["packages"]))
    own = client.run(pkgutil.resolve_name, "livegenre:__version__", on_error="return")
    for address, version in own.items():
        if isinstance(version, OSError):
            continue
        found = None if isinstance(version, Exception) else version
        _compare(address, {"livegenre": livegenre.__version__}, {"livegenre": found})


def _of_interest(packages: Mapping[str, str | None]) -> dict[str, str | None]:
    python = ".".join(str(packages["python"]).split(".")[:2])
    return {"python": python, **{name: packages.get(name) for name in _PACKAGES}}


def _compare(address: str, here: Mapping[str, str | None], there: Mapping[str, str | None]) -> None:
    for name, version in here.items():
        if there[name] != version:
            raise WorkError(
                f"worker {address}: has {name} {there[name] or '(none)'}, but here it is "
                f"{version}; install the same on both"
            )
