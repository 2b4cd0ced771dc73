"""The library's keywords, where errors that it shares with the command line name flags."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from livegenre.errors import LivegenreError

FLAG = re.compile(r"(?<!\S)--(channel|device|duration|loop|speed|start|step)\b")
OTHERWISE = {"duration": "duration_seconds", "start": "start_seconds", "step": "step_seconds"}
"""Keywords that are not called what their flags are."""


@contextmanager
def keywords_named() -> Iterator[None]:
    """Name keywords in place of flags in errors of livegenre that come through."""
    try:
        yield
    except LivegenreError as error:
        text = FLAG.sub(lambda flag: OTHERWISE.get(flag[1], flag[1]), str(error))
        raise type(error)(text) from error
