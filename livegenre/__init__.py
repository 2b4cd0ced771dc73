"""livegenre: a real-time music-genre classifier, for the terminal and for other programs.

::

    import livegenre

    for decision in livegenre.listen():
        print(decision.time, decision.label or decision.state)
"""

from typing import TYPE_CHECKING

from livegenre.errors import (
    DeviceError,
    FileError,
    LivegenreError,
    ModelError,
    OutputError,
    SourceError,
    UsageError,
)

if TYPE_CHECKING:
    from livegenre.decision import Decision
    from livegenre.library import listen, replay
else:  # whatever checks types would take every name for one that is made here

    def __getattr__(name: str) -> object:
        if name not in ("Decision", "listen", "replay"):
            raise AttributeError(f"module 'livegenre' has no attribute {name!r}")
        from livegenre import library

        value = globals()[name] = getattr(library, name)
        return value


__version__ = "0.1.0"
__all__ = [
    "Decision",
    "DeviceError",
    "FileError",
    "LivegenreError",
    "ModelError",
    "OutputError",
    "SourceError",
    "UsageError",
    "__version__",
    "listen",
    "replay",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
