"""What libsndfile's log tells of a file cut short: itself, it takes the cut for the end."""

import re

from livegenre.sources.wav import UNKNOWN_BYTES

_SAID_MORE = [
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^ *(?:data|SSND|Data Size|riff) *: (?P<said>\d+) \(should be (?P<found>\d+)\)",
        r"frame count (?P<found>\d+) does not match value from 'ds64' chunk of (?P<said>\d+)",
    )
]
_NO_LAST_PAGE = re.compile(r"^Ogg ?: Last page lacks an end-of-stream bit", re.MULTILINE)
_SLACK = 128
"""Some writers count the header in."""


def find_truncation(log: str) -> str:
    """Say what of a WAV, RF64, W64, AIFF, AU or Ogg file is missing.

    A length that its writer did not know when it wrote the header, as that of a recording which
    was never closed, says nothing.

    Parameters
    ----------
    log : str
        What libsndfile wrote when it opened the file: SoundFile.extra_info.

    Returns
    -------
    str
        For a message; empty where nothing is missing.
    """
    if _NO_LAST_PAGE.search(log):
        return "its last page is missing"
    for pattern in _SAID_MORE:
        for match in pattern.finditer(log):
            said, found = int(match["said"]), int(match["found"])
            if said < UNKNOWN_BYTES and said - found > _SLACK:
                return f"{1 - found / said:.1%} of what its header names is missing"
    return ""
